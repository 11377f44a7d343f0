import Evidence

/// Why something cannot be recorded. After `disk`, `full` or `log` nothing more is recorded: the gateway must close every
/// session.
public struct RecorderError: Error, Hashable, Sendable {
  public struct Code: Hashable, Sendable {
    public let name: String

    init(_ name: String) { self.name = name }

    /// The folder is no recording's, or another process writes it.
    public static let folder = Code("folder")
    /// The disk, or a quota, has no room left.
    public static let full = Code("full")
    /// Writing or syncing failed.
    public static let disk = Code("disk")
    /// The evidence log could not be written.
    public static let log = Code("log")
    /// More waits to be written than may: somebody forwards without asking for tickets.
    public static let backlog = Code("backlog")
    /// The connection is closed already.
    public static let closedFlow = Code("closed-flow")
    /// An event is longer than events may be.
    public static let overLimit = Code("over-limit")
    /// The recorder was shut down.
    public static let shutDown = Code("shut-down")
  }

  public var code: Code
  /// One line, lower case: the file, and what the system said.
  public var reason: String

  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  /// What the evidence log said.
  init(_ error: EvidenceLogError) {
    self.init(error.code == .full ? .full : .log, error.description)
  }
}

extension RecorderError: CustomStringConvertible {
  public var description: String { reason }
}
