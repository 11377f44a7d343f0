import Foundation
import Model
import TestKit
import Testing

/// A real server's log in its three forms, beside the account of an independent reader.
@Suite(.serialized) struct PostgresLogLiveTests {
  private static var isPossible: Bool {
    let servers = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    return !servers.isEmpty
  }

  /// What a client had the server do, or the code of an error.
  private struct Told: Equatable, CustomStringConvertible {
    var form: String
    var text: String
    var parameters: [String?]?
    var description: String { "\(form) \(text.prefix(300)) \(parameters ?? [])" }
  }

  private struct Account {
    /// By the client's address and port.
    var requests: [String: [Told]] = [:]
    var errors: [String: [String]] = [:]
  }

  private static func account(_ folder: URL) throws -> Account {
    let text = try String(contentsOf: folder.appending(path: "server.jsonl"), encoding: .utf8)
    var account = Account()
    for line in text.split(separator: "\n") {
      let value = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      let client = value["client"] as? String ?? ""
      switch value["kind"] as? String ?? "" {
      case "error": account.errors[client, default: []].append(value["code"] as? String ?? "")
      case "connect", "disconnect": break
      case "fastpath":
        account.requests[client, default: []].append(Told(form: "fastpath", text: value["text"] as? String ?? ""))
      case let kind:
        let parameters = (value["parameters"] as? [Any])?.map { $0 as? String }
        account.requests[client, default: []].append(
          Told(form: kind, text: value["text"] as? String ?? "", parameters: parameters))
      }
    }
    return account
  }

  private static func read(_ reading: ServerLogReading) -> Account {
    var account = Account()
    for record in reading.records {
      guard case .host(let host, let port) = record.peer else { continue }
      let client = "\(host):\(port ?? 0)"
      if record.status == .error { account.errors[client, default: []].append(record.code ?? "") }
      guard record.kind == .request, let form = record.form, form != "error", form != "audit" else { continue }
      account.requests[client, default: []].append(Told(form: form, text: record.text, parameters: record.parameters))
    }
    return account
  }

  private static let audit = ["shared_preload_libraries=pgaudit", "pgaudit.log=all", "pgaudit.log_parameter=on"]
  private static var hasAudit: Bool {
    let root = URL(filePath: "/usr/lib/postgresql")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return versions.contains { FileManager.default.fileExists(atPath: root.path + "/\($0)/lib/pgaudit.so") }
  }

  @Test(
    .enabled(if: isPossible, "no PostgreSQL server here"),
    arguments: (hasAudit
      ? [
        ["log_line_prefix='%m [%p] %q%u@%d '"] + audit,
        ["log_line_prefix='%m [%c] %q[user=%u,db=%d,app=%a] '", "log_duration=on", "pgaudit.log_rows=on"] + audit,
      ] : []) + [
        ["log_line_prefix='%m [%p] %q%u@%d '"],
        [
          "log_line_prefix='%t [%p]: [%l-1] session=%c,user=%u,db=%d,app=%a,client=%r,code=%e '", "log_duration=on",
          "log_error_verbosity=verbose",
        ],
        [
          "log_line_prefix='%t:%r:%u@%d:[%p]:'", "log_statement=none", "log_min_duration_statement=0",
          "log_timezone='Europe/Berlin'",
        ],
      ])
  func `csvlog, jsonlog and text tell what the independent reader tells`(_ settings: [String]) throws {
    try TemporaryFolder.with { folder in
      let process = Process()
      let script = Checkout.root.appending(path: "Tests/Live/postgres_logs.sh").path
      process.setUnblocked("/bin/bash", [script, folder.path] + settings)
      process.standardInput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0, "Tests/Live/postgres_logs.sh failed")
      let expected = try Self.account(folder)
      let hasDurations = settings.contains { $0.contains("duration") }
      for (name, format) in [("csv", "postgres-csvlog"), ("json", "postgres-jsonlog"), ("log", "postgres-stderr")] {
        let bytes = [UInt8](try Data(contentsOf: folder.appending(path: "server.\(name)")))
        let reading = ServerLogReading(bytes, path: "server.\(name)")
        #expect(reading.format == format)
        let anomalies = reading.anomalies.map(\.detail)
        #expect(anomalies.isEmpty, "\(anomalies.prefix(5))")
        let found = Self.read(reading)
        #expect(found.requests.keys.sorted() == expected.requests.keys.sorted(), "\(name)")
        for (client, requests) in expected.requests {
          let ours = found.requests[client] ?? []
          #expect(ours.count == requests.count, "\(name) \(client)")
          if let pair = zip(ours, requests).first(where: { $0 != $1 }) {
            Issue.record("\(name) \(client): ours \(pair.0), the server's \(pair.1)")
          }
        }
        // pgaudit adds nothing of its own where the server logs every statement.
        let audited = reading.requests.filter { $0.form == "audit" }.map(\.text)
        #expect(audited.isEmpty, "\(name): \(audited.count): \(audited.prefix(5))")
        // Text has codes only where its prefix or its verbosity has them.
        let hasCodes = name != "log" || settings.contains { $0.contains("%e") }
        #expect(
          found.errors.mapValues(\.count) == expected.errors.mapValues(\.count)
            && (!hasCodes || found.errors == expected.errors), "\(name)")
        if hasDurations {
          let timed = reading.requests.count { $0.duration != nil || $0.status == .error }
          #expect(timed * 100 >= reading.requests.count * 99, "\(name): \(timed) of \(reading.requests.count)")
        }
        let kinds = Dictionary(grouping: reading.records, by: \.kind).mapValues(\.count)
        #expect((kinds[.connection] ?? 0) > 10)
        // A request to cancel is a connection without a login.
        let logins = kinds[.login] ?? 0
        #expect(logins <= kinds[.connection] ?? 0 && logins > 40, "\(kinds)")
        let refused = reading.records.filter { $0.kind == .login && $0.status == .error }
        #expect(Set(refused.compactMap(\.user)) == ["refused", "postgres"])
        let requestCount = expected.requests.values.reduce(0) { $0 + $1.count }
        print("\(name): \(requestCount) requests of \(expected.requests.count) sessions, \(kinds)")
        #expect(requestCount > 600)
      }
    }
  }
}
