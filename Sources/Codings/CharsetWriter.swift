import Bytes

/// Brings UTF-8 back to the charset that `TextCharset` brought it from, piece by piece.
public struct CharsetWriter: Sendable {
  private enum Kind {
    case latin1
    case windows1252
    case utf16(isLittleEndian: Bool)
  }

  private let kind: Kind
  /// The beginning of a character.
  private var held: [UInt8] = []

  /// Nil for charsets that `TextCharset` leaves as they are. UTF-16 is big-endian, and without a mark of byte order, unless the
  /// name says otherwise.
  public init?(_ name: String) {
    guard let charset = TextCharset(name) else { return nil }
    switch charset.kind {
    case .latin1: kind = .latin1
    case .windows1252: kind = .windows1252
    case .utf16, .utf16BigEndian: kind = .utf16(isLittleEndian: false)
    case .utf16LittleEndian: kind = .utf16(isLittleEndian: true)
    }
  }

  /// What the text is in the charset; a character that it does not have becomes a question mark.
  public mutating func convert(_ text: [UInt8]) -> [UInt8] {
    held += text
    let end = Self.wholeCount(held)
    let out = written(String(decoding: held[..<end], as: UTF8.self))
    held.removeFirst(end)
    return out
  }

  /// What is left of a character that is not whole.
  public mutating func finish() -> [UInt8] {
    let out = written(String(decoding: held, as: UTF8.self))
    held = []
    return out
  }

  /// Bytes up to the last character that is whole.
  private static func wholeCount(_ bytes: [UInt8]) -> Int {
    var back = 1
    while back <= min(3, bytes.count) {
      let byte = bytes[bytes.count - back]
      if byte & 0xC0 != 0x80 {
        let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
        return length > back ? bytes.count - back : bytes.count
      }
      back += 1
    }
    return bytes.count
  }

  private func written(_ text: String) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch kind {
      case .latin1: out.append(UInt8(exactly: scalar.value) ?? UInt8(ascii: "?"))
      case .windows1252: out.append(TextCharset.windows1252(of: scalar.value) ?? UInt8(ascii: "?"))
      case .utf16(let isLittleEndian):
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
          let (high, low) = (UInt8(truncatingIfNeeded: unit >> 8), UInt8(truncatingIfNeeded: unit))
          out += isLittleEndian ? [low, high] : [high, low]
        }
      }
    }
    return out
  }
}
