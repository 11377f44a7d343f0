import Bytes

extension Emulator {
  /// Takes what a program wrote. Bytes may be cut anywhere.
  public mutating func write(_ bytes: Span<UInt8>) {
    let base = byteCount
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if parser.state == .ground {
        if byte >= 0x20, byte < 0x7F {
          index = writeASCII(bytes, from: index)
          continue
        }
        if byte >= 0x80 {
          index = writeCharacters(bytes, from: index)
          continue
        }
      } else if parser.state == .string, byte >= 0x20 {
        index = passString(bytes, from: index)
        continue
      }
      byteCount = base &+ UInt64(index)
      if take(byte) { index += 1 }
    }
    byteCount = base &+ UInt64(bytes.count)
  }

  /// Takes what a program wrote.
  public mutating func write(_ bytes: [UInt8]) { write(bytes.span) }

  /// The run of printable ASCII at `start`; the index after it.
  private mutating func writeASCII(_ bytes: Span<UInt8>, from start: Int) -> Int {
    var end = start &+ 1
    while end < bytes.count, bytes[end] &- 0x20 < 0x5F { end &+= 1 }
    if modes.inserts || !charsets.isPlain {
      for index in start..<end { put(charsets.translate(bytes[index])) }
    } else {
      put(bytes, from: start, to: end)
    }
    return end
  }

  /// Whole characters of several bytes at `start`; what is cut or wrong is left to `take`.
  private mutating func writeCharacters(_ bytes: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] >= 0x80 {
      let lead = bytes[index]
      if lead >= 0xE1, lead <= 0xEC, bytes.count - index >= 3 {
        let second = bytes[index &+ 1]
        let third = bytes[index &+ 2]
        if second & 0xC0 == 0x80, third & 0xC0 == 0x80 {
          put(UInt32(lead & 0x0F) << 12 | UInt32(second & 0x3F) << 6 | UInt32(third & 0x3F))
          index &+= 3
          continue
        }
      } else if lead >= 0xC2, lead <= 0xDF, bytes.count - index >= 2, bytes[index &+ 1] & 0xC0 == 0x80 {
        put(UInt32(lead & 0x1F) << 6 | UInt32(bytes[index &+ 1] & 0x3F))
        index &+= 2
        continue
      }
      beginCharacter(lead)
      index &+= 1
      while parser.state == .character, index < bytes.count {
        if continueCharacter(bytes[index]) { index &+= 1 }
      }
      if parser.state != .ground { break }
    }
    return index
  }

  /// The first byte of a character that may come in pieces.
  private mutating func beginCharacter(_ byte: UInt8) {
    parser.next = 0x80...0xBF
    switch byte {
    case 0xC2...0xDF: (parser.missing, parser.scalar) = (1, UInt32(byte & 0x1F))
    case 0xE0...0xEF:
      (parser.missing, parser.scalar) = (2, UInt32(byte & 0x0F))
      if byte == 0xE0 { parser.next = 0xA0...0xBF }
      if byte == 0xED { parser.next = 0x80...0x9F }
    case 0xF0...0xF4:
      (parser.missing, parser.scalar) = (3, UInt32(byte & 0x07))
      if byte == 0xF0 { parser.next = 0x90...0xBF }
      if byte == 0xF4 { parser.next = 0x80...0x8F }
    default:
      put(0xFFFD)
      return
    }
    parser.state = .character
  }

  /// A later byte of a character. False when it is none and must be taken again: each maximal part of a wrong
  /// character is shown as one U+FFFD (Unicode §3.9).
  private mutating func continueCharacter(_ byte: UInt8) -> Bool {
    guard parser.next.contains(byte) else {
      parser.state = .ground
      put(0xFFFD)
      return false
    }
    parser.next = 0x80...0xBF
    parser.scalar = parser.scalar << 6 | UInt32(byte & 0x3F)
    parser.missing -= 1
    if parser.missing == 0 {
      parser.state = .ground
      put(parser.scalar)
    }
    return true
  }

  /// The bytes of a string up to the next control character.
  private mutating func passString(_ bytes: Span<UInt8>, from start: Int) -> Int {
    var end = start
    while end < bytes.count, bytes[end] >= 0x20 { end += 1 }
    if parser.stringKind != .passedOver {
      let room = options.stringLimit - parser.string.count
      if room > 0 { parser.string.append(contentsOf: bytes.extracting(start..<(start + min(room, end - start)))) }
    }
    return end
  }

  /// Takes one byte that is not plain text. False when the same byte is to be taken again in the new state.
  private mutating func take(_ byte: UInt8) -> Bool {
    switch parser.state {
    case .ground:
      if byte == 0x1B { parser.beginEscape(at: byteCount) } else { control(byte) }
    case .character: return continueCharacter(byte)
    case .string: takeInString(byte)
    case .stringEscape:
      endString(at: byte == 0x5C ? byteCount &+ 1 : byteCount)
      guard byte == 0x5C else {
        parser.beginEscape(at: byteCount &- 1)
        return false
      }
    case .escape, .sequence, .ignoredSequence:
      switch byte {
      case 0x18, 0x1A: parser.state = .ground
      case 0x1B: parser.beginEscape(at: byteCount)
      case 0x00..<0x20: control(byte)
      case 0x7F: break
      case 0x80...0xFF:
        parser.state = .ground
        return false
      default: if parser.state == .escape { takeInEscape(byte) } else { takeInSequence(byte) }
      }
    }
    return true
  }

  private mutating func takeInString(_ byte: UInt8) {
    switch byte {
    case 0x1B: parser.state = .stringEscape
    case 0x18, 0x1A: parser.state = .ground
    case 0x07 where parser.stringKind == .command: endString(at: byteCount &+ 1)
    default: break
    }
  }

  private mutating func takeInEscape(_ byte: UInt8) {
    if byte < 0x30 {
      // One more than any sequence has is kept, so that too many are not taken for fewer.
      if parser.intermediates.count <= ControlParser.intermediateLimit { parser.intermediates.append(byte) }
      return
    }
    switch parser.intermediates.isEmpty ? byte : 0 {
    case 0x5B: parser.beginSequence()
    case 0x5D: parser.beginString(.command)
    case 0x6B: parser.beginString(.title)
    case 0x50, 0x58, 0x5E, 0x5F: parser.beginString(.passedOver)
    default:
      parser.state = .ground
      parser.ended = byteCount &+ 1
      escape(byte)
    }
  }

  private mutating func takeInSequence(_ byte: UInt8) {
    if byte >= 0x40 {
      let isIgnored = parser.state == .ignoredSequence
      parser.state = .ground
      parser.ended = byteCount &+ 1
      if !isIgnored { sequence(byte) }
      return
    }
    guard parser.state == .sequence else { return }
    var isValid = true
    switch byte {
    case 0x20...0x2F:
      isValid = parser.intermediates.count < ControlParser.intermediateLimit
      if isValid { parser.intermediates.append(byte) }
    case 0x30...0x39:
      isValid = parser.intermediates.isEmpty
      if isValid { parser.addDigit(byte - 0x30) }
    case 0x3A, 0x3B: isValid = parser.intermediates.isEmpty && parser.addSeparator(isColon: byte == 0x3A)
    default:
      isValid = parser.parameters.isEmpty && parser.marker == 0 && parser.intermediates.isEmpty
      if isValid { parser.marker = byte }
    }
    if !isValid { parser.state = .ignoredSequence }
  }
}
