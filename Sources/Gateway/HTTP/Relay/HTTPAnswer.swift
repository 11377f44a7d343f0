import Bytes
import NIOCore
import Policy

/// What the gateway itself says to a client: a status and, as RFC 9457 has it, what the problem is.
struct HTTPAnswer {
  var status: Int
  var fields: [WireField] = []
  /// The last part of a problem's `type`, and the sentence about it.
  var kind: String
  var detail: String
  var type: String
  var body: [UInt8]

  static func reason(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 407: "Proxy Authentication Required"
    case 408: "Request Timeout"
    case 417: "Expectation Failed"
    case 421: "Misdirected Request"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 505: "HTTP Version Not Supported"
    default: "OK"
    }
  }

  /// `application/problem+json`; `kind` is the last part of `urn:exhibit:…`.
  static func problem(
    _ status: Int, _ kind: String, _ detail: String, rule: String? = nil, hint: String? = nil
  ) -> HTTPAnswer {
    var json = JSONWriter()
    json.object { json in
      json.member("type", "urn:exhibit:\(kind)")
      json.member("title", reason(status))
      json.member("status", status)
      json.member("detail", detail)
      if let rule { json.member("rule", rule) }
      if let hint { json.member("hint", hint) }
    }
    json.newline()
    return HTTPAnswer(
      status: status, kind: kind, detail: detail, type: "application/problem+json", body: json.take())
  }

  /// That a request is refused, in words of what it speaks.
  static func refusal(_ speech: WebSpeech, rule: String, reason: String, hint: String?) -> HTTPAnswer {
    let detail = "refused by policy: \(reason)"
    switch speech {
    case .plain: return problem(403, "denied", detail, rule: rule, hint: hint)
    case .kubernetes:
      // As its API tells what RBAC forbids (k8s.io/apimachinery, meta/v1 Status).
      var json = JSONWriter()
      json.object { json in
        json.member("kind", "Status")
        json.member("apiVersion", "v1")
        json.key("metadata")
        json.object { _ in }
        json.member("status", "Failure")
        json.member("message", "\(detail) (rule: \(rule))")
        json.member("reason", "Forbidden")
        json.key("details")
        json.object { json in
          json.key("causes")
          json.array { json in
            for (kind, text) in [("rule", rule), ("hint", hint ?? "")] where !text.isEmpty {
              json.object { json in
                json.member("reason", kind)
                json.member("message", text)
              }
            }
          }
        }
        json.member("code", 403)
      }
      json.newline()
      return HTTPAnswer(status: 403, kind: "denied", detail: detail, type: "application/json", body: json.take())
    case .jsonRPC(let ids, let isBatch):
      // What only notifies has no answer to tell it in.
      guard !ids.isEmpty else { return problem(403, "denied", detail, rule: rule, hint: hint) }
      var json = JSONWriter()
      func error(_ id: String, _ json: inout JSONWriter) {
        json.object { json in
          json.member("jsonrpc", "2.0")
          json.key("id")
          json.json(id)
          json.key("error")
          json.object { json in
            // "-32000 to -32099: reserved for implementation-defined server-errors".
            json.member("code", -32_003)
            json.member("message", detail)
            json.key("data")
            json.object { json in
              json.member("rule", rule)
              json.member("hint", hint)
            }
          }
        }
      }
      if isBatch {
        json.array { json in for id in ids { error(id, &json) } }
      } else if let id = ids.first {
        error(id, &json)
      }
      json.newline()
      return HTTPAnswer(status: 200, kind: "denied", detail: detail, type: "application/json", body: json.take())
    }
  }

  /// `isLast`: the connection is closed behind it.
  func head(isLast: Bool) -> ResponseHead {
    var shown = fields
    shown.append(WireField("Content-Type", type))
    shown.append(WireField("Content-Length", String(body.count)))
    shown.append(WireField("Cache-Control", "no-store"))
    if isLast { shown.append(WireField("Connection", "close")) }
    return ResponseHead(status: status, reason: Array(Self.reason(status).utf8), fields: shown)
  }

  func text(to method: String, isLast: Bool) -> ByteBuffer {
    var buffer = head(isLast: isLast).text
    if method != "HEAD" { buffer.writeBytes(body) }
    return buffer
  }

  /// As clients of gRPC are told it ("Trailers-Only" of the gRPC over HTTP/2 specification): a status and a sentence in the head of
  /// an answer without content.
  var forGRPC: HTTPAnswer {
    let code =
      switch status {
      case 401, 407: 16  // UNAUTHENTICATED
      case 403: 7  // PERMISSION_DENIED
      case 429: 8  // RESOURCE_EXHAUSTED
      case 400, 413, 417, 421, 431: 13  // INTERNAL, as of requests that are none
      case 501, 505: 12  // UNIMPLEMENTED
      case 502 where kind == "no-http2": 12
      default: 14  // UNAVAILABLE
      }
    var answer = HTTPAnswer(status: 200, kind: kind, detail: detail, type: "application/grpc", body: [])
    answer.fields = fields.filter { $0.key != "www-authenticate" && $0.key != "proxy-authenticate" }
    answer.fields.append(WireField("grpc-status", String(code)))
    answer.fields.append(WireField("grpc-message", Self.percentEncoded(detail)))
    return answer
  }

  /// "Percent-Encoded" of that specification: all that is printable but the percent sign stands for itself.
  private static func percentEncoded(_ text: String) -> String {
    var out = ""
    for byte in text.utf8 {
      if (0x20...0x7E).contains(byte), byte != UInt8(ascii: "%") {
        out.unicodeScalars.append(UnicodeScalar(byte))
      } else {
        out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return out
  }
}
