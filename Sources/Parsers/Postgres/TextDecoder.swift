import Bytes

/// Decodes text in a session's client_encoding.
struct TextDecoder {
  private enum Charset: Equatable {
    case utf8
    case latin1
    case windows1252
    /// SQL_ASCII: the server does not convert, so bytes above 127 may mean anything.
    case unconverted
    /// One that we do not decode: what is ASCII in it is read, the rest is not exact.
    case other
  }

  private var charset = Charset.utf8

  /// The encoding as the server names it; what a client sends before it is known is taken for UTF-8.
  var encoding = "UTF8" {
    didSet { charset = TextDecoder.charset(encoding) }
  }

  /// Whether text comes as UTF-8 and can be kept as it is.
  var isUTF8: Bool { charset == .utf8 }

  /// pg_char_to_encoding: case and everything but letters and digits are ignored.
  private static func charset(_ name: String) -> Charset {
    let letters = name.utf8.filter { (0x30...0x39).contains($0) || (0x41...0x5a).contains($0 & 0xdf) }
    switch String(decoding: letters, as: UTF8.self).uppercased() {
    case "UTF8", "UNICODE": return .utf8
    case "LATIN1", "ISO88591": return .latin1
    case "WIN1252", "WINDOWS1252": return .windows1252
    case "SQLASCII": return .unconverted
    default: return .other
    }
  }

  /// The text, and whether it stands for exactly these bytes.
  func decode(_ bytes: Span<UInt8>) -> (text: String, isExact: Bool) {
    if let valid = try? UTF8Span(validating: bytes) {
      // ASCII means the same in all of them.
      let isExact = charset == .utf8 || charset == .unconverted || bytes.isASCII
      if charset == .utf8 || isExact { return (String(copying: valid), isExact) }
    }
    switch charset {
    case .latin1: return (TextDecoder.mapped(bytes) { UnicodeScalar($0) }, true)
    case .unconverted: return (TextDecoder.mapped(bytes) { UnicodeScalar($0) }, false)
    case .windows1252:
      var isExact = true
      let text = TextDecoder.mapped(bytes) { byte in
        guard (0x80...0x9f).contains(byte) else { return UnicodeScalar(byte) }
        let scalar = UnicodeScalar(TextDecoder.windows1252[Int(byte) - 0x80]) ?? "\u{fffd}"
        if scalar == "\u{fffd}" { isExact = false }
        return scalar
      }
      return (text, isExact)
    case .utf8, .other: return (bytes.string, false)
    }
  }

  func text(_ bytes: Span<UInt8>) -> String { decode(bytes).text }

  private static func mapped(_ bytes: Span<UInt8>, _ scalar: (UInt8) -> UnicodeScalar) -> String {
    var scalars = String.UnicodeScalarView()
    scalars.reserveCapacity(bytes.count)
    for index in bytes.indices { scalars.append(scalar(bytes[index])) }
    return String(scalars)
  }

  /// 0x80 to 0x9f of code page 1252; five of them are undefined.
  private static let windows1252: [UInt16] = [
    0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd,
    0x017d, 0xfffd, 0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
    0x0153, 0xfffd, 0x017e, 0x0178,
  ]
}

extension Span where Element == UInt8 {
  /// No byte above 127.
  var isASCII: Bool {
    for index in indices where self[index] >= 0x80 { return false }
    return true
  }
}
