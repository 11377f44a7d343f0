/// How long the content of a message is (RFC 9112 §6.3), where there is one way to tell.
enum HTTPLength: Hashable {
  case none
  case fixed(UInt64)
  case chunked
  /// Of a response alone.
  case untilClose

  var hasContent: Bool { self != .none && self != .fixed(0) }

  /// Of a request.
  init(request fields: [WireField], minor: Int) throws(HTTPFault) {
    self = try Self.stated(fields, minor: minor) ?? .none
  }

  /// Of the response to a method.
  init(response fields: [WireField], status: Int, minor: Int, to method: String) throws(HTTPFault) {
    if method == "HEAD" || status < 200 || status == 204 || status == 304 {
      self = .none
      return
    }
    self = try Self.stated(fields, minor: minor) ?? .untilClose
  }

  private static func stated(_ fields: [WireField], minor: Int) throws(HTTPFault) -> HTTPLength? {
    let lengths = fields.values("content-length")
    let codings = fields.values("transfer-encoding")
    guard codings.isEmpty else {
      guard lengths.isEmpty else { throw .malformed("Content-Length and Transfer-Encoding stand in one message") }
      guard minor == 1 else { throw .malformed("Transfer-Encoding stands in a message of HTTP/1.0") }
      guard codings.count == 1, codings.first?.lowercased() == "chunked" else {
        throw HTTPFault(501, "no Transfer-Encoding but chunked is known here")
      }
      return .chunked
    }
    guard let first = lengths.first else { return nil }
    guard lengths.count == 1 else { throw .malformed("Content-Length stands there twice") }
    guard let count = WireLines.number(first) else { throw .malformed("Content-Length is no number") }
    return .fixed(count)
  }
}
