import Bytes

/// Files of keys, by their first bytes: key logs as TLS and SSH programs write them, private keys in PEM form.
///
/// What they say is for the Decryption stage; here it matters only that they are not mistaken for broken captures.
enum KeyFile {
  /// The longest file of keys that is read, in bytes.
  static let byteLimit = 64 << 20
  /// Lines looked at.
  private static let lineLimit = 50

  /// Whether one of the first lines is a line of a key log, or begins a private key.
  static func recognizes(_ head: Span<UInt8>) -> Bool {
    var start = 0
    for _ in 0..<lineLimit {
      guard start < head.count else { return false }
      let end = head.firstIndex(of: 0x0a, from: start) ?? head.count
      let line = head.extracting(start..<end).string.split(whereSeparator: { $0 == " " || $0 == "\r" })
      if isKeyLine(line) { return true }
      // Anything but comments, headers of PEM files and empty lines: another kind of text.
      guard line.isEmpty || line[0].hasPrefix("#") || line[0].hasSuffix(":") || isTLSLabel(line[0]) else {
        return false
      }
      start = end + 1
    }
    return false
  }

  private static func isKeyLine(_ words: [Substring]) -> Bool {
    if words.count >= 3, words[0] == "-----BEGIN", words.last == "KEY-----", words.contains("PRIVATE") { return true }
    // `RSA Session-ID:<hex> Master-Key:<hex>`, and SSH: `<cookie> SHARED_SECRET <hex>`, `<cookie> <private key>`.
    if words.count == 3, words[0] == "RSA", words[1].hasPrefix("Session-ID:") { return true }
    if words.count == 3, isTLSLabel(words[0]) { return isHex(words[1], from: 16) && isHex(words[2], from: 32) }
    if words.count == 3, words[1] == "SHARED_SECRET" || words[1] == "PRIVATE_KEY" { return isHex(words[0], from: 32) }
    return words.count == 2 && words[0].count == 32 && isHex(words[0], from: 32) && isHex(words[1], from: 32)
  }

  /// The labels of the NSS key log format (draft-ietf-tls-keylogfile).
  private static func isTLSLabel(_ word: Substring) -> Bool {
    let labels = [
      "CLIENT_RANDOM", "RSA", "PMS_CLIENT_RANDOM", "CLIENT_EARLY_TRAFFIC_SECRET", "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
      "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0", "EARLY_EXPORTER_SECRET",
      "EXPORTER_SECRET", "EARLY_EXPORTER_MASTER_SECRET",
    ]
    return labels.contains { $0 == word }
  }

  private static func isHex(_ word: Substring, from count: Int) -> Bool {
    word.utf8.count >= count && word.utf8.count.isMultiple(of: 2)
      && word.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
      }
  }
}
