/// A private key that signs notes, in the form of Go's note package: `PRIVATE+KEY+<name>+<hex key id>+<base64 type and seed>`.
///
/// Its bytes stay in memory as long as the value.
public struct NoteSigner: Sendable {
  private static let prefix = "PRIVATE+KEY+"

  public let key: NoteKey
  private let seed: [UInt8]

  /// Nil for a name that notes do not allow, or a seed that has not 32 bytes.
  public init?(name: String, kind: NoteKey.Kind = .ed25519, seed: [UInt8]) {
    guard let publicKey = Ed25519.publicKey(seed: seed), let key = NoteKey(name: name, kind: kind, bytes: publicKey)
    else { return nil }
    self.key = key
    self.seed = seed
  }

  /// A new key.
  ///
  /// - Throws: `NoteError` for a name that notes do not allow, or when there is no randomness.
  public init(generating name: String, kind: NoteKey.Kind = .ed25519) throws(NoteError) {
    guard NoteName.isValid(name) else {
      throw NoteError("the name of a key has no space and no +: a host and a path, as example.com/log")
    }
    guard let seed = Ed25519.newSeed(), let made = NoteSigner(name: name, kind: kind, seed: seed) else {
      throw NoteError("no randomness for a key")
    }
    self = made
  }

  /// Reads what `text` gives.
  ///
  /// - Throws: `NoteError`, which does not repeat the text.
  public init(parsing text: String) throws(NoteError) {
    guard text.hasPrefix(Self.prefix) else { throw NoteError("not a private key of notes: PRIVATE+KEY+name+id+base64") }
    let parts = text.dropFirst(Self.prefix.count).split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let id = UInt32(parts[1], radix: 16), let material = StandardBase64.decode(parts[2]),
      let type = material.first, let kind = NoteKey.Kind(rawValue: type),
      let made = NoteSigner(name: String(parts[0]), kind: kind, seed: Array(material.dropFirst())), made.key.id == id
    else { throw NoteError("a private key of notes that is damaged or of a kind that is not known") }
    self = made
  }

  /// The private key as text.
  public var text: String {
    let hex = key.description.split(separator: "+", maxSplits: 2)[1]
    return "\(Self.prefix)\(key.name)+\(hex)+\(StandardBase64.encode([key.kind.rawValue] + seed))"
  }

  /// Signs a text that ends with a line feed.
  ///
  /// - Parameters:
  ///   - text: of the note, with its last line feed.
  ///   - seconds: since 1970, for a cosignature; ignored by other kinds.
  /// - Returns: the line, which has been checked.
  /// - Throws: `NoteError` when libcrypto does not sign.
  public func sign(_ text: String, atSeconds seconds: UInt64 = 0) throws(NoteError) -> NoteSignature {
    let message = key.kind == .cosignature ? "cosignature/v1\ntime \(seconds)\n" + text : text
    guard let made = Ed25519.sign(Array(message.utf8), seed: seed) else { throw NoteError("libcrypto does not sign") }
    let time = (0..<8).map { UInt8(truncatingIfNeeded: seconds >> UInt64(56 - 8 * $0)) }
    let bytes = key.kind == .cosignature ? time + made : made
    guard key.isSignature(bytes, of: text) else { throw NoteError("libcrypto gave a signature that does not hold") }
    return NoteSignature(name: key.name, keyID: key.id, bytes: bytes)
  }
}
