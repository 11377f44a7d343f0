/// What a byte is to the scan: part of a word, and of which letters, or a mark at which something may stand.
enum ByteClass {
  static let digit: UInt8 = 1
  /// `a` to `f`
  static let lowerHex: UInt8 = 2
  static let lower: UInt8 = 4
  /// `A` to `F`
  static let upperHex: UInt8 = 8
  static let upper: UInt8 = 16
  static let underscore: UInt8 = 32
  static let mark: UInt8 = 64

  static let letters = lowerHex | lower | upperHex | upper
  static let word = letters | digit | underscore
  static let hex = digit | lowerHex | upperHex
  static let anyLower = lowerHex | lower
  static let anyUpper = upperHex | upper

  /// Of each byte.
  static let table: [UInt8] = {
    var table = [UInt8](repeating: 0, count: 256)
    for byte in 0x30...0x39 { table[byte] = digit }
    for byte in 0x61...0x66 { table[byte] = lowerHex }
    for byte in 0x67...0x7A { table[byte] = lower }
    for byte in 0x41...0x46 { table[byte] = upperHex }
    for byte in 0x47...0x5A { table[byte] = upper }
    table[0x5F] = underscore
    for byte in "@:+(-=%$~\\".utf8 { table[Int(byte)] = mark }
    return table
  }()

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  @inline(__always)
  static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

  @inline(__always)
  static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  @inline(__always)
  static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }

  @inline(__always)
  static func isHex(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }

  /// Letters, digits and the underscore.
  @inline(__always)
  static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == 0x5F }
}
