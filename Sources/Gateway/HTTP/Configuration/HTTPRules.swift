import Bytes

/// What a listener for HTTP does.
struct HTTPRules: Sendable {
  /// Where it leads.
  enum Way: Sendable {
    /// Clients take it for the target.
    case reverse(HTTPTarget)
    /// Clients name the target, which must be one of these.
    case forward(HTTPForwarding)
  }

  var way: Way
  /// The field in which clients give their token; nil where it is `Authorization`, or `Proxy-Authorization` of a proxy.
  var tokenField: String?
  var limits = HTTPLimits()
  /// Answers whose content is compressed by its nature are not masked.
  var passesCompressed = false
  /// Whether clients may speak HTTP/2. Nil: within TLS. `true`: also in the clear, where they know it.
  var http2: Bool?

  var targets: [HTTPTarget] {
    switch way {
    case .reverse(let target): [target]
    case .forward(let forwarding): forwarding.targets
    }
  }
}

extension HTTPRules {
  /// Where all that is asked leads, at a listener that stands for one server.
  var onlyPlace: HTTPPlace? {
    guard case .reverse(let target) = way else { return nil }
    return HTTPPlace(target: target, host: target.host.text, port: target.port)
  }
}

/// What a proxy leads to, and by what it proves to clients that it may stand there.
struct HTTPForwarding: Sendable {
  var targets: [HTTPTarget]
  /// Certificate and key of the gateway's own authority, PEM; nil where no target has TLS.
  var authority: Authority?

  struct Authority: Sendable {
    var certificateFile: String
    var keyFile: String
  }

  /// The first target that a host and port is one of.
  func target(_ host: String, _ port: Int, isSecure: Bool) -> HTTPTarget? {
    targets.first { $0.isSecure == isSecure && $0.port == port && $0.host.matches(host) }
  }
}

/// Limits of a listener for HTTP; each has a value without being given.
struct HTTPLimits: Sendable, Hashable {
  var head = HTTPHeadLimits()
  /// Bytes of a request's content that are kept until it is judged; what comes behind them is not known then.
  var heldByteCount = 1 << 20
  /// From the first byte of a request, or from the connection's begin, to the end of its head.
  var headSeconds: Int64 = 30
  /// From the end of a head until what is there of the content is judged as it is.
  var heldSeconds: Int64 = 10
  /// Between two requests of a connection.
  var idleSeconds: Int64 = 300
}
