import Bytes
import Model

extension TypingReader {
  /// Output: written to the terminal piece by piece, with a look at the screen wherever a line may end.
  mutating func show(_ bytes: [UInt8]) {
    var written = 0
    for (index, byte) in bytes.enumerated() {
      let finding = scan.take(byte)
      switch finding {
      case .nothing: continue
      case .other:
        guard session?.closing != nil else { continue }
        write(bytes, &written, to: index)
        closeEditor()
      case .lineFeed:
        guard watchesReturns else { continue }
        write(bytes, &written, to: index)
        lineFeedComes()
      case .carriageReturn:
        guard watchesReturns else { continue }
        write(bytes, &written, to: index)
        returnComes()
      case .final(let final):
        if session?.closing != nil, final != 0x42 {
          write(bytes, &written, to: index)
          closeEditor()
        }
        guard final == 0x68 || final == 0x6C else { continue }
        write(bytes, &written, to: index + 1)
        readMarks()
      case .stringEnd:
        if session?.closing != nil {
          write(bytes, &written, to: index)
          closeEditor()
        }
        write(bytes, &written, to: index + 1)
        readMarks()
      }
    }
    write(bytes, &written, to: bytes.count)
    readMarks()
  }

  private mutating func write(_ bytes: [UInt8], _ written: inout Int, to end: Int) {
    guard end > written else { return }
    emulator.write(bytes.span.extracting(written..<end))
    written = end
  }

  /// Something hangs on where lines end.
  private var watchesReturns: Bool {
    if session != nil || expansion != nil { return !emulator.isAlternate }
    return !emulator.isAlternate && (!ahead.isEmpty || !keys.isEmpty)
  }

  private mutating func returnComes() {
    guard var open = session else { return }
    if open.closing != nil { return }
    if emulator.place.column > 0 { open.beforeReturn = emulator.place }
    session = open
  }

  /// A line feed is about to be written.
  private mutating func lineFeedComes() {
    if expansion != nil, session == nil { readExpansion() }
    if var open = session {
      if open.closing != nil {
        open.closing?.hasMoved = true
        session = open
        return
      }
      if emulator.place.column > 0 { open.beforeReturn = emulator.place }
      session = open
      if open.editor == .unannounced { lineEndsUnannounced(open) }
      return
    }
    if let first = ahead.first { claim(first) }
    takeSecretAhead()
  }

  mutating func readMarks() {
    for mark in emulator.takeMarks() {
      switch mark.kind {
      case .bracketedPaste(true): editorBegins(at: mark)
      case .bracketedPaste(false): editorEnds()
      case .alternateScreen(true):
        if session?.editor == .unannounced { session = nil }
        keys.removeAll()
      case .alternateScreen(false): keys.removeAll()
      case .workingDirectory(let text): directory = text
      case .promptStart, .commandStart, .commandLine, .commandExecuted, .commandFinished: shellSays(mark)
      default: break
      }
    }
  }
}
