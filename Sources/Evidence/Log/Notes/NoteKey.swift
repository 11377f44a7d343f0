import Bytes

/// A public key that signs notes: `<name>+<hex key id>+<base64 type and key>` (C2SP signed-note, "vkey").
public struct NoteKey: Hashable, Sendable {
  /// What is signed, and how: the byte before the key.
  public enum Kind: UInt8, Sendable {
    /// Ed25519 over the text.
    case ed25519 = 0x01
    /// Ed25519 of a witness over a time and the text (C2SP tlog-cosignature, version 1).
    case cosignature = 0x04
  }

  public let name: String
  public let kind: Kind
  /// 32 bytes.
  public let bytes: [UInt8]
  /// The first bytes of a hash: finds the key, proves nothing.
  public let id: UInt32

  /// Nil for a name that notes do not allow, or a key that has not 32 bytes.
  public init?(name: String, kind: Kind = .ed25519, bytes: [UInt8]) {
    guard NoteName.isValid(name), bytes.count == Ed25519.keyByteCount else { return nil }
    self.name = name
    self.kind = kind
    self.bytes = bytes
    id = NoteKey.id(name, [kind.rawValue] + bytes)
  }

  /// Reads a vkey.
  ///
  /// - Throws: `NoteError` when it is none, is of a kind that is not known, or its id is not that of the key.
  public init(parsing text: String) throws(NoteError) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, NoteName.isValid(parts[0]), parts[1].utf8.count == 8,
      parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
      let id = UInt32(parts[1], radix: 16), let material = StandardBase64.decode(parts[2]), let type = material.first
    else { throw NoteError("not a key of the form name+id+base64") }
    guard let kind = Kind(rawValue: type) else {
      throw NoteError("a key of type \(type); known are 1 (Ed25519) and 4 (witness cosignature)")
    }
    guard let key = NoteKey(name: String(parts[0]), kind: kind, bytes: Array(material.dropFirst())) else {
      throw NoteError("a key of \(material.count - 1) bytes; Ed25519 has 32")
    }
    guard key.id == id else { throw NoteError("the id of the key is not that of its bytes") }
    self = key
  }

  static func id(_ name: String, _ material: [UInt8]) -> UInt32 {
    SHA256.digest(of: (Array(name.utf8) + [0x0A] + material).span).bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Whether the bytes behind the key id are a signature of the text.
  func isSignature(_ signature: [UInt8], of text: String) -> Bool {
    switch kind {
    case .ed25519: return Ed25519.isSignature(signature, of: Array(text.utf8), by: bytes)
    case .cosignature:
      guard let seconds = NoteKey.cosignedAt(signature) else { return false }
      let message = "cosignature/v1\ntime \(seconds)\n" + text
      return Ed25519.isSignature(Array(signature.dropFirst(8)), of: Array(message.utf8), by: bytes)
    }
  }

  /// Seconds since 1970 that stand before a cosignature.
  static func cosignedAt(_ signature: [UInt8]) -> UInt64? {
    guard signature.count == 8 + Ed25519.signatureByteCount else { return nil }
    return signature.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension NoteKey: CustomStringConvertible {
  /// The vkey.
  public var description: String {
    let digits = String(id, radix: 16)
    let hex = String(repeating: "0", count: 8 - digits.count) + digits
    return "\(name)+\(hex)+\(StandardBase64.encode([kind.rawValue] + bytes))"
  }
}
