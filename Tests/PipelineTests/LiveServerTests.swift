import Foundation
import Model
import Parsers
import TestKit
import Testing

@testable import Pipeline

/// A workload of all kinds of statements against a real PostgreSQL server, captured, beside the server's own log.
@Suite(.serialized) struct LiveServerTests {
  /// What the server says that it was asked (Tests/Live/serverlog.py).
  private struct Entry: Decodable {
    var client: String?
    var kind: String
    var text: String?
    var parameters: [String?]?
  }

  /// One request, by either account.
  private struct Request: Equatable, CustomStringConvertible {
    var kind: String
    var text: String
    var parameters: [String?]

    /// The server logs a jsonb with its escapes resolved and a range of whole numbers half open; the wire has both as the
    /// client spelt them.
    static func == (left: Request, right: Request) -> Bool {
      guard left.kind == right.kind, left.text == right.text, left.parameters.count == right.parameters.count else {
        return false
      }
      // Into this table every value goes as text, in the spelling of the driver; the server logs its own.
      return left.text.contains("\"live\".\"items_as_text\"")
        || zip(left.parameters, right.parameters).allSatisfy {
          $0 == untold || $1 == untold || canonical($0) == canonical($1)
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

  private static var isPossible: Bool {
    let servers = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    return !servers.isEmpty && FileManager.default.isExecutableFile(atPath: "/usr/bin/tcpdump")
  }

  private static func record(into folder: URL) throws {
    let process = Process()
    let script = Checkout.root.appending(path: "Tests/Live/record.sh").path
    process.setUnblocked("/bin/bash", [script, folder.path, "--statements", "2000"])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "Tests/Live/record.sh failed")
  }

  private static func log(_ folder: URL) throws -> [String: [Request]] {
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

  private static func seen(_ evidence: Evidence) -> [String: [Request]] {
    var requests: [String: [Request]] = [:]
    for (id, flow) in evidence.flows {
      for statement in evidence.statements(id) {
        guard let request = request(statement) else { continue }
        requests[flow.client.description, default: []].append(request)
      }
    }
    return requests
  }

  /// What the server logs of a statement; nil for what it does not.
  private static func request(_ statement: Statement) -> Request? {
    switch statement.mode {
    // The server ended the session before it read this.
    case .simple where statement.results.isEmpty: return nil
    case .simple:
      // A text that does not parse appears in the log as an error only; one that meets an administrator's shutdown is not
      // read at all.
      if case .failed(let error) = statement.results.first?.outcome, statement.results.count == 1,
        ["42601", "57P01"].contains(error.code)
      {
        return nil
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
  private static let untold = "untold"

  private static func shown(_ parameter: Parameter) -> String? {
    parameter.type == "unknown" && parameter.text?.hasPrefix("\\x") == true ? untold : parameter.text
  }

  @Test(.enabled(if: isPossible, "no PostgreSQL server or no tcpdump here"))
  func `the capture tells what the server's log tells, and damage loses only what the gaps cover`() throws {
    try TemporaryFolder.with { folder in
      try Self.record(into: folder)
      let log = try Self.log(folder)
      let clean = try Evidence([folder.appending(path: "clean.pcap").path])
      #expect(clean.gaps.isEmpty)
      #expect(clean.anomalies.isEmpty, "\(clean.anomalies.prefix(5))")
      let seen = Self.seen(clean)
      var compared = 0
      for (client, expected) in log.sorted(by: { $0.key < $1.key }) {
        let ours = seen[client] ?? []
        compared += expected.count
        #expect(ours.count == expected.count, "\(client)")
        if let index = zip(ours, expected).enumerated().first(where: { $1.0 != $1.1 })?.offset {
          let pairs = zip(ours[index].parameters, expected[index].parameters).filter { $0 != $1 }
          Issue.record("\(client) request \(index): \(pairs) ours \(ours[index]), the server's \(expected[index])")
        }
      }
      print("\(compared) requests of \(log.count) sessions equal the server's log")
      #expect(compared >= 2_000)
      #expect(seen.values.joined().flatMap(\.parameters).count { $0 == Self.untold } < 20)

      let damaged = try Evidence([folder.appending(path: "damaged.pcap").path])
      #expect(!damaged.gaps.isEmpty)
      let left = Self.seen(damaged)
      var missing = 0
      for (client, expected) in log {
        let flow = damaged.flows.values.first { $0.client.description == client }
        let hasGap = damaged.gaps.contains { $0.0 == flow?.id }
        let ours = left[client] ?? []
        if !hasGap, flow?.sawHandshake == true { #expect(ours == expected, "\(client) has no gap") }
        missing += max(0, expected.count - ours.filter { expected.contains($0) }.count)
      }
      // A dropped packet costs the requests in it and those of the same cycle, no more.
      print("\(damaged.gaps.count) gaps, \(missing) of \(compared) requests not seen whole")
      #expect(missing < compared / 10)
    }
  }
}
