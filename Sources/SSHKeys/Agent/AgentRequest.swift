import Bytes

/// What ssh-agent is asked (draft-ietf-sshm-ssh-agent §3.5, §3.6).
public enum AgentRequest: Hashable, Sendable {
  /// Which keys it has.
  case identities
  /// To sign; of RSA keys with SHA-512, as `ssh-keygen -Y sign` asks.
  case sign(SigningRequest)
  /// To sign a certificate as its authority.
  case certify(CertificateDraft)

  /// SSH_AGENT_RSA_SHA2_512.
  private static let rsaSHA512: UInt32 = 4

  /// The message with its length.
  public var bytes: [UInt8] {
    var body = ByteWriter()
    switch self {
    case .identities: body.write(AgentMessage.requestIdentities)
    case .sign(let request): Self.write(request.signedData, by: request.key, to: &body)
    case .certify(let draft): Self.write(draft.signedData, by: draft.authority, to: &body)
    }
    var message = ByteWriter()
    message.writeSSHString(body.bytes)
    return message.bytes
  }

  private static func write(_ data: [UInt8], by key: SSHPublicKey, to body: inout ByteWriter) {
    body.write(AgentMessage.signRequest)
    body.writeSSHString(key.blob)
    body.writeSSHString(data)
    body.write(key.type == .rsa ? rsaSHA512 : 0)
  }
}
