/// What is remembered of one connection while its calls are classified.
public struct WebContext: Sendable {
  /// Tools that are remembered, at most.
  static let toolLimit = 10_000

  let server: String
  let isSecure: Bool
  /// The client's name as MCP's `initialize` gave it.
  var application: String?
  /// Tools that a server of MCP called read-only.
  var readOnlyTools: Set<String> = []
  var sql = SQLContext()

  /// - Parameters:
  ///   - server: `host:port` of the flow.
  ///   - isSecure: it is within TLS.
  public init(server: String, isSecure: Bool) {
    self.server = server
    self.isSecure = isSecure
  }
}
