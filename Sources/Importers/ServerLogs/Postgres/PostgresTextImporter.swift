import Bytes
import Model

/// PostgreSQL's log as text, as it goes to stderr (PostgreSQL documentation, “Where to Log”), versions 12 to 17.
///
/// Lines of one message follow one another; a line feed within a text is followed by a tab.
struct PostgresTextImporter: ServerLogImporter {
  static let name = "postgres-stderr"

  /// A message whose lines are being collected.
  private struct Open: Sendable {
    var entry: PostgresLogEntry
    /// The part that a further line belongs to: `LOG`, `DETAIL`, `STATEMENT`.
    var part: String
    var text: [UInt8]
    var byteCount: Int
  }

  private var lines: ServerLogLines
  private let prefix: PostgresLinePrefix
  private var open: Open?
  private var skippedCount = 0
  private var teller = PostgresLogTeller()
  private var damage = ServerLogDamage()

  static func recognizes(_ head: TranscriptHead) -> Bool { PostgresLinePrefix.learned(from: head.bytes) != nil }

  init(_ file: TranscriptFile, _ head: TranscriptHead) {
    // A value may end a line with a carriage return; all lines end so where the server runs on Windows.
    let isWindows = head.bytes.span.firstIndex(of: 0x0A).map { $0 > 0 && head.bytes[$0 - 1] == 0x0D } ?? false
    lines = ServerLogLines(file, dropsReturns: isWindows)
    prefix = PostgresLinePrefix.learned(from: head.bytes) ?? PostgresLinePrefix("%m [%p] ")
  }

  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ServerLogEvent]) {
    lines.append(bytes)
    read(into: &events)
  }

  mutating func finish(into events: inout [ServerLogEvent]) {
    lines.finish()
    read(into: &events)
    close(into: &events)
    teller.finish(into: &events)
    damage.report(into: &events)
  }

  private mutating func read(into events: inout [ServerLogEvent]) {
    while let line = lines.next(&damage, into: &events) {
      if lines.skippedCount > skippedCount {
        skippedCount = lines.skippedCount
        open?.entry.isCut = true
      }
      if line.bytes.first == 0x09 {
        extend(line.bytes)
      } else if let found = match(line.bytes) {
        take(found, line, into: &events)
      } else if !line.bytes.isEmpty {
        close(into: &events)
        damage.note("the line begins neither as those before it nor with a tab", line.origin, into: &events)
      }
    }
  }

  private func match(_ line: [UInt8]) -> PostgresLinePrefix.Found? {
    if let found = prefix.match(line) { return found }
    // The setting may have been changed; what is no message at all is not tried.
    guard PostgresLinePrefix.place(ofSeverity: line) != nil else { return nil }
    for other in PostgresLinePrefix.known { if let found = other.match(line) { return found } }
    return nil
  }

  private mutating func extend(_ line: [UInt8]) {
    guard var message = open else { return }
    // Taken out, so that the text grows in place.
    open = nil
    let (sum, overflow) = message.byteCount.addingReportingOverflow(line.count)
    if overflow || sum > ServerLogLines.lineLimit {
      message.entry.isCut = true
    } else {
      message.byteCount = sum
      message.text.append(0x0A)
      message.text += line.dropFirst()
    }
    open = message
  }

  private mutating func take(
    _ found: PostgresLinePrefix.Found, _ line: ServerLogLines.Line, into events: inout [ServerLogEvent]
  ) {
    let text = Array(line.bytes[found.start...])
    let session = found.session ?? found.process ?? ""
    if PostgresLinePrefix.secondary.contains(found.severity) {
      guard var message = open, message.entry.session == session else {
        close(into: &events)
        return
      }
      open = nil
      Self.endPart(&message)
      message.part = found.severity
      let (sum, overflow) = message.byteCount.addingReportingOverflow(text.count)
      message.entry.isCut = message.entry.isCut || overflow || sum > ServerLogLines.lineLimit
      message.text = message.entry.isCut ? [] : text
      if !overflow { message.byteCount = sum }
      open = message
      return
    }
    close(into: &events)
    guard let time = found.time else {
      damage.note("the line has no time", line.origin, into: &events)
      return
    }
    var entry = PostgresLogEntry(
      origin: line.origin, time: time, session: session, severity: found.severity, message: "")
    entry.user = PostgresLogEntry.known(found.texts["u"])
    entry.database = PostgresLogEntry.known(found.texts["d"])
    entry.application = PostgresLogEntry.known(found.texts["a"])
    entry.peer = Self.peer(found.texts["r"] ?? found.texts["h"])
    (entry.code, entry.commandTag) = (found.texts["e"], found.texts["i"])
    entry.backendType = found.texts["b"]
    open = Open(entry: entry, part: found.severity, text: text, byteCount: text.count)
  }

  /// `127.0.0.1(55200)`, `127.0.0.1`, `[local]`
  private static func peer(_ text: String?) -> ServerRecord.Peer {
    guard let text = PostgresLogEntry.known(text) else { return .unknown }
    if text == "[local]" { return .local }
    guard text.last == ")", let mark = text.lastIndex(of: "("),
      let port = UInt16(text[text.index(after: mark)...].dropLast())
    else { return .host(text, port: nil) }
    return .host(String(text[..<mark]), port: port)
  }

  private static func endPart(_ message: inout Open) {
    let text = String(decoding: message.text, as: UTF8.self)
    switch message.part {
    case "DETAIL": message.entry.detail = text
    case "CONTEXT": message.entry.context = text
    case "STATEMENT": message.entry.statement = text
    case "HINT", "QUERY", "LOCATION", "BACKTRACE": break
    default: (message.entry.code, message.entry.message) = split(text, message.entry.code)
    }
    message.text = []
  }

  /// `42601: syntax error …` of a server that logs verbosely.
  private static func split(_ text: String, _ code: String?) -> (code: String?, message: String) {
    let bytes = text.utf8
    let digits = bytes.prefix(5)
    guard digits.count == 5, digits.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }),
      bytes.dropFirst(5).starts(with: ": ".utf8), digits.contains(where: { $0 < 0x40 })
    else { return (code, text) }
    return (String(decoding: digits, as: UTF8.self), String(text.dropFirst(7)))
  }

  private mutating func close(into events: inout [ServerLogEvent]) {
    guard var message = open else { return }
    open = nil
    Self.endPart(&message)
    teller.receive(message.entry, &damage, into: &events)
  }
}
