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

/// Numbers that a seed makes, so that a failure can be made again.
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
