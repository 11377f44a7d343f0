import Bytes

/// Decodes text in a session's client_encoding.
struct TextDecoder {
  /// As the server names it; what a client sends before it is known is taken for UTF-8.
  var encoding = "UTF8" {
    didSet { isLatin1 = ["LATIN1", "ISO88591", "ISO-8859-1"].contains(encoding.uppercased()) }
  }
  private var isLatin1 = false

  /// The text, and whether it stands for exactly these bytes.
  func decode(_ bytes: Span<UInt8>) -> (text: String, isExact: Bool) {
    if isLatin1 { return (String(String.UnicodeScalarView(bytes.array.map { UnicodeScalar($0) })), true) }
    if let text = bytes.validString { return (text, true) }
    // Repaired text has other bytes than were sent.
    return (bytes.string, false)
  }
}
