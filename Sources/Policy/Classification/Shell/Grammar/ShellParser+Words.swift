/// Words, quotes and expansions (POSIX 2.2, 2.6).
extension ShellParser {
  enum WordMode {
    case plain
    /// Extended globs: `@(a|b)`.
    case pattern
    /// After `=~`: parentheses and `|` are letters.
    case regex
  }

  /// The word that begins here; nil when none does.
  mutating func word(_ mode: WordMode = .plain) throws(ShellSyntaxError) -> ShellWord? {
    settle()
    let start = index
    var parts: [ShellWordPart] = []
    /// Open parentheses of a pattern.
    var level = 0
    if let ahead = readAhead, ahead.start == index {
      (parts, index) = (ahead.parts, ahead.end)
      readAhead = nil
    }
    while let byte = look() {
      settle()
      switch byte {
      case UInt8(ascii: "<") where look(1) == Byte.open, UInt8(ascii: ">") where look(1) == Byte.open:
        parts.append(try process(isInput: byte == UInt8(ascii: "<")))
        continue
      case UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "@"), UInt8(ascii: "!"):
        if look(1) == Byte.open, mode == .pattern || isExtended && mode == .plain {
          level += 1
          append(byte, to: &parts)
          advance(1)
          append(Byte.open, to: &parts)
          advance(1)
          continue
        }
      case Byte.open where mode == .regex || level > 0:
        level += 1
        append(byte, to: &parts)
        advance(1)
        continue
      case Byte.close where level > 0:
        level -= 1
        append(byte, to: &parts)
        advance(1)
        continue
      case UInt8(ascii: "|") where mode == .regex, UInt8(ascii: "<") where mode == .regex,
        UInt8(ascii: ">") where mode == .regex:
        append(byte, to: &parts)
        advance(1)
        continue
      default: break
      }
      if Byte.isMeta(byte), level == 0 { break }
      if try !quoting(byte, &parts) {
        append(byte, to: &parts)
        index += 1
      }
    }
    if level > 0 { throw failure("missing )", at: start) }
    return parts.isEmpty ? nil : ShellWord(parts: parts, range: start..<index)
  }

  /// `[ … ]` behind a name where an assignment may stand: blanks and operators are letters, as bash has it.
  mutating func subscripted(_ start: Int) throws(ShellSyntaxError) -> [ShellWordPart] {
    try descend()
    var parts: [ShellWordPart] = []
    var level = 0
    while let byte = look() {
      settle()
      if byte == UInt8(ascii: "[") { level += 1 }
      if byte == UInt8(ascii: "]") { level -= 1 }
      if try !quoting(byte, &parts) {
        append(byte, to: &parts)
        index += 1
      }
      if level == 0 {
        depth -= 1
        return parts
      }
    }
    throw failure("missing ]", at: start)
  }

  /// A letter that stands for itself.
  func append(_ byte: UInt8, to parts: inout [ShellWordPart]) {
    if let last = parts.indices.last, !parts[last].isQuoted, case .literal(var text) = parts[last].content {
      // Taken out first, so that the array is not copied.
      parts[last].content = .unread
      text.append(byte)
      parts[last].content = .literal(text)
      parts[last].range = parts[last].range.lowerBound..<(index + 1)
    } else {
      parts.append(ShellWordPart(content: .literal([byte]), isQuoted: false, range: index..<(index + 1)))
    }
  }

  /// Quotes, escapes and expansions outside of double quotes; false for a letter.
  mutating func quoting(_ byte: UInt8, _ parts: inout [ShellWordPart]) throws(ShellSyntaxError) -> Bool {
    settle()
    switch byte {
    case Byte.backslash:
      try count()
      let start = index
      index += 1
      let letter = index < end ? bytes[index] : Byte.backslash
      index = min(index + 1, end)
      parts.append(ShellWordPart(content: .literal([letter]), isQuoted: true, range: start..<index))
    case Byte.quote: parts.append(try singleQuoted())
    case Byte.doubleQuote: try doubleQuoted(&parts)
    case Byte.backtick: parts.append(try backquoted(isQuoted: false))
    case Byte.dollar:
      if look(1) == Byte.quote {
        parts.append(try ansiQuoted())
      } else if look(1) == Byte.doubleQuote {
        advance(1)
        try doubleQuoted(&parts)
      } else {
        guard let part = try dollar(isQuoted: false) else { return false }
        parts.append(part)
      }
    default: return false
    }
    return true
  }
}
