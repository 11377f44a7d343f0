public import Bytes

/// Keys in text files: `keytype base64 [comment]` (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
extension SSHPublicKey {
  /// Reads a line of a `.pub` file; the comment is ignored.
  ///
  /// - Throws: `DecodeError` when it is no such line.
  public init(line: String) throws(DecodeError) {
    var rest = Array(line.utf8)[...].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    do throws(LineFault) {
      self = try Self.take(from: &rest)
    } catch {
      throw DecodeError(.mismatch, "public key", offset: 0, expected: "a line of a public key", found: error.text)
    }
  }

  /// RSA keys may also stand behind the name of a way of signing, which OpenSSH's list of types has too.
  static func isTypeName(_ word: ArraySlice<UInt8>) -> Bool { named(word) != nil }

  private static func named(_ word: ArraySlice<UInt8>) -> (type: SSHKeyType, isCertificate: Bool)? {
    switch String(decoding: word, as: UTF8.self) {
    case "rsa-sha2-256", "rsa-sha2-512": (.rsa, false)
    case "rsa-sha2-256-cert-v01@openssh.com", "rsa-sha2-512-cert-v01@openssh.com": (.rsa, true)
    case let name: SSHKeyType.named(name)
    }
  }

  static func take(from rest: inout ArraySlice<UInt8>) throws(LineFault) -> SSHPublicKey {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    let name = rest.prefix { !isBlank($0) }
    guard let type = named(name) else { throw LineFault("no key type that is known") }
    rest = rest.dropFirst(name.count).drop(while: isBlank)
    let text = rest.prefix { !isBlank($0) }
    rest = rest.dropFirst(text.count)
    guard !text.isEmpty else { throw LineFault("no key behind its type") }
    guard let blob = Base64.decode(text) else { throw LineFault("key is not base64") }
    let key: SSHPublicKey
    do throws(DecodeError) {
      key = try SSHPublicKey(blob: blob.span)
    } catch {
      throw LineFault("\(error)", isShortKey: error.code == .shortKey)
    }
    guard key.type == type.type, key.isCertificate == type.isCertificate else {
      throw LineFault("key is not of the type before it")
    }
    return key
  }
}
