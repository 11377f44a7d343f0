/// The heads and trailers of a request and its response (RFC 9110 §6): everything but the content.
public struct CallHead: Sendable, Hashable {
  /// `0.9`, `1.0`, `1.1`, `2`.
  public var version: String
  /// As sent: methods are case-sensitive. Empty when the request was not captured.
  public var method: String
  /// The request target as sent: `/path?query`, an absolute URI, `host:port` (CONNECT) or `*`.
  public var target: String
  /// `http`, `https`, `ws`, …; nil where nothing says it.
  public var scheme: String?
  /// `host` or `host:port`: the Host field, `:authority`, or that of an absolute target.
  public var authority: String?
  public var requestFields: [HeaderField]
  public var requestTrailers: [HeaderField]
  /// Statuses of the informational responses (1xx) that came before the final one.
  public var informational: [Int]
  /// Nil when no final response was captured.
  public var status: Int?
  /// The reason phrase of HTTP/1; empty otherwise.
  public var reason: String
  public var responseFields: [HeaderField]
  public var responseTrailers: [HeaderField]
  /// The stream identifier of HTTP/2.
  public var streamID: UInt32?

  public init(version: String, method: String, target: String) {
    self.version = version
    self.method = method
    self.target = target
    requestFields = []
    requestTrailers = []
    informational = []
    reason = ""
    responseFields = []
    responseTrailers = []
  }

  /// The target as one URI, as far as it is known: `https://shop.internal/orders?id=7`.
  public var url: String {
    guard target.hasPrefix("/") || target == "*" || target.isEmpty else { return target }
    guard let authority else { return target }
    let path = target == "*" ? "" : target
    return scheme.map { "\($0)://\(authority)\(path)" } ?? "\(authority)\(path)"
  }

  /// The path of the target, without the query.
  public var path: String {
    var rest = Substring(target)
    if !rest.hasPrefix("/"), let colon = rest.firstRange(of: "://") {
      rest = rest[colon.upperBound...].drop { $0 != "/" }
    }
    return String(rest.prefix { $0 != "?" && $0 != "#" })
  }

  /// What follows the question mark of the target; nil when there is none.
  public var query: String? {
    guard let mark = target.firstIndex(of: "?") else { return nil }
    return String(target[target.index(after: mark)...].prefix { $0 != "#" })
  }
}
