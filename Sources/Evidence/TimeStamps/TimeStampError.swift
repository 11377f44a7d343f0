/// A time stamp that proves nothing.
public struct TimeStampError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
