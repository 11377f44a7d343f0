/// Bounds on what the parser believes and holds.
enum SSHLimits {
  /// Bytes of one line before the packets. RFC 4253 §4.2 allows 255 for the identification; OpenSSH takes lines of up to
  /// 8 KiB before it.
  static let lineLength = 8 << 10
  /// Lines that a server may send before its identification (OpenSSH: SSH_MAX_PRE_BANNER_LINES).
  static let lines = 1_024
  /// The largest packet_length. OpenSSH's own bound is 256 KiB (PACKET_MAX_SIZE); others send larger ones when asked to.
  static let packetLength = 1 << 20
  /// The same while a boundary is searched for, where a smaller bound proves more.
  static let searchedPacketLength = 256 << 10
  /// Messages other than channel data up to this length are looked for when a boundary is lost.
  static let searchedMessageLength = 4 << 10
  /// Bytes passed over in the search for a boundary before the direction is given up: several of the longest packets.
  static let searchedBytes: UInt64 = 2 << 20

  /// Channels open at once; OpenSSH's own bound is CHANNELS_MAX_CHANNELS, 16 K.
  static let channels = 4_096
  /// Channels whose content is looked into at once: SFTP, SCP. Each holds a bounded buffer.
  static let contents = 64
  /// Requests of a channel or of the connection that wait for their answers.
  static let pendingRequests = 1_024
  /// Authentication requests that wait for their answers.
  static let pendingAttempts = 128
  /// Environment variables kept of a channel.
  static let environment = 1_000
  /// Bytes kept of a text of the peer: a command line, a path, a name.
  static let textLength = 256 << 10
  /// Bytes of terminal data joined to one record.
  static let recordLength = 64 << 10
  /// Further programs that are kept of one channel, which by RFC 4254 §6.5 may run one.
  static let furtherPrograms = 16

  /// Anomalies of one flow that are listed one by one.
  static let anomalies = 1_000
}
