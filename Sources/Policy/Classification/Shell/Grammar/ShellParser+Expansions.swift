/// What a word is expanded from: bash 3.5.
extension ShellParser {
  /// `` `…` ``: the text is taken first and read then, as the shell does when it runs it (POSIX 2.6.3).
  mutating func backquoted(isQuoted: Bool) throws(ShellSyntaxError) -> ShellWordPart {
    try descend()
    let start = index
    index += 1
    var text: [UInt8] = []
    while index < end, bytes[index] != Byte.backtick {
      if bytes[index] == Byte.backslash, index + 1 < end {
        let next = bytes[index + 1]
        let isEscape =
          next == Byte.backtick || next == Byte.backslash || next == Byte.dollar
          || next == Byte.doubleQuote && isQuoted
        if !isEscape { text.append(Byte.backslash) }
        text.append(next)
        index += 2
      } else {
        text.append(bytes[index])
        index += 1
      }
    }
    guard index < end else { throw failure("missing `", at: start) }
    index += 1
    let script = ShellParser.parse(text, depth: depth, nodes: nodeCount)
    reread += script.readByteCount
    depth -= 1
    return ShellWordPart(content: .script(script), isQuoted: isQuoted, range: start..<index)
  }

  mutating func process(isInput: Bool) throws(ShellSyntaxError) -> ShellWordPart {
    let start = index
    advance(1)
    let list = try substitution(start)
    return ShellWordPart(content: .process(list, isInput: isInput), isQuoted: false, range: start..<index)
  }

  /// A list in parentheses, at the opening one.
  private mutating func substitution(_ start: Int) throws(ShellSyntaxError) -> ShellList {
    try descend()
    substitutions += 1
    advance(1)
    let list = try list()
    guard look() == Byte.close else {
      throw look() == nil ? failure("missing )", at: start) : failure("unexpected \(shown)")
    }
    settle()
    index += 1
    substitutions -= 1
    depth -= 1
    return list
  }

  /// What `$` begins; nil when it is a letter.
  mutating func dollar(isQuoted: Bool) throws(ShellSyntaxError) -> ShellWordPart? {
    let start = index
    guard let next = look(1) else { return nil }
    try count()
    let content: ShellWordPart.Content
    switch next {
    case Byte.open:
      advance(1)
      content = try parenthesised(start)
    case UInt8(ascii: "{"):
      advance(1)
      index += 1
      content = .parameter(try braced(start, isQuoted: isQuoted))
    case UInt8(ascii: "["):
      advance(1)
      index += 1
      try descend()
      let parts = try argument(until: UInt8(ascii: "]"), isQuoted: isQuoted, start)
      depth -= 1
      content = .arithmetic(parts)
    case let byte where Byte.isNameStart(byte):
      advance(1)
      var name: [UInt8] = []
      while let byte = look(), Byte.isName(byte) {
        name.append(byte)
        settle()
        index += 1
      }
      content = .parameter(ShellParameter(name: String(decoding: name, as: UTF8.self)))
    case let byte where Byte.isDigit(byte) || "@*#?-$!".utf8.contains(byte):
      advance(1)
      index += 1
      content = .parameter(ShellParameter(name: String(UnicodeScalar(byte))))
    default: return nil
    }
    return ShellWordPart(content: content, isQuoted: isQuoted, range: start..<index)
  }

  /// `$((…))` when it closes as such, else `$( (…)…)` (POSIX 2.6.3).
  private mutating func parenthesised(_ start: Int) throws(ShellSyntaxError) -> ShellWordPart.Content {
    settle()
    let open = index
    if look(1) == Byte.open {
      advance(2)
      if let parts = try arithmetic(from: open) { return .arithmetic(parts) }
      index = open
    }
    return .command(try substitution(start))
  }

  /// After `((`: the expression and the `))` behind it; nil when they do not close together.
  mutating func arithmetic(from start: Int) throws(ShellSyntaxError) -> [ShellWordPart]? {
    if notArithmetic.contains(start) { return nil }
    let outer = (depth, pending, substitutions, hereDocuments.count)
    try descend()
    var parts: [ShellWordPart] = []
    var level = 0
    do throws(ShellSyntaxError) {
      while let byte = look() {
        settle()
        if byte == Byte.close, level == 0 {
          guard index + 1 < end, look(1) == Byte.close else { break }
          advance(1)
          settle()
          index += 1
          depth -= 1
          return parts
        }
        if byte == Byte.open { level += 1 }
        if byte == Byte.close { level -= 1 }
        if try !quoting(byte, &parts) {
          append(byte, to: &parts)
          index += 1
        }
      }
    } catch {
      if nodeCount > ShellLimits.nodes || error.reason.hasPrefix("nested") { throw error }
    }
    reread += index - start
    (depth, pending, substitutions) = (outer.0, outer.1, outer.2)
    hereDocuments.removeLast(max(0, hereDocuments.count - outer.3))
    notArithmetic.insert(start)
    return nil
  }

  // MARK: Parameters

  private mutating func braced(_ start: Int, isQuoted: Bool) throws(ShellSyntaxError) -> ShellParameter {
    try descend()
    var result = ShellParameter(name: "")
    settle()
    if look() == UInt8(ascii: "#"), let next = look(1), Byte.isName(next) || "@*?-$!#".utf8.contains(next),
      Byte.isName(next) || look(2) == UInt8(ascii: "}")
    {
      result.isLength = true
      advance(1)
    } else if look() == UInt8(ascii: "!"), let next = look(1), Byte.isName(next) || "@*#".utf8.contains(next) {
      result.isIndirect = true
      advance(1)
    }
    var name: [UInt8] = []
    // `${${a}}` is no substitution that bash carries out, but one that it reads.
    let isNested = look() == Byte.dollar && look(1).map { "{([\"'".utf8.contains($0) } == true
    if let byte = look(), !isNested, "@*#?-$!".utf8.contains(byte) {
      name = [byte]
      advance(1)
    } else {
      while let byte = look(), Byte.isName(byte) {
        name.append(byte)
        advance(1)
      }
    }
    result.name = String(decoding: name, as: UTF8.self)
    if look() == UInt8(ascii: "["), !name.isEmpty {
      result.isSubscripted = true
      advance(1)
      result.argument += try argument(until: UInt8(ascii: "]"), isQuoted: isQuoted, start)
    }
    var action: [UInt8] = []
    while let byte = look(), action.count < 2, ":-=?+#%/^,@".utf8.contains(byte) {
      if action.count == 1, !ShellParser.isSecond(byte, after: action[0]) { break }
      action.append(byte)
      advance(1)
    }
    result.action = String(decoding: action, as: UTF8.self)
    result.argument += try argument(until: UInt8(ascii: "}"), isQuoted: isQuoted, start)
    depth -= 1
    return result
  }

  private static func isSecond(_ byte: UInt8, after first: UInt8) -> Bool {
    first == UInt8(ascii: ":") ? "-=?+".utf8.contains(byte) : byte == first && "#%/^,".utf8.contains(byte)
  }

  /// Parts up to behind the byte that closes them; blanks and operators are letters.
  private mutating func argument(
    until close: UInt8, isQuoted: Bool, _ start: Int
  ) throws(ShellSyntaxError) -> [ShellWordPart] {
    var parts: [ShellWordPart] = []
    while let byte = look(), byte != close {
      settle()
      // Within double quotes apostrophes are letters (POSIX 2.6.2), but bash looks for the second one.
      if byte == Byte.quote && isQuoted {
        guard let close = bytes[(index + 1)..<end].firstIndex(of: Byte.quote) else {
          throw failure("missing '", at: index)
        }
        parts.append(
          ShellWordPart(content: .literal(Array(bytes[index...close])), isQuoted: true, range: index..<(close + 1)))
        index = close + 1
      } else if try !quoting(byte, &parts) {
        append(byte, to: &parts)
        index += 1
      }
    }
    settle()
    guard index < end else { throw failure("missing \(String(UnicodeScalar(close)))", at: start) }
    index += 1
    guard isQuoted else { return parts }
    return parts.map { part in
      var part = part
      part.isQuoted = true
      return part
    }
  }
}
