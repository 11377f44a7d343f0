import Bytes

/// Decodes text in a session's client_encoding.
struct TextDecoder {
  /// As the server names it; what a client sends before it is known is taken for UTF-8.
  var encoding = "UTF8"

  /// The text, and whether it stands for exactly these bytes.
  func decode(_ bytes: Span<UInt8>) -> (text: String, isExact: Bool) {
    switch encoding.uppercased() {
    case "LATIN1", "ISO88591", "ISO-8859-1":
      return (String(String.UnicodeScalarView(bytes.array.map { UnicodeScalar($0) })), true)
    default:
      let text = bytes.string
      // Repaired text has other bytes than were sent.
      return (text, text.utf8.count == bytes.count && !text.utf8.isEmpty || bytes.isEmpty || bytes.isUTF8)
    }
  }
}
