/// Why a gateway cannot start or go on: one line.
public struct GatewayError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
