import Bytes
import Model

/// What stands before each message of PostgreSQL's log as text: `log_line_prefix` (PostgreSQL documentation, 20.8.3).
struct PostgresLinePrefix: Sendable, Hashable {
  /// Bytes of one value: names have 63 at most.
  static let valueLimit = 256
  /// Places that are tried for the values of one line.
  static let tryLimit = 256

  enum Part: Sendable, Hashable {
    case literal([UInt8])
    /// `%m` or `%t`
    case time
    /// `%n`
    case epoch
    /// A number that means nothing to us: `%l`, `%x`, `%P`.
    case number
    /// `%p`
    case process
    /// `%c`
    case session
    /// Of `%u`, `%d`, `%a`, `%r`, `%h`, `%i`, `%e`, `%b`; any other character for what is passed over.
    case text(Character)
    /// `%q`: what follows is left out for processes without a client.
    case quit
  }

  /// What a line says before its message.
  struct Found: Sendable {
    var time: LogTime?
    var process: String?
    var session: String?
    var texts: [Character: String] = [:]
    /// `LOG`, `ERROR`, `STATEMENT`
    var severity = ""
    /// Where the message begins.
    var start = 0
  }

  static let primary: Set<String> = [
    "LOG", "ERROR", "FATAL", "PANIC", "WARNING", "NOTICE", "INFO", "DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5",
  ]
  static let secondary: Set<String> = ["DETAIL", "HINT", "CONTEXT", "STATEMENT", "QUERY", "LOCATION", "BACKTRACE"]

  /// The server's default, those of packages and services, and those that readers of logs ask for.
  static let known: [PostgresLinePrefix] = [
    "%m [%p] %q%u@%d ", "%t [%p-%l] %q%u@%d ", "%m [%p] %q[user=%u,db=%d,app=%a] ",
    "%t:%r:%u@%d:[%p]:", "%m:%r:%u@%d:[%p]:", "%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:",
    "%t [%p]: user=%u,db=%d,app=%a,client=%h ", "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%m [%p]: user=%u,db=%d,app=%a,client=%h ", "%m [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%t [%p]: [%l-1] user=%u,db=%d ", "%t [%p]: user=%u,db=%d ", "%m [%p]: [%l-1] db=%d,user=%u ",
    "%m [%p]: db=%d,user=%u,app=%a,client=%h ", "%t-%c-", "%m %c ", "%c %m ", "< %m > ", "%t [%p] ", "%m ",
  ].map { PostgresLinePrefix($0) }

  private(set) var parts: [Part] = []

  init(parts: [Part]) { self.parts = parts }

  /// A setting as it stands in the server's configuration.
  init(_ setting: String) {
    var literal: [UInt8] = []
    func flush(_ parts: inout [Part]) {
      if !literal.isEmpty { parts.append(.literal(literal)) }
      literal = []
    }
    var rest = setting[...]
    while let character = rest.popFirst() {
      guard character == "%", let kind = rest.popFirst(), kind != "%" else {
        literal += Array(String(character).utf8)
        continue
      }
      flush(&parts)
      switch kind {
      case "m", "t", "s": parts.append(kind == "s" ? .text("s") : .time)
      case "n": parts.append(.epoch)
      case "p": parts.append(.process)
      case "c": parts.append(.session)
      case "l", "P": parts.append(.number)
      case "q": parts.append(.quit)
      default: parts.append(.text(kind))
      }
    }
    flush(&parts)
  }

  /// Whether lines tell a time, without which they are no witness.
  var hasTime: Bool { parts.contains { $0 == .time || $0 == .epoch } }

  /// What a line says before its message; nil when it does not begin so.
  func match(_ line: [UInt8]) -> Found? {
    var tries = Self.tryLimit
    return match(0, LogCursor(line), Found(), &tries)
  }

  private func match(_ index: Int, _ start: LogCursor, _ before: Found, _ tries: inout Int) -> Found? {
    guard tries > 0 else { return nil }
    tries -= 1
    guard index < parts.count else { return Self.severity(start, before) }
    var (cursor, found) = (start, before)
    switch parts[index] {
    case .literal(let text):
      for byte in text { guard cursor.skip(byte) else { return nil } }
    case .time:
      guard let time = LogTime(iso: &cursor, .named) else { return nil }
      found.time = time
    case .epoch:
      guard let time = LogTime(epoch: &cursor) else { return nil }
      found.time = time
    case .number: _ = cursor.text(limit: 20) { (0x30...0x39).contains($0) }
    case .process:
      guard let process = cursor.number(1...10) else { return nil }
      found.process = String(process)
    case .session:
      let text = cursor.text(limit: 34) { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || $0 == 0x2E }
      guard PostgresCSVImporter.isSession(text) else { return nil }
      found.session = text
    case .quit: return match(index + 1, cursor, found, &tries) ?? Self.severity(cursor, found)
    case .text(let kind): return matchText(kind, index, cursor, found, &tries)
    }
    return match(index + 1, cursor, found, &tries)
  }

  /// A value ends where what follows it in the setting fits.
  private func matchText(
    _ kind: Character, _ index: Int, _ start: LogCursor, _ found: Found, _ tries: inout Int
  ) -> Found? {
    var mark: UInt8?
    if index + 1 < parts.count, case .literal(let text) = parts[index + 1] { mark = text.first }
    let bytes = start.bytes
    var place = start.position
    let last = min(bytes.count, place + Self.valueLimit)
    while place <= last, tries > 0 {
      if let mark {
        guard let next = bytes.span.firstIndex(of: mark, from: place), next <= last else { return nil }
        place = next
      }
      var (cursor, candidate) = (start, found)
      cursor.move(to: place)
      candidate.texts[kind] = String(decoding: bytes[start.position..<place], as: UTF8.self)
      if let whole = match(index + 1, cursor, candidate, &tries) { return whole }
      place += 1
    }
    return nil
  }

  /// `LOG:  `, with both blanks.
  private static func severity(_ start: LogCursor, _ found: Found) -> Found? {
    var (cursor, found) = (start, found)
    let word = cursor.text(limit: 9) { (0x41...0x5A).contains($0) || (0x31...0x35).contains($0) }
    guard primary.contains(word) || secondary.contains(word), cursor.skip(":  ") else { return nil }
    (found.severity, found.start) = (word, cursor.position)
    return found
  }
}
