/// The frame of all messages of ssh-agent (draft-ietf-sshm-ssh-agent §3): length, type, content.
public enum AgentMessage {
  /// OpenSSH's `AGENT_MAX_LEN`.
  public static let byteLimit = 256 << 10
  /// Bytes of the length before each message.
  public static let lengthByteCount = 4

  static let failure: UInt8 = 5
  static let requestIdentities: UInt8 = 11
  static let identitiesAnswer: UInt8 = 12
  static let signRequest: UInt8 = 13
  static let signResponse: UInt8 = 14
}
