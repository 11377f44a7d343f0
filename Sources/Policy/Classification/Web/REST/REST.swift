import Model

/// Any call of HTTP, judged by its method (RFC 9110 §9).
enum REST: WebApplication {
  static func recognize(_ request: WebRequest) -> Bool { true }

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    [request.part(classification(request))]
  }

  static func effect(ofMethod method: String) -> Effect {
    switch method {
    case "GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH", "QUERY": .read
    case "POST", "PUT", "PATCH", "DELETE", "MKCOL", "COPY", "MOVE", "PROPPATCH", "LOCK", "UNLOCK", "MKCALENDAR": .write
    case "CONNECT": .session
    default: .unknown
    }
  }

  static func classification(_ request: WebRequest) -> Classification {
    var result = Classification(verb: request.method.isEmpty ? "UNKNOWN" : request.method, effect: .unknown)
    result.effect = effect(ofMethod: request.method)
    if request.method.isEmpty { result.note = "the request was not captured" }
    let override =
      request.field("x-http-method-override") ?? request.field("x-http-method") ?? request.field("x-method-override")
      ?? request.value("_method") ?? request.form.first { $0.name == "_method" }?.value
    if let override, !override.isEmpty {
      let other = effect(ofMethod: override.uppercased())
      result.note = "asks to be taken as \(override.uppercased())"
      if result.effect == .read { result.effect = other } else if other != result.effect { result.effect = .unknown }
    }
    if request.call.upgrade == "websocket", result.effect == .read {
      result.effect = .unknown
      result.note = "messages of a WebSocket may do anything"
    }
    let access = result.effect == .read ? "read" : "write"
    result.resources = [Resource(access, "url", request.url)]
    result.fingerprint = "\(request.method) \(request.host)\(request.shape)"
    return result
  }
}
