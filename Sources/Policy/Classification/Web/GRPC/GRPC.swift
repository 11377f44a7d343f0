import Model

/// gRPC over HTTP/2 and gRPC-Web.
enum GRPC: WebApplication {
  private static let reading = [
    "Get", "List", "Describe", "Query", "Search", "Lookup", "Watch", "Read", "Check", "Count",
  ]

  static func recognize(_ request: WebRequest) -> Bool {
    request.mediaType.hasPrefix("application/grpc") && request.segments.count == 2
  }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    let method = request.segments.last ?? ""
    let service = request.segments.first ?? ""
    let isRead = reading.contains { method.hasPrefix($0) }
    var result = Classification(verb: method, effect: isRead ? .read : .unknown)
    result.note = isRead ? "a read by its name" : "what the method does is not known"
    result.resources = [Resource(isRead ? "read" : "execute", "method", "\(service)/\(method)")]
    result.fingerprint = "gRPC \(service)/\(method)"
    var part = request.part(result)
    let head = request.call.head
    if let code = head.responseTrailers["grpc-status"] ?? head.responseFields["grpc-status"], code != "0" {
      part.code = code
      part.status = code == "7" || code == "16" ? .denied : .error
      part.message = (head.responseTrailers["grpc-message"] ?? head.responseFields["grpc-message"]).map {
        PercentCoding.decode($0)
      }
    }
    return [part]
  }
}
