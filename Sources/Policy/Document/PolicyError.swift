/// A policy that cannot be used: one line with file, line and column.
public struct PolicyError: Error, Sendable, Hashable, CustomStringConvertible {
  public var file: String
  public var line: Int
  public var column: Int
  public var detail: String

  public init(file: String, line: Int, column: Int, _ detail: String) {
    self.file = file
    self.line = line
    self.column = column
    self.detail = detail
  }

  public var description: String { "\(file):\(line):\(column): \(detail)" }
}
