/// What was typed into psql, taken apart as psql does (psqlscan.l, psqlscanslash.l): statements, which go to the server,
/// and psql's own commands, which begin with a backslash outside of quotes and comments.
struct PsqlInput {
  /// `\copy t from 'f'`: the name without the backslash, and what follows up to the end of the line or the next command.
  struct Command: Hashable {
    var name: String
    var arguments: String

    /// What stands in backquotes: psql runs it in a shell for its output, whatever the command is that takes it.
    var programs: [String] {
      guard !PsqlInput.lineTakers.contains(name) else { return [] }
      var programs: [String] = []
      var quote: Character?
      var text = ""
      for character in arguments {
        if character == quote {
          if character == "`" { programs.append(text) }
          quote = nil
        } else if quote != nil {
          text.append(character)
        } else if ["'", "\"", "`"].contains(character) {
          (quote, text) = (character, "")
        }
      }
      return programs
    }
  }

  /// The statements; where a command sent one, a semicolon stands.
  private(set) var statements = ""
  private(set) var commands: [Command] = []

  /// Commands that take what stands before them for a finished statement.
  private static let senders: Set<String> = ["g", "gx", "gset", "gdesc", "gexec", "crosstabview", "watch"]
  /// Commands whose argument is the rest of the line, backslashes included.
  fileprivate static let lineTakers: Set<String> = ["!", "copy", "h", "help", "sf", "sf+", "sv", "sv+", "ef", "ev"]

  init(_ text: String) {
    let trimmed = text.trimmed
    // Without a backslash, where a statement could begin (psql 11 and later).
    switch trimmed.lowercased() {
    case "quit", "exit": commands = [Command(name: "q", arguments: "")]
    case "help": commands = [Command(name: "?", arguments: "")]
    default: read(Array(text.utf8))
    }
  }

  private mutating func read(_ bytes: [UInt8]) {
    var kept: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if let end = Self.endOfQuoted(bytes, from: place, isEscaping: Self.isEscaping(kept)) {
        kept += bytes[place..<end]
        place = end
        continue
      }
      guard bytes[place] == UInt8(ascii: "\\") else {
        kept.append(bytes[place])
        place += 1
        continue
      }
      place += 1
      let begun = place
      while place < bytes.count, !Self.isBlank(bytes[place]), bytes[place] != UInt8(ascii: "\\") { place += 1 }
      let name = String(decoding: bytes[begun..<place], as: UTF8.self)
      // `\;` is a semicolon that does not send, `\\` ends the arguments of the command before.
      if name.hasPrefix(";") {
        kept += bytes[begun..<place]
        continue
      }
      if name.isEmpty, place < bytes.count, bytes[place] == UInt8(ascii: "\\") {
        place += 1
        continue
      }
      let end = Self.endOfArguments(
        bytes, from: place, takesLine: Self.lineTakers.contains(name))
      commands.append(Command(name: name, arguments: String(decoding: bytes[place..<end], as: UTF8.self).trimmed))
      if Self.senders.contains(name) { kept.append(UInt8(ascii: ";")) }
      place = end
    }
    statements = String(decoding: kept, as: UTF8.self)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// The arguments go to the end of the line; a backslash outside of quotes begins the next command.
  private static func endOfArguments(_ bytes: [UInt8], from start: Int, takesLine: Bool) -> Int {
    let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
    guard !takesLine else { return end }
    var quote: UInt8?
    for place in start..<end {
      let byte = bytes[place]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "`") {
        quote = byte
      } else if byte == UInt8(ascii: "\\") {
        return place
      }
    }
    return end
  }

  /// An `E` before the quote that comes: backslashes within it escape.
  private static func isEscaping(_ kept: [UInt8]) -> Bool {
    guard let last = kept.last, last | 0x20 == UInt8(ascii: "e") else { return false }
    guard let before = kept.dropLast().last else { return true }
    return !isWord(before)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "$")
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// The end of the literal, quoted name or comment that begins here; nil when none does. One that is not closed goes to
  /// the end.
  private static func endOfQuoted(_ bytes: [UInt8], from start: Int, isEscaping: Bool) -> Int? {
    let next = start + 1 < bytes.count ? bytes[start + 1] : 0
    switch bytes[start] {
    case UInt8(ascii: "'"), UInt8(ascii: "\""):
      var place = start + 1
      while place < bytes.count {
        if isEscaping, bytes[start] == UInt8(ascii: "'"), bytes[place] == UInt8(ascii: "\\") {
          place += 2
          continue
        }
        if bytes[place] == bytes[start] { return place + 1 }
        place += 1
      }
      return bytes.count
    case UInt8(ascii: "-") where next == UInt8(ascii: "-"):
      return bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
    case UInt8(ascii: "/") where next == UInt8(ascii: "*"): return endOfComment(bytes, from: start + 2)
    case UInt8(ascii: "$"): return endOfDollarQuoted(bytes, from: start)
    default: return nil
    }
  }

  /// Comments nest.
  private static func endOfComment(_ bytes: [UInt8], from start: Int) -> Int {
    var place = start
    var depth = 1
    while place + 1 < bytes.count {
      switch (bytes[place], bytes[place + 1]) {
      case (UInt8(ascii: "*"), UInt8(ascii: "/")): (depth, place) = (depth - 1, place + 2)
      case (UInt8(ascii: "/"), UInt8(ascii: "*")): (depth, place) = (depth + 1, place + 2)
      default: place += 1
      }
      if depth == 0 { return place }
    }
    return bytes.count
  }

  private static func endOfDollarQuoted(_ bytes: [UInt8], from start: Int) -> Int? {
    // `a$b$` is a name.
    if start > 0, isWord(bytes[start - 1]) { return nil }
    var close = start + 1
    while close < bytes.count, bytes[close] != UInt8(ascii: "$"), isWord(bytes[close]) { close += 1 }
    guard close < bytes.count, bytes[close] == UInt8(ascii: "$") else { return nil }
    if close > start + 1, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[start + 1]) { return nil }
    let tag = bytes[start...close]
    var place = close + 1
    while place < bytes.count {
      guard let dollar = bytes[place...].firstIndex(of: UInt8(ascii: "$")) else { return bytes.count }
      if bytes[dollar...].starts(with: tag) { return dollar + tag.count }
      place = dollar + 1
    }
    return bytes.count
  }
}

extension String {
  /// Without blanks around it.
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
