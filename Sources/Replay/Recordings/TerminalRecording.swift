import Model
import Terminal

/// What went through the channel of a program or a shell, as a terminal shows it.
struct TerminalRecording {
  let action: Action
  /// Bytes of the records that are kept, and of all.
  let keptCount: Int
  let byteCount: UInt64
  /// A terminal was asked for, or told its size; otherwise the program wrote to a pipe.
  let hasTerminal: Bool
  let size: TerminalSize
  /// The value of TERM.
  let terminalName: String?

  /// Nil when the action has no records, or they are no program's.
  init?(_ action: Action, from reading: any CaseReading) throws {
    guard action.hasRecords, let payload = try reading.records(of: action.id) else { return nil }
    self.action = action
    (keptCount, byteCount) = (payload.bytes.count, payload.byteCount)
    let asked = Self.asked(action.parameters)
    var told: TerminalSize?
    var isProgram = false
    var cursor = StreamRecordCursor(payload.bytes)
    // A size that is told before anything is shown is the one that the terminal began with.
    search: while let record = try? cursor.next() {
      switch record.kind {
      case .input: isProgram = true
      case .resize:
        isProgram = true
        told = TerminalSize(text: String(decoding: record.bytes, as: UTF8.self))
        if told != nil { break search }
      case .output, .errorOutput, .exit:
        isProgram = true
        break search
      default: return nil
      }
    }
    guard isProgram else { return nil }
    hasTerminal = asked != nil || told != nil
    size = asked?.size ?? told ?? .standard
    terminalName = asked?.name
  }

  /// Reads `terminal xterm-256color 80x24` among the parameters.
  private static func asked(_ parameters: String?) -> (name: String, size: TerminalSize?)? {
    guard let values = parameters.flatMap(ParameterValues.read) else { return nil }
    for value in values {
      guard let value, value.hasPrefix("terminal ") else { continue }
      let words = value.split(separator: " ")
      guard words.count >= 2, let last = words.last else { continue }
      let size = TerminalSize(text: last)
      return (words.dropFirst().dropLast(1).joined(separator: " "), size)
    }
    return nil
  }

  /// Calls `body` for each record, and says whether all could be read.
  ///
  /// What a program wrote to a pipe was shown by the viewer's terminal, which returns at a line feed (ONLCR of POSIX
  /// termios): the return is put in.
  func forEachRecord(from reading: any CaseReading, _ body: (StreamRecord) throws -> Void) throws -> Bool {
    var cursor = StreamRecordCursor(try reading.records(of: action.id)?.bytes ?? [])
    var last: UInt8 = 0
    while true {
      let next: StreamRecord?
      do { next = try cursor.next() } catch { return false }
      guard var record = next else { return true }
      if !hasTerminal, record.kind == .output || record.kind == .errorOutput {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(record.bytes.count + 16)
        for byte in record.bytes {
          if byte == 0x0A, last != 0x0D { bytes.append(0x0D) }
          bytes.append(byte)
          last = byte
        }
        record.bytes = bytes
      }
      try body(record)
    }
  }
}

extension TerminalRecording {
  /// Some of its end was not kept.
  var isCut: Bool { UInt64(keptCount) < byteCount }

  /// What stood on the terminal at the end and what had left it at the top, safe, and what that leaves out.
  func text(from reading: any CaseReading) throws -> String {
    var emulator = Emulator(size: size)
    var programs = 0
    let isWhole = try forEachRecord(from: reading) { record in
      switch record.kind {
      case .output, .errorOutput: emulator.write(record.bytes)
      case .resize:
        if let size = TerminalSize(text: String(decoding: record.bytes, as: UTF8.self)) {
          emulator.resize(size)
        }
      default: return
      }
      for mark in emulator.takeMarks() where mark.kind == .alternateScreen(true) { programs += 1 }
    }
    var text = TerminalText.lines(emulator.plainText)
    while text.utf8.last == 0x0A { text.unicodeScalars.removeLast() }
    if programs > 0 {
      text += "\n[\(Figures.of(programs, "full-screen program")) ran, which left nothing here: --as asciicast has them]"
    }
    if isCut { text += "\n[\(Figures.count(keptCount)) of \(Figures.count(byteCount)) bytes are kept]" }
    if !isWhole { text += "\n[what follows could not be read]" }
    return text
  }
}

extension CaseReading {
  /// The recordings of a session, and the commands that were typed in each, in order of time.
  func recordings(of session: Session) throws -> [(recording: TerminalRecording, typed: [Action])] {
    var recordings: [TerminalRecording] = []
    var typed: [String: [Action]] = [:]
    try forEachActionInSequence(of: session.id) { action in
      if let recording = try TerminalRecording(action, from: self) {
        recordings.append(recording)
      } else if action.isTyped, let parent = action.parentID {
        typed[parent, default: []].append(action)
      }
    }
    return recordings.map { ($0, typed[$0.action.id] ?? []) }
  }
}

extension Action {
  /// A command that was typed into a shell, as far as the shell's screen tells.
  var isTyped: Bool { kind == "shell" && parentID != nil && !hasRecords && !hasHead }
}
