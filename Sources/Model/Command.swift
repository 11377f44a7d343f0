public import Bytes

/// A program that was run on the other side, or a shell, with what went through its channel (RFC 4254 §6).
public struct Command: Sendable {
  public enum Kind: String, Sendable, Hashable {
    /// One command line.
    case exec
    /// The user's shell, to type into.
    case shell
    /// A service by name: `sftp`, `netconf`.
    case subsystem
  }

  /// How the program ended (RFC 4254 §6.10).
  public enum Exit: Sendable, Hashable {
    case status(UInt32)
    /// The signal's name without `SIG`.
    case signal(String, message: String, dumpedCore: Bool)
  }

  /// Bytes of one stream in all, and their digest: nil where what is in them has digests of its own, files and packs.
  public struct Total: Sendable, Hashable {
    public var byteCount: UInt64
    public var digest: Digest?

    public init(byteCount: UInt64, digest: Digest?) {
      self.byteCount = byteCount
      self.digest = digest
    }
  }

  public var kind: Kind
  /// The command line or the subsystem's name; empty for a shell. What is no UTF-8 is replaced.
  public var text: String
  /// Number of the channel in its session, in the order of opening, from 0.
  public var channel: UInt32
  /// Variables that the client asked for, in order; the server may have refused them.
  public var environment: [HeaderField] = []
  /// The terminal that was asked for; nil without one.
  public var terminal: TerminalRequest?
  /// What was typed and shown, with times: `input`, `output`, `errorOutput`, `resize`, `exit`. Nil when there was nothing.
  public var records: Payload?
  public var input: Total?
  public var output: Total?
  public var errorOutput: Total?
  /// Nil when the server did not say or it was not captured.
  public var exit: Exit?
  /// The server refused to run it.
  public var isRefused = false
  /// The client's authentication agent was offered to the server for this channel.
  public var isAgentForwarded = false
  public var isX11Forwarded = false
  /// Its bytes are files or pushes that have exchanges of their own, and are not in `records`.
  public var isReadApart = false

  public init(_ kind: Kind, text: String, channel: UInt32) {
    self.kind = kind
    self.text = text
    self.channel = channel
  }
}
