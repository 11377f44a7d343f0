import Foundation
import Model
import Parsers

/// What a server's own log says that it was asked, beside what a capture says (Tests/Live/serverlog.py).
enum ServerLog {
  /// What the server says that it was asked (Tests/Live/serverlog.py).
  private struct Entry: Decodable {
    var client: String?
    var kind: String
    var text: String?
    var parameters: [String?]?
  }

  /// One request, by either account.
  struct Request: Equatable, CustomStringConvertible {
    var kind: String
    var text: String
    var parameters: [String?]
    /// The server must have read it.
    var isCertain = true

    /// The server logs a jsonb with its escapes resolved and a range of whole numbers half open; the wire has both as the
    /// client spelt them.
    static func == (left: Request, right: Request) -> Bool {
      guard left.kind == right.kind, left.text == right.text, left.parameters.count == right.parameters.count else {
        return false
      }
      // Into this table every value goes as text, in the spelling of the driver; the server logs its own.
      return left.text.contains("\"live\".\"items_as_text\"")
        || zip(left.parameters, right.parameters).allSatisfy {
          $0 == ServerLog.untold || $1 == ServerLog.untold || canonical($0) == canonical($1)
        }
    }

    private static func canonical(_ text: String?) -> String? {
      if let range = text?.wholeMatch(of: #/\[(-?\d+),(-?\d+)\]/#), let upper = Int64(range.2) {
        return "[\(range.1),\(upper + 1))"
      }
      guard let text, text.contains("\\u"), let json = try? JSONSerialization.jsonObject(with: Data(text.utf8)),
        let data = try? JSONSerialization.data(withJSONObject: json, options: [.sortedKeys, .fragmentsAllowed])
      else { return text.map { $0.replacing(" ", with: "") } }
      return String(decoding: data, as: UTF8.self).replacing(" ", with: "")
    }

    var description: String { "\(kind) \(text.prefix(120)) \(parameters.map { $0 ?? "NULL" })" }
  }

  static func read(_ folder: URL) throws -> [String: [Request]] {
    let lines = String(decoding: try Data(contentsOf: folder.appending(path: "server.jsonl")), as: UTF8.self)
    var requests: [String: [Request]] = [:]
    for line in lines.split(separator: "\n") {
      let entry = try JSONDecoder().decode(Entry.self, from: Data(line.utf8))
      guard let client = entry.client, ["simple", "execute", "fetch", "fastpath"].contains(entry.kind) else { continue }
      let isFunction = entry.kind == "fastpath"
      requests[client, default: []].append(
        Request(
          kind: entry.kind, text: isFunction ? "" : entry.text ?? "",
          parameters: isFunction ? [] : entry.parameters ?? []))
    }
    return requests
  }

  /// Ours without what the server may not have read and does not tell of.
  static func settled(_ ours: [Request], _ expected: [Request]) -> [Request] {
    ours.filter { $0.isCertain || expected.contains($0) }
  }

  /// By client; a port that a second connection was given again tells both, in the order that they began.
  static func seen(_ evidence: Evidence) -> [String: [Request]] {
    var requests: [String: [Request]] = [:]
    for (id, flow) in evidence.flows.sorted(by: { $0.key < $1.key }) {
      for statement in evidence.statements(id) {
        guard let request = request(statement) else { continue }
        requests[flow.client.description, default: []].append(request)
      }
    }
    return requests
  }

  /// What the server logs of a statement; nil for what it does not.
  static func request(_ statement: Statement) -> Request? {
    switch statement.mode {
    // The server ended the session before it read this.
    case .simple where statement.results.isEmpty: return nil
    case .simple:
      // A text that does not parse appears in the log as an error only.
      if case .failed(let error) = statement.results.first?.outcome, statement.results.count == 1 {
        if error.code == "42601" { return nil }
        // One that meets an administrator's shutdown may have been read, or not.
        if error.code == "57P01" {
          return Request(kind: "simple", text: statement.text, parameters: [], isCertain: false)
        }
      }
      return Request(kind: "simple", text: statement.text, parameters: [])
    case .extended where statement.results.isEmpty: return nil
    // log_statement passes over an empty text in the extended protocol.
    case .extended where statement.results.first?.outcome == .empty: return nil
    case .extended:
      return Request(kind: "execute", text: statement.text, parameters: statement.parameters.map(shown))
    case .continuation where statement.results.isEmpty: return nil
    case .continuation:
      return Request(kind: "fetch", text: statement.text, parameters: statement.parameters.map(shown))
    case .preparation: return nil
    case .functionCall: return Request(kind: "fastpath", text: "", parameters: [])
    }
  }

  /// A binary value whose type neither side named can only be shown as its bytes.
  static let untold = "untold"

  static func shown(_ parameter: Parameter) -> String? {
    parameter.type == "unknown" && parameter.text?.hasPrefix("\\x") == true ? untold : parameter.text
  }
}
