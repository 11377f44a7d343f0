import Bytes
import Model

/// JSON-RPC 2.0, and the Model Context Protocol over it.
enum JSONRPC: WebApplication {
  static func recognize(_ request: WebRequest) -> Bool {
    guard request.method == "POST", let json = request.json else { return false }
    return (json.isArray ? json.elements.first : json)?["jsonrpc"]?.string == "2.0"
  }

  private static let reading: Set<String> = [
    "tools/list", "resources/list", "resources/read", "resources/templates/list", "prompts/list", "prompts/get",
    "completion/complete",
  ]

  static func parts(of request: WebRequest, in context: inout WebContext, _ sql: inout SQLClassifier) -> [CallPart] {
    guard let json = request.json else { return [] }
    var answers: [String: JSONValue] = [:]
    for answer in self.answers(request) {
      if let id = answer["id"]?.scalar, answers[id] == nil { answers[id] = answer }
    }
    let messages = (json.isArray ? json.elements : [json]).prefix(WebClassifier.partLimit + 1)
    return messages.map { part($0, request, answers, &context) }
  }

  private static func part(
    _ message: JSONValue, _ request: WebRequest, _ answers: [String: JSONValue], _ context: inout WebContext
  ) -> CallPart {
    let method = message["method"]?.string ?? ""
    let parameters = message["params"]
    let answer = message["id"]?.scalar.flatMap { answers[$0] }
    var result = Classification(verb: method.isEmpty ? "UNKNOWN" : method, effect: .unknown, fingerprint: method)
    var text = method
    if reading.contains(method) {
      result.effect = .read
      if let name = (parameters?["uri"] ?? parameters?["name"])?.string {
        result.resources = [Resource("read", method.hasPrefix("prompts") ? "prompt" : "resource", name)]
        text += " \(name)"
      }
    } else if method == "initialize" || method == "ping" || method.hasPrefix("notifications/") {
      result.effect = .session
      if let name = parameters?["clientInfo"]?["name"]?.string { context.application = name }
    } else if method == "tools/call" {
      let name = parameters?["name"]?.string ?? ""
      let isRead = context.readOnlyTools.contains(name)
      result.effect = isRead ? .read : .unknown
      result.note = isRead ? "a read by the server's own annotation" : "what the tool does is not known"
      result.resources = [Resource("execute", "tool", name)]
      text += " \(name)"
    } else {
      result.note = "the method's meaning is not known"
    }
    if method == "tools/list" {
      for tool in answer?["result"]?["tools"]?.elements ?? [] where context.readOnlyTools.count < WebContext.toolLimit {
        guard let name = tool["name"]?.string else { continue }
        if tool["annotations"]?["readOnlyHint"]?.bool == true {
          context.readOnlyTools.insert(name)
        } else {
          context.readOnlyTools.remove(name)
        }
      }
    }
    var part = request.part("http", text, result)
    if let arguments = parameters?["arguments"], let bytes = request.call.requestBody?.content.bytes,
      arguments.range.upperBound <= bytes.count
    {
      var json = JSONWriter()
      json.value([String(decoding: bytes[arguments.range], as: UTF8.self)])
      part.parameters = json.text
    }
    if let error = answer?["error"] {
      part.status = .error
      part.code = error["code"]?.scalar
      part.message = error["message"]?.string
    } else if answer?["result"]?["isError"]?.bool == true {
      part.status = .error
      part.message = answer?["result"]?["content"]?.elements.first?["text"]?.string
    }
    return part
  }

  /// The answers in the body and in the events of the stream.
  private static func answers(_ request: WebRequest) -> [JSONValue] {
    var texts: [[UInt8]] = []
    if let body = request.call.responseBody { texts.append(body.content.bytes) }
    var cursor = StreamRecordCursor(request.call.records?.bytes ?? [])
    while texts.count < 10_000, let record = try? cursor.next() { texts.append(record.bytes) }
    return texts.flatMap { bytes -> [JSONValue] in
      if let json = JSONValue.document(in: bytes) { return json.isArray ? json.elements : [json] }
      return bytes.split(separator: 0x0A).filter { $0.starts(with: "data:".utf8) }.compactMap {
        JSONValue.document(in: Array($0.dropFirst(5)))
      }
    }
  }
}
