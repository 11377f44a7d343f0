import Bytes

/// Brings text to UTF-8, piece by piece.
public struct TextCharset: Sendable {
  enum Kind: Sendable {
    case latin1
    case windows1252
    /// By its byte order mark, else big-endian (RFC 2781 §4.3).
    case utf16
    case utf16LittleEndian
    case utf16BigEndian
  }

  private(set) var kind: Kind
  private var odd: UInt8?
  private var high: UInt16?
  private var isFirst = true

  /// Nil for UTF-8 and its part ASCII, which need nothing, and for charsets that are left as they are.
  public init?(_ name: String) {
    switch name {
    case "iso-8859-1", "latin1", "iso8859-1", "iso_8859-1", "l1": kind = .latin1
    case "windows-1252", "cp1252", "x-cp1252": kind = .windows1252
    case "utf-16": kind = .utf16
    case "utf-16le": kind = .utf16LittleEndian
    case "utf-16be": kind = .utf16BigEndian
    default: return nil
    }
  }

  public mutating func convert(_ bytes: Span<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      switch kind {
      case .utf16, .utf16LittleEndian, .utf16BigEndian:
        unit(bytes[index], &text)
        index += 1
      case .latin1, .windows1252:
        // Runs of ASCII are most of it.
        var end = index
        while end < bytes.count, bytes[end] < 0x80 { end += 1 }
        text.append(contentsOf: bytes.extracting(index..<end))
        guard end < bytes.count else { return text }
        let byte = bytes[end]
        if case .latin1 = kind { Self.add(UInt32(byte), &text) } else { Self.add(Self.windows1252(byte), &text) }
        index = end + 1
      }
    }
    return text
  }

  /// What is left of a character that is not whole.
  public mutating func finish() -> [UInt8] {
    var text: [UInt8] = []
    if odd != nil || high != nil { Self.add(0xfffd, &text) }
    (odd, high) = (nil, nil)
    return text
  }

  private mutating func unit(_ byte: UInt8, _ text: inout [UInt8]) {
    guard let first = odd else {
      odd = byte
      return
    }
    odd = nil
    if isFirst {
      isFirst = false
      if case .utf16 = kind {
        kind = first == 0xff && byte == 0xfe ? .utf16LittleEndian : .utf16BigEndian
        if (first == 0xff && byte == 0xfe) || (first == 0xfe && byte == 0xff) { return }
      }
    }
    let isLittle = if case .utf16LittleEndian = kind { true } else { false }
    let unit = isLittle ? UInt16(byte) << 8 | UInt16(first) : UInt16(first) << 8 | UInt16(byte)
    if let lead = high {
      high = nil
      if (0xdc00...0xdfff).contains(unit) {
        return Self.add(0x10000 + (UInt32(lead - 0xd800) << 10 | UInt32(unit - 0xdc00)), &text)
      }
      Self.add(0xfffd, &text)
    }
    switch unit {
    case 0xd800...0xdbff: high = unit
    case 0xdc00...0xdfff: Self.add(0xfffd, &text)
    default: Self.add(UInt32(unit), &text)
    }
  }

  private static func add(_ value: UInt32, _ text: inout [UInt8]) {
    text.append(contentsOf: UTF8.encode(Unicode.Scalar(value) ?? "\u{fffd}") ?? UTF8.encodedReplacementCharacter)
  }

  private static let upper: [UInt32] = [
    0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d,
    0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,
    0x017e, 0x0178,
  ]

  /// The byte of a character, if it has one.
  static func windows1252(of value: UInt32) -> UInt8? {
    if let byte = UInt8(exactly: value), !(0x80...0x9F).contains(byte) || windows1252(byte) == value { return byte }
    return upper.firstIndex(of: value).map { UInt8(0x80 + $0) }
  }

  private static func windows1252(_ byte: UInt8) -> UInt32 {
    (0x80...0x9f).contains(byte) ? upper[Int(byte - 0x80)] : UInt32(byte)
  }
}
