import Bytes
import Model

/// A call as applications look at it: without its secrets.
struct WebRequest {
  let call: Call
  let method: String
  let host: String
  let path: String
  let segments: [String]
  let query: [(name: String, value: String)]
  let mediaType: String
  let identity: Identity
  let isSecure: Bool
  /// The request's body; nil when it is not one document of JSON.
  let json: JSONValue?

  init(_ call: Call, identity: Identity, context: WebContext) {
    self.call = call
    self.identity = identity
    isSecure = context.isSecure
    method = call.head.method
    host = call.head.authority ?? context.server
    path = call.head.path
    segments = path.split(separator: "/").map { PercentCoding.decode($0) }
    query = PercentCoding.pairs(call.head.query ?? "")
    let media = call.requestBody?.mediaType ?? call.head.requestFields["content-type"] ?? ""
    json = call.requestBody.flatMap { JSONValue.document(in: $0.content.bytes) }
    mediaType = media.prefix { $0 != ";" }.trimming(\.isWhitespace).lowercased()
  }

  var url: String { "\(call.head.scheme ?? (isSecure ? "https" : "http"))://\(host)\(path)" }
  var answer: JSONValue? { call.responseBody.flatMap { JSONValue.document(in: $0.content.bytes) } }
  var form: [(name: String, value: String)] {
    guard mediaType == "application/x-www-form-urlencoded", let body = call.requestBody else { return [] }
    return PercentCoding.pairs(body.content.bytes.span.string)
  }

  /// A value of the request's body as it is written there.
  func text(of value: JSONValue) -> String? {
    guard let bytes = call.requestBody?.content.bytes, value.range.upperBound <= bytes.count else { return nil }
    return String(decoding: bytes[value.range], as: UTF8.self)
  }

  func field(_ name: String) -> String? { call.head.requestFields[name] }
  func values(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }
  func value(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// A part with everything of the call.
  func part(_ kind: String, _ text: String, _ classification: Classification) -> CallPart {
    var part = CallPart(kind: kind, text: text, classification: classification, head: call.head)
    part.requestBody = call.requestBody
    part.responseBody = call.responseBody
    part.records = call.records
    part.identity = identity
    return part
  }

  /// A part that is told by its method and URL.
  func part(_ classification: Classification) -> CallPart { part("http", "\(method) \(call.head.url)", classification) }

  /// The path with `*` in the place of numbers, UUIDs and hexadecimal names.
  var shape: String {
    let parts = segments.map { segment -> String in
      let digits = segment.filter { $0 != "-" }
      let isHex = digits.count >= 12 && digits.allSatisfy(\.isHexDigit)
      return isHex || (!segment.isEmpty && segment.allSatisfy(\.isNumber)) ? "*" : segment
    }
    return "/" + parts.joined(separator: "/")
  }
}

/// What an application of HTTP means by its calls.
protocol WebApplication: Sendable {
  /// By content, never by port.
  static func recognize(_ request: WebRequest) -> Bool
  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart]
}

/// The applications in the order in which they are asked.
enum WebCatalog {
  static var all: [any WebApplication.Type] {
    [
      AWS.self, GRPC.self, GitHTTP.self, Vault.self, Kubernetes.self, OAuth.self, JSONRPC.self, ClickHouse.self,
      Packages.self, Elasticsearch.self, Metrics.self, GraphQL.self, REST.self,
    ]
  }
}
