import Bytes
import Foundation
import Model

/// The heads of a call as the column `call.head` holds them: one JSON object.
///
/// Fields are arrays of name and value in the order sent, because names repeat and order matters.
enum CallHeadText {
  private struct Stored: Codable {
    var version: String
    var method: String
    var target: String
    var scheme: String?
    var authority: String?
    var request: [[String]]?
    var requestTrailers: [[String]]?
    var informational: [Int]?
    var status: Int?
    var reason: String?
    var response: [[String]]?
    var responseTrailers: [[String]]?
    var stream: UInt32?
  }

  static func json(_ head: CallHead) -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("version", head.version)
      json.member("method", head.method)
      json.member("target", head.target)
      if let scheme = head.scheme { json.member("scheme", scheme) }
      if let authority = head.authority { json.member("authority", authority) }
      fields("request", head.requestFields, &json)
      fields("requestTrailers", head.requestTrailers, &json)
      if !head.informational.isEmpty {
        json.key("informational")
        json.array { json in for status in head.informational { json.value(status) } }
      }
      if let status = head.status { json.member("status", Int64(status)) }
      if !head.reason.isEmpty { json.member("reason", head.reason) }
      fields("response", head.responseFields, &json)
      fields("responseTrailers", head.responseTrailers, &json)
      if let stream = head.streamID { json.member("stream", UInt64(stream)) }
    }
    return json.text
  }

  private static func fields(_ name: String, _ fields: [HeaderField], _ json: inout JSONWriter) {
    guard !fields.isEmpty else { return }
    json.key(name)
    json.array { json in for field in fields { json.value([field.name, field.value]) } }
  }

  /// Nil when the text is not what `json` writes.
  static func head(_ json: String) -> CallHead? {
    guard let stored = try? JSONDecoder().decode(Stored.self, from: Data(json.utf8)) else { return nil }
    var head = CallHead(version: stored.version, method: stored.method, target: stored.target)
    head.scheme = stored.scheme
    head.authority = stored.authority
    head.requestFields = fields(stored.request)
    head.requestTrailers = fields(stored.requestTrailers)
    head.informational = stored.informational ?? []
    head.status = stored.status
    head.reason = stored.reason ?? ""
    head.responseFields = fields(stored.response)
    head.responseTrailers = fields(stored.responseTrailers)
    head.streamID = stored.stream
    return head
  }

  private static func fields(_ stored: [[String]]?) -> [HeaderField] {
    (stored ?? []).compactMap { $0.count == 2 ? HeaderField($0[0], $0[1]) : nil }
  }
}
