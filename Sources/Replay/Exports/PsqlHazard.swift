/// Whether psql would read something in a statement as a command of its own: a backslash outside of quotes.
///
/// A captured statement is hostile: `\\! command` would run a shell command on the machine of the person who replays it.
enum PsqlHazard {
  static func isIn(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\\"): return true
      case UInt8(ascii: "'"):
        let isEscaped = index > 0 && bytes[index - 1] | 0x20 == UInt8(ascii: "e")
        guard let end = endOfQuote(bytes, index, UInt8(ascii: "'"), escapes: isEscaped) else { return true }
        index = end
      case UInt8(ascii: "\""):
        guard let end = endOfQuote(bytes, index, UInt8(ascii: "\""), escapes: false) else { return true }
        index = end
      case UInt8(ascii: "$"): index = endOfDollarQuote(bytes, index) ?? index + 1
      case UInt8(ascii: "-") where index + 1 < bytes.count && bytes[index + 1] == UInt8(ascii: "-"):
        index = bytes[index...].firstIndex(of: 10) ?? bytes.count
      default: index += 1
      }
    }
    return false
  }

  /// Nil when it does not end: then nobody knows what psql makes of it.
  private static func endOfQuote(_ bytes: [UInt8], _ start: Int, _ quote: UInt8, escapes: Bool) -> Int? {
    var index = start + 1
    while index < bytes.count {
      if escapes, bytes[index] == UInt8(ascii: "\\") {
        index += 2
      } else if bytes[index] == quote {
        guard index + 1 < bytes.count, bytes[index + 1] == quote else { return index + 1 }
        index += 2
      } else {
        index += 1
      }
    }
    return nil
  }

  private static func endOfDollarQuote(_ bytes: [UInt8], _ start: Int) -> Int? {
    guard let close = bytes[(start + 1)...].firstIndex(of: UInt8(ascii: "$")) else { return nil }
    let tag = bytes[start...close]
    let isTag = tag.dropFirst().dropLast().allSatisfy { byte in
      byte >= 0x80 || byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20)
    }
    guard isTag, !(0x30...0x39).contains(bytes[start + 1]) else { return nil }
    var index = close + 1
    while index + tag.count <= bytes.count {
      if bytes[index] == UInt8(ascii: "$"), bytes[index..<(index + tag.count)].elementsEqual(tag) {
        return index + tag.count
      }
      index += 1
    }
    return bytes.count
  }
}
