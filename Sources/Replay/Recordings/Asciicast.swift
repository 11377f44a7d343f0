import Model
import Terminal

/// Writes a recording as an asciicast.
enum Asciicast {
  /// Bytes that are handed over at once.
  private static let pieceLength = 64 << 10
  /// Bytes of the text of a marker.
  private static let labelLimit = 400

  /// The recording that is meant: the one of the action, else the only one of the session that has a terminal.
  static func recording(
    of session: Session, action id: String?, from reading: any CaseReading
  ) throws -> (recording: TerminalRecording, typed: [Action]) {
    let all = try reading.recordings(of: session)
    if let id {
      if let found = all.first(where: { $0.recording.action.id == id }) { return found }
      throw ReplayError("\(id) has no recording of a terminal")
    }
    let terminals = all.filter { $0.recording.hasTerminal }
    let candidates = terminals.isEmpty ? all : terminals
    guard let first = candidates.first else { throw ReplayError("\(session.id) has no recording of a terminal") }
    guard candidates.count == 1 else {
      let shown = candidates.prefix(20).map { $0.recording.action.id }.joined(separator: ", ")
      let more = candidates.count > 20 ? " and \(candidates.count - 20) more" : ""
      throw ReplayError(
        "\(session.id) has \(candidates.count) recordings and a cast holds one; name its action: \(shown)\(more)")
    }
    return first
  }

  static func write(
    _ recording: TerminalRecording, typed: [Action], from reading: any CaseReading, version: AsciicastWriter.Version,
    _ write: (String) throws -> Void
  ) throws {
    let action = recording.action
    let header = AsciicastWriter.Header(
      size: recording.size, begun: action.startedAt, title: action.text.isEmpty ? nil : action.text,
      command: action.kind == "exec" ? action.text : nil, terminalName: recording.terminalName)
    var writer = AsciicastWriter(version: version, header: header)
    var marks = typed[...]
    var kept = 0
    var last = action.startedAt
    func flush() throws {
      try write(escaped(String(decoding: writer.take(), as: UTF8.self)))
      kept = 0
    }
    let isWhole = try recording.forEachRecord(from: reading) { record in
      while let mark = marks.first, mark.startedAt <= record.at {
        writer.mark(String(mark.text.prefix(bytes: labelLimit)), at: mark.startedAt)
        marks.removeFirst()
      }
      writer.append(record)
      last = max(last, record.at)
      kept += record.bytes.count
      if kept >= pieceLength { try flush() }
    }
    for mark in marks { writer.mark(String(mark.text.prefix(bytes: labelLimit)), at: mark.startedAt) }
    if recording.isCut {
      writer.mark("cut: \(recording.keptCount) of \(recording.byteCount) bytes are kept", at: last)
    } else if !isWhole {
      writer.mark("what follows could not be read", at: last)
    }
    writer.finish()
    try flush()
  }

  /// JSON in which every character that has no shape of its own is written by its number, as the line may be looked at
  /// in a terminal.
  static func escaped(_ json: String) -> String {
    if json.utf8.allSatisfy({ $0 < 0x7F }) { return json }
    var out = String.UnicodeScalarView()
    for scalar in json.unicodeScalars {
      guard scalar.value >= 0x7F, TerminalText.isHidden(scalar) else {
        out.append(scalar)
        continue
      }
      for unit in String(scalar).utf16 {
        let digits = String(unit, radix: 16)
        out.append(contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
      }
    }
    return String(out)
  }
}
