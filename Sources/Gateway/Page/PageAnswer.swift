import NIOCore
import NIOHTTP1

/// What the page's server answers.
struct PageAnswer: Sendable {
  var status: HTTPResponseStatus
  var type: String
  var content: [UInt8]
  /// A whole `Set-Cookie`.
  var cookie: String?

  init(_ status: HTTPResponseStatus, type: String, _ content: [UInt8]) {
    (self.status, self.type, self.content) = (status, type, content)
  }

  /// In one line of JSON, as on the gateway's socket.
  init(_ answer: ControlAnswer) {
    let status: HTTPResponseStatus =
      switch answer.code {
      case nil: .ok
      case .malformed, .unknownVerb: .badRequest
      case .missing: .notFound
      case .refused: .forbidden
      case .failed: .serviceUnavailable
      case .busy: .tooManyRequests
      }
    self.init(status, type: "application/json", answer.bytes)
  }

  init(_ status: HTTPResponseStatus, _ text: String) {
    self.init(status, type: "text/plain; charset=utf-8", Array("\(text)\n".utf8))
  }

  /// Nothing but what this server itself sent runs on the page, nobody frames it, and nothing of it is kept.
  func headers(isEncrypted: Bool) -> HTTPHeaders {
    var headers = HTTPHeaders([
      ("Content-Type", type), ("Content-Length", String(content.count)), ("Cache-Control", "no-store"),
      (
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
          + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
      ),
      ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
      ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ])
    if isEncrypted { headers.add(name: "Strict-Transport-Security", value: "max-age=31536000") }
    if let cookie { headers.add(name: "Set-Cookie", value: cookie) }
    return headers
  }
}
