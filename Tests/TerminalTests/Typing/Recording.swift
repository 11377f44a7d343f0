import Model
import Terminal

/// A recording written down by hand: what was typed and shown, one record each, a second apart.
struct Recording {
  enum Step {
    case typed(String)
    case shown(String)
    case resized(Int, Int)
  }

  var records: [StreamRecord] = []

  init(_ steps: [Step]) {
    for (index, step) in steps.enumerated() {
      let at = Timestamp(nanoseconds: Int64(index) * 1_000_000_000)
      switch step {
      case .typed(let text):
        records.append(StreamRecord(at: at, direction: .fromClient, kind: .input, bytes: Array(text.utf8)))
      case .shown(let text):
        records.append(StreamRecord(at: at, direction: .fromServer, kind: .output, bytes: Array(text.utf8)))
      case .resized(let columns, let rows):
        records.append(
          StreamRecord(at: at, direction: .fromClient, kind: .resize, bytes: Array("\(columns)x\(rows)".utf8)))
      }
    }
  }

  func read(size: TerminalSize = .standard) -> TypedReading { readTyped(records, size: size) }
}

func readTyped(_ records: [StreamRecord], size: TerminalSize) -> TypedReading {
  var reader = TypingReader(size: size)
  for record in records { reader.receive(record) }
  return reader.finish()
}
