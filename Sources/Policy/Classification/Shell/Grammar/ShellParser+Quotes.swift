/// Quoted words: bash 3.1.2.
extension ShellParser {
  mutating func singleQuoted() throws(ShellSyntaxError) -> ShellWordPart {
    try count()
    let start = index
    guard let close = bytes[(index + 1)..<end].firstIndex(of: Byte.quote) else {
      throw failure("missing '", at: start)
    }
    index = close + 1
    return ShellWordPart(content: .literal(Array(bytes[(start + 1)..<close])), isQuoted: true, range: start..<index)
  }

  mutating func ansiQuoted() throws(ShellSyntaxError) -> ShellWordPart {
    try count()
    let start = index
    advance(2)
    let first = index
    var at = index
    while at < end, bytes[at] != Byte.quote { at += bytes[at] == Byte.backslash ? 2 : 1 }
    guard at < end else { throw failure("missing '", at: start) }
    index = at + 1
    return ShellWordPart(
      content: .literal(ANSIQuoting.decode(bytes[first..<at])), isQuoted: true, range: start..<index)
  }

  mutating func doubleQuoted(_ parts: inout [ShellWordPart]) throws(ShellSyntaxError) {
    try descend()
    let start = index
    index += 1
    let before = parts.count
    try quotedParts(&parts, until: Byte.doubleQuote, stripsTabs: false)
    guard index < end, bytes[index] == Byte.doubleQuote else { throw failure("missing \"", at: start) }
    index += 1
    if parts.count == before {
      parts.append(ShellWordPart(content: .literal([]), isQuoted: true, range: start..<index))
    }
    depth -= 1
  }

  /// What stands in double quotes or in a here-document, up to the byte or the end.
  mutating func quotedParts(
    _ parts: inout [ShellWordPart], until close: UInt8?, stripsTabs: Bool
  ) throws(ShellSyntaxError) {
    var text: [UInt8] = []
    var start = index
    var isLineStart = stripsTabs
    func flush(_ parts: inout [ShellWordPart], _ index: Int) {
      if !text.isEmpty {
        parts.append(ShellWordPart(content: .literal(text), isQuoted: true, range: start..<index))
        text = []
      }
    }
    while index < end, bytes[index] != close {
      let byte = bytes[index]
      if isLineStart, byte == 0x09 {
        index += 1
        continue
      }
      isLineStart = stripsTabs && byte == Byte.newline
      switch byte {
      case Byte.backslash:
        let next = index + 1 < end ? bytes[index + 1] : nil
        if next == Byte.newline {
          index += 2
          isLineStart = stripsTabs
        } else if let next, next == Byte.dollar || next == Byte.backtick || next == Byte.backslash || next == close {
          text.append(next)
          index += 2
        } else {
          text.append(byte)
          index += 1
        }
      case Byte.backtick:
        flush(&parts, index)
        parts.append(try backquoted(isQuoted: true))
        start = index
      case Byte.dollar:
        let at = index
        if let part = try dollar(isQuoted: true) {
          let after = index
          flush(&parts, at)
          parts.append(part)
          start = after
        } else {
          text.append(byte)
          index += 1
        }
      default:
        text.append(byte)
        index += 1
      }
    }
    flush(&parts, index)
  }
}
