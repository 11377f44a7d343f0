/// A request that cannot be read: one line with the file's name and line.
public struct ApprovalFileError: Error, Sendable, Hashable, CustomStringConvertible {
  public var file: String
  /// From 1.
  public var line: Int
  public var detail: String

  public init(file: String, line: Int, _ detail: String) {
    self.file = file
    self.line = line
    self.detail = detail
  }

  public var description: String { "\(file):\(line): \(detail)" }
}
