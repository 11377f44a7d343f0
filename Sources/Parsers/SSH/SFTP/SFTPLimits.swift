/// Bounds on what the reader of SFTP believes and holds.
enum SFTPLimits {
  /// The longest message. OpenSSH takes 256 KiB (SFTP_MAX_MSG_LENGTH); servers that grant more are rare.
  static let messageLength = 4 << 20
  /// The same while a boundary is searched for.
  static let searchedMessageLength = 257 << 10
  /// Bytes passed over in the search before the direction is given up.
  static let searchedBytes: UInt64 = 2 << 20
  /// Requests that wait for their answers; OpenSSH's client has 64 in flight.
  static let pendingRequests = 8_192
  /// Files and folders open at once.
  static let openFiles = 4_096
  /// Bytes of a file that wait for those before them; a client has at most its requests in flight.
  static let waitingBytes = 4 << 20
  /// The same for all files of a channel.
  static let allWaitingBytes = 16 << 20
  /// A handle's bytes (draft-ietf-secsh-filexfer-02 §4).
  static let handleLength = 256
  /// A path that is believed while a boundary is searched for.
  static let pathLength = 4_096
  /// Extension pairs read of attributes and of the version.
  static let extensions = 256
}
