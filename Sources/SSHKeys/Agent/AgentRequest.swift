import Bytes

/// What ssh-agent is asked (draft-ietf-sshm-ssh-agent §3.5, §3.6).
public enum AgentRequest: Hashable, Sendable {
  /// Which keys it has.
  case identities
  /// To sign; of RSA keys with SHA-512, as `ssh-keygen -Y sign` asks.
  case sign(SigningRequest)

  /// SSH_AGENT_RSA_SHA2_512.
  private static let rsaSHA512: UInt32 = 4

  /// The message with its length.
  public var bytes: [UInt8] {
    var body = ByteWriter()
    switch self {
    case .identities: body.write(AgentMessage.requestIdentities)
    case .sign(let request):
      body.write(AgentMessage.signRequest)
      body.writeSSHString(request.key.blob)
      body.writeSSHString(request.signedData)
      body.write(request.key.type == .rsa ? Self.rsaSHA512 : 0)
    }
    var message = ByteWriter()
    message.writeSSHString(body.bytes)
    return message.bytes
  }
}
