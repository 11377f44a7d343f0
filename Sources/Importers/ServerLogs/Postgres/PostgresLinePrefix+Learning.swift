import Bytes
import Model

extension PostgresLinePrefix {
  /// First lines from which it is learned.
  static let headLineLimit = 256
  /// Settings that are guessed from lines.
  static let guessLimit = 16

  /// The setting that fits most lines of a log's beginning; nil when it is no log of PostgreSQL's as text.
  static func learned(from head: [UInt8]) -> PostgresLinePrefix? {
    let lines = head.withoutMark.split(separator: 0x0A, maxSplits: headLineLimit)
      .prefix(headLineLimit).map { Array($0) }.filter { $0.first != 0x09 && !$0.isEmpty }
    let messages = lines.filter { place(ofSeverity: $0) != nil }
    // What else stands there may be a program's that the server ran.
    guard !messages.isEmpty, messages.count * 2 >= lines.count else { return nil }
    var candidates = known
    for line in messages where candidates.count < known.count + guessLimit {
      guard let guess = guess(line), !candidates.contains(guess) else { continue }
      candidates.append(guess)
    }
    let guesses = candidates[known.count...]
    for short in guesses { candidates += guesses.compactMap { $0.quitting(after: short) } }
    var best: (prefix: PostgresLinePrefix, count: Int)?
    for candidate in candidates where candidate.hasTime {
      let count = messages.count { candidate.match($0) != nil }
      if count > best?.count ?? 0 { best = (candidate, count) }
    }
    guard let best, best.count * 2 >= messages.count else { return nil }
    return best.prefix
  }

  /// The setting by which both came from one, of a process with a client and of one without: `%q` stands between.
  private func quitting(after short: PostgresLinePrefix) -> PostgresLinePrefix? {
    let (all, first) = (single, short.single)
    guard !first.isEmpty, all.count > first.count, all.starts(with: first) else { return nil }
    return PostgresLinePrefix(parts: first + [.quit] + all[first.count...])
  }

  /// The parts with each literal byte by itself.
  private var single: [Part] {
    parts.flatMap { part in
      if case .literal(let bytes) = part { bytes.map { Part.literal([$0]) } } else { [part] }
    }
  }

  /// Where a line's severity stands, behind a time or number that it begins with.
  static func place(ofSeverity line: [UInt8]) -> Int? {
    let near = min(line.count, 512)
    guard line.prefix(24).contains(where: { (0x30...0x39).contains($0) }) else { return nil }
    var position = 0
    while let colon = line.span.extracting(0..<near).firstIndex(of: 0x3A, from: position) {
      position = colon + 1
      guard colon + 2 < line.count, line[colon + 1] == 0x20, line[colon + 2] == 0x20 else { continue }
      var start = colon
      while start > 0, (0x41...0x5A).contains(line[start - 1]) || (0x31...0x35).contains(line[start - 1]) { start -= 1 }
      let word = String(decoding: line[start..<colon], as: UTF8.self)
      if primary.contains(word) || secondary.contains(word) { return start }
    }
    return nil
  }

  /// The setting that one line would have come from, by the looks of its parts.
  private static func guess(_ line: [UInt8]) -> PostgresLinePrefix? {
    guard let end = place(ofSeverity: line) else { return nil }
    var cursor = LogCursor(Array(line[..<end]))
    var parts: [Part] = []
    var literal: [UInt8] = []
    func add(_ part: Part) {
      if !literal.isEmpty { parts.append(.literal(literal)) }
      literal = []
      parts.append(part)
    }
    while let byte = cursor.next {
      if let kind = key(before: byte, literal) {
        _ = cursor.text(limit: valueLimit) { ![0x20, 0x2C, 0x3B, 0x7C, 0x5D, 0x29, 0x3A].contains($0) }
        add(kind)
      } else if (0x30...0x39).contains(byte) {
        if LogTime(iso: &cursor, .named) != nil {
          add(.time)
        } else if let session = session(&cursor) {
          add(session)
        } else if LogTime(epoch: &cursor) != nil {
          add(.epoch)
        } else if cursor.number(1...18) != nil {
          add(parts.contains(.process) ? .number : .process)
        } else {
          return nil
        }
      } else if literal.last == 0x3D {
        // Of a process without a client it may be empty.
        _ = cursor.text(limit: valueLimit) { ![0x20, 0x2C, 0x3B, 0x7C, 0x5D, 0x29, 0x3A].contains($0) }
        add(.text("?"))
      } else {
        literal.append(byte)
        cursor.move(to: cursor.position + 1)
      }
    }
    if !literal.isEmpty { parts.append(.literal(literal)) }
    return PostgresLinePrefix(parts: parts)
  }

  private static func session(_ cursor: inout LogCursor) -> Part? {
    var copy = cursor
    let text = copy.text(limit: 34) { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) || $0 == 0x2E }
    // The time of its begin has eight digits.
    guard PostgresCSVImporter.isSession(text), text.utf8.dropFirst(8).first == 0x2E else { return nil }
    cursor = copy
    return .session
  }

  /// What a name before `=` says of the value behind it.
  private static func key(before byte: UInt8, _ literal: [UInt8]) -> Part? {
    guard literal.last == 0x3D, byte != 0x20 else { return nil }
    let letters = literal.dropLast().reversed().prefix { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A || $0 == 0x5F }
    switch String(decoding: letters.reversed(), as: UTF8.self).lowercased() {
    case "user", "u", "usr", "username": return .text("u")
    case "db", "d", "database", "dbname": return .text("d")
    case "app", "a", "application", "application_name", "appname": return .text("a")
    case "client", "host", "h", "remote", "r", "rhost", "from": return .text("r")
    case "cmd", "command", "tag", "ps": return .text("i")
    case "state", "sqlstate", "code", "err", "error_code", "e": return .text("e")
    case "backend", "backend_type", "bt": return .text("b")
    default: return nil
    }
  }
}
