public import Bytes

/// Keys that are not to be believed any more: what `ssh-keygen -Y verify -r` takes, which is a key revocation list
/// (OpenSSH PROTOCOL.krl) or a text with a key or certificate a line.
///
/// The short forms `serial:`, `id:`, `key:`, `sha1:`, `sha256:` and `hash:` are input for `ssh-keygen -k`, which makes a
/// list of them; neither it nor this type takes them for a list.
public enum RevokedKeys: Hashable, Sendable {
  /// Bounds the memory for either form.
  public static let byteLimit = 64 << 20
  public static let lineCountLimit = 1_000_000

  case keys(RevokedKeyText)
  case list(KeyRevocationList)

  /// Nothing is revoked.
  public static let none = RevokedKeys.keys(RevokedKeyText(keys: []))

  /// Reads either form, which the first bytes tell.
  ///
  /// - Throws: `DecodeError` for anything that cannot be read, a single line included: of such a file nobody knows what it
  ///   revokes, and `ssh-keygen` then accepts no signature.
  public init(_ bytes: [UInt8]) throws(DecodeError) {
    guard bytes.count <= Self.byteLimit else {
      throw DecodeError(.overLimit, "revoked keys", offset: 0, expected: "\(Self.byteLimit) bytes")
    }
    if bytes.span.starts(with: KeyRevocationList.magic) {
      self = .list(try KeyRevocationList(bytes.span))
    } else {
      self = .keys(try RevokedKeyText(bytes))
    }
  }

  /// Why the key is not to be believed, if it is not. A certificate is also revoked with its key and with its authority.
  public func revocation(of key: SSHPublicKey) -> Revocation? {
    switch self {
    case .keys(let text): text.revocation(of: key)
    case .list(let list): list.revocation(of: key)
    }
  }
}

/// Revoked keys as text: `keytype base64 [comment]` a line. A certificate there stands for its key.
public struct RevokedKeyText: Hashable, Sendable {
  /// Wire forms of plain keys.
  private let blobs: Set<[UInt8]>

  init(keys: [SSHPublicKey]) { blobs = Set(keys.map(\.plain.blob)) }

  init(_ bytes: [UInt8]) throws(DecodeError) {
    var keys: [SSHPublicKey] = []
    try KeyFileLines.forEach(
      bytes, byteLimit: RevokedKeys.byteLimit, lineLimit: RevokedKeys.lineCountLimit
    ) { line, number throws(DecodeError) in
      do throws(LineFault) {
        guard !line.contains(0) else { throw LineFault("NUL in line") }
        var rest = line
        keys.append(try SSHPublicKey.take(from: &rest))
      } catch {
        // OpenSSH passes over keys that are too short to be used at all.
        if error.isShortKey { return }
        throw DecodeError(
          .mismatch, "revoked keys, line \(number)", offset: line.startIndex, expected: "a key", found: error.text)
      }
    }
    self.init(keys: keys)
  }

  func revocation(of key: SSHPublicKey) -> Revocation? {
    if blobs.contains(key.plain.blob) { return .key }
    if let certificate = key.certificate, blobs.contains(certificate.authority.blob) { return .authority }
    return nil
  }
}
