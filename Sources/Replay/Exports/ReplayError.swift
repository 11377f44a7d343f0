/// Why a session cannot be written as asked.
public struct ReplayError: Error, Sendable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
