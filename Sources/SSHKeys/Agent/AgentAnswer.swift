public import Bytes

/// What ssh-agent answers (draft-ietf-sshm-ssh-agent §3.5, §3.6).
public enum AgentAnswer: Hashable, Sendable {
  /// Its keys, those left out whose kind is none of `SSHKeyType`.
  case identities([AgentIdentity])
  /// What `SigningRequest.signature(answer:)` takes.
  case signature([UInt8])
  /// It does not have the key, or was told to refuse, or is locked.
  case failure

  /// More keys than anyone holds; OpenSSH's client takes 2048.
  static let identityLimit = 2048

  /// The length of a message's body, from the four bytes before it.
  ///
  /// - Throws: `DecodeError` when it is longer than agents send.
  public static func bodyLength(parsing bytes: Span<UInt8>) throws(DecodeError) -> Int {
    var reader = ByteReader(bytes)
    let length = try reader.readUInt32("agent message length")
    guard length > 0, length <= UInt32(clamping: AgentMessage.byteLimit) else {
      throw DecodeError(
        .overLimit, "agent message length", offset: 0, expected: "1 to \(AgentMessage.byteLimit)", found: "\(length)")
    }
    return Int(length)
  }

  /// Reads the body of a message, all of it.
  ///
  /// - Throws: `DecodeError` for an answer to something that was not asked.
  public init(body: Span<UInt8>) throws(DecodeError) {
    var reader = ByteReader(body)
    let type = try reader.readUInt8("agent message type")
    switch type {
    case AgentMessage.identitiesAnswer:
      let count = try reader.readUInt32("number of keys")
      guard count <= UInt32(clamping: Self.identityLimit) else {
        throw DecodeError(.overLimit, "number of keys", offset: 1, expected: "\(Self.identityLimit)", found: "\(count)")
      }
      var identities: [AgentIdentity] = []
      for _ in 0..<count {
        let blob = try reader.readSSHString("key")
        let comment = try reader.readSSHString("comment").string
        if let key = try? SSHPublicKey(blob: blob) { identities.append(AgentIdentity(key: key, comment: comment)) }
      }
      self = .identities(identities)
    case AgentMessage.signResponse: self = .signature(try reader.readSSHString("signature").array)
    case AgentMessage.failure: self = .failure
    default: throw DecodeError(.unsupported, "agent message type", offset: 0, found: "\(type)")
    }
    try reader.expectEnd("agent message")
  }
}

/// A key that an agent holds.
public struct AgentIdentity: Hashable, Sendable {
  /// The key or certificate.
  public let key: SSHPublicKey
  /// As a rule the file it came from.
  public let comment: String
}
