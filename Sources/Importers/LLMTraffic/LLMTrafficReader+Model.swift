import Bytes
public import Model

extension LLMTrafficReader {
  /// The model that a call asks, as the body or the path of its request names it; nil for other calls.
  public static func model(of call: Call) -> String? {
    guard let dialect = LLMDialect(call) else { return nil }
    if dialect == .responses, call.upgrade == "websocket" {
      var cursor = StreamRecordCursor(call.records?.bytes ?? [])
      while let record = try? cursor.next() {
        guard record.direction == .fromClient, let name = model(in: record.bytes) else { continue }
        return name
      }
      return nil
    }
    return model(in: call.requestBody?.content.bytes ?? []) ?? LLMRequest.model(inPath: call.head.path)
  }

  /// The member `model` of a request, or of the `response` that a message asks for, without building the value.
  private static func model(in bytes: [UInt8]) -> String? {
    var scanner = JSONScanner(bytes.withoutMark)
    var open: [String] = []
    var name = ""
    var found: String?
    // A cut text ends the walk, and what was found before stands.
    while let token = try? scanner.next() {
      switch token {
      case .beginObject, .beginArray: open.append(name)
      case .endObject, .endArray: _ = open.popLast()
      case .key(let range): name = open.count <= 2 ? scanner.text(of: range) : ""
      case .string(let range):
        if name == "model", open.count == 1 || (open.count == 2 && open.last == "response") {
          found = scanner.text(of: range).cut(to: LLMRequest.nameLimit)
        }
      case .number, .bool, .null: break
      }
    }
    return found.flatMap { $0.isEmpty ? nil : $0 }
  }
}
