import Bytes
import Model

/// The API that a call speaks, told by path, headers and the shape of the body; a host proves nothing.
enum LLMDialect: Sendable, Hashable {
  case anthropic, chat, responses, gemini, bedrock

  /// Paths of these APIs, as they end.
  private static let ownPaths = [
    "/v1/messages", "/chat/completions", "/v1/responses", "/openai/responses", "/codex/responses", ":generateContent",
    ":streamGenerateContent", ":rawPredict", ":streamRawPredict",
  ]
  /// Behind the name of a model.
  private static let modelPaths = ["/converse", "/converse-stream", "/invoke", "/invoke-with-response-stream"]

  /// Whether the path is that of one of these APIs, and not just any to which such a body was sent.
  static func isOwnPath(_ path: String) -> Bool {
    ownPaths.contains { path.hasSuffix($0) } || path.contains("/model/") && modelPaths.contains { path.hasSuffix($0) }
  }

  init?(_ call: Call) {
    let path = call.head.path
    let verb = path.split(separator: ":").last.map(String.init) ?? ""
    if call.upgrade == "websocket" {
      guard path.hasSuffix("/responses") else { return nil }
      self = .responses
      return
    }
    guard call.head.method == "POST" else { return nil }
    let body = call.requestBody?.content.bytes ?? []
    func has(_ member: String) -> Bool { body.firstIndex(of: member) != nil }
    if verb == "generateContent" || verb == "streamGenerateContent" {
      guard body.isEmpty || has("\"contents\"") else { return nil }
      self = .gemini
    } else if path.contains("/model/"), path.hasSuffix("/converse") || path.hasSuffix("/converse-stream") {
      self = .bedrock
    } else if path.contains("/model/"), path.hasSuffix("/invoke") || path.hasSuffix("/invoke-with-response-stream") {
      guard body.isEmpty || has("\"messages\"") else { return nil }
      self = .anthropic
    } else if path.hasSuffix("/messages") || verb == "rawPredict" || verb == "streamRawPredict" {
      let named = call.head.requestFields["anthropic-version"] != nil || has("\"anthropic_version\"")
      guard body.isEmpty ? named : has("\"messages\"") && (named || has("\"max_tokens\"")) else { return nil }
      self = .anthropic
    } else if path.hasSuffix("/chat/completions") {
      guard body.isEmpty || has("\"messages\"") else { return nil }
      self = .chat
    } else if path.hasSuffix("/responses") {
      guard body.isEmpty || has("\"input\"") || has("\"previous_response_id\"") else { return nil }
      self = .responses
    } else {
      // Gateways choose their own paths: the body must then show it without doubt.
      guard has("\"model\""), has("\"messages\""), has("\"role\""),
        let value = try? JSONText(body).value, value[member: "model"]?.string != nil,
        let first = value.list("messages").first, first[member: "role"]?.string != nil, first[member: "content"] != nil
      else { return nil }
      self = value[member: "system"] != nil || value[member: "anthropic_version"] != nil ? .anthropic : .chat
    }
  }
}
