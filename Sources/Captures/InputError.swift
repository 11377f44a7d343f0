/// An input that cannot be used: one line that names the file and says what to do.
public struct InputError: Error, Sendable, Hashable {
  public struct Code: Hashable, Sendable {
    public let name: String

    public static let missing = Code(name: "missing")
    public static let unreadable = Code(name: "unreadable")
    public static let empty = Code(name: "empty")
    public static let notEvidence = Code(name: "not-evidence")
    public static let noSpace = Code(name: "no-space")
  }

  public var code: Code
  public var path: String
  /// Bytes from the start of the file, where that helps.
  public var offset: UInt64?
  public var detail: String

  public init(_ code: Code, path: String, offset: UInt64? = nil, _ detail: String) {
    self.code = code
    self.path = path
    self.offset = offset
    self.detail = detail
  }
}

extension InputError: CustomStringConvertible {
  public var description: String {
    offset.map { "\(path): byte \($0): \(detail)" } ?? "\(path): \(detail)"
  }
}
