/// A log that cannot be written or read: the world's fault, or that of who calls. Tampering is told by `LogVerdict`.
public struct EvidenceLogError: Error, Hashable, Sendable {
  public struct Code: Hashable, Sendable {
    public let name: String

    /// The system refused a file: no permission, a broken disk.
    public static let file = Code(name: "file")
    /// The disk, or a quota, has no room left.
    public static let full = Code(name: "full")
    /// Another process writes the log.
    public static let busy = Code(name: "busy")
    /// The log does not continue from what its last checkpoint says; nothing more may be signed.
    public static let damaged = Code(name: "damaged")
    /// The log is another's: the key that is given did not sign it.
    public static let otherKey = Code(name: "other-key")
    /// A leaf of over 65,535 bytes.
    public static let leafTooLong = Code(name: "leaf-too-long")
    /// The log was closed.
    public static let closed = Code(name: "closed")
    /// A key that does not sign.
    public static let key = Code(name: "key")
  }

  public let code: Code
  /// The file or folder it is about.
  public let path: String
  public let detail: String

  init(_ code: Code, _ path: String, _ detail: String) {
    self.code = code
    self.path = path
    self.detail = detail
  }
}

extension EvidenceLogError: CustomStringConvertible {
  public var description: String { "\(path): \(detail)" }
}
