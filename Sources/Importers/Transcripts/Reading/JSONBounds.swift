import Bytes

/// Where values of a JSON text begin and end, by brackets and quotation marks alone: what is in between may be damaged.
enum JSONBounds {
  /// The first byte at or after `start` that is no white space.
  static func afterBlanks(_ start: Int, in bytes: [UInt8]) -> Int {
    var position = start
    while position < bytes.count, isBlank(bytes[position]) { position += 1 }
    return position
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  /// The byte after the value that begins at `start`; nil when the text ends before it does, or no value begins there.
  static func end(of start: Int, in bytes: [UInt8]) -> Int? {
    guard start < bytes.count else { return nil }
    switch bytes[start] {
    case UInt8(ascii: "\""): return endOfString(start, in: bytes)
    case UInt8(ascii: "{"), UInt8(ascii: "["): break
    case UInt8(ascii: "-"), 0x30...0x39, UInt8(ascii: "a")...UInt8(ascii: "z"):
      var position = start
      while position < bytes.count, !isDelimiter(bytes[position]) { position += 1 }
      return position
    default: return nil
    }
    var depth = 0
    var position = start
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        guard let end = endOfString(position, in: bytes) else { return nil }
        position = end
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 0 { return position + 1 }
      default: break
      }
      position += 1
    }
    return nil
  }

  /// The byte after the string that begins at `start`.
  static func endOfString(_ start: Int, in bytes: [UInt8]) -> Int? {
    var position = start + 1
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""): return position + 1
      case UInt8(ascii: "\\"): position += 2
      default: position += 1
      }
    }
    return nil
  }

  private static func isDelimiter(_ byte: UInt8) -> Bool {
    isBlank(byte) || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
  }
}
