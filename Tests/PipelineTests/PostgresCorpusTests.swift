import Bytes
import Foundation
import Model
import Parsers
import TestKit
import Testing

@testable import Pipeline

/// Statements, rows, errors and sessions of every PostgreSQL capture of the corpus, against what tshark saw.
@Suite struct PostgresCorpusTests {
  private struct Expected: Decodable {
    struct Session: Decodable {
      /// A query, or the length and digest of a long one.
      enum Query: Decodable {
        case text(String)
        case digest(length: Int, sha256: String)

        private enum Key: String, CodingKey { case length, sha256 }

        init(from decoder: any Decoder) throws {
          if let text = try? decoder.singleValueContainer().decode(String.self) {
            self = .text(text)
          } else {
            let members = try decoder.container(keyedBy: Key.self)
            self = .digest(
              length: try members.decode(Int.self, forKey: .length),
              sha256: try members.decode(String.self, forKey: .sha256))
          }
        }
      }
      struct Problem: Decodable {
        var message: String?
        var sqlstate: String?
      }
      var stream: UInt32
      var queries: [Query]?
      var tags: [String]?
      var errors: [Problem]?
      var rows: Int?
      var startup: [String: String]?
      var params: [String: String]?
    }
    var sessions: [Session]
  }

  /// Where tshark and we differ, and why we are right.
  private static let differences: [String: String] = [
    "generated-derived/pg-gap-one-segment.pcap": "tshark stops at the gap; we go on after it",
    "generated-derived/pg-ipv4-fragments-missing.pcap": "tshark stops at the missing datagram; we go on after it",
    "generated-derived/pg-snaplen-96.pcap":
      "every packet is cut: tshark reads the heads of messages, we only whole ones",
    "generated-loopback/postgres/pg15-tls13-keylog": "tshark has the keys; decryption is not here yet",
    "generated-loopback/postgres/pg15-gssenc-accepted-then-garbage.pcap":
      "the server accepted GSS encryption; what follows is opaque, although tshark reads it as plain",
  ]

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
  func `what tshark saw, we see`() throws {
    let root = try #require(Corpus.root)
    let json = try Data(contentsOf: root.appending(path: "expected/postgres.json"))
    let captures = try JSONDecoder().decode([String: Expected].self, from: json)
    var problems: [String] = []
    for (path, expected) in captures.sorted(by: { $0.key < $1.key }) {
      let evidence = try Evidence([root.appending(path: "captures/\(path)").path])
      for session in expected.sessions {
        problems += differences(session, evidence, path)
      }
    }
    let unexpected = problems.filter { problem in !Self.differences.keys.contains { problem.hasPrefix($0) } }
    #expect(unexpected == [], "\(unexpected.count) differences")
    #expect(captures.count > 50)
  }

  private func differences(_ expected: Expected.Session, _ evidence: Evidence, _ path: String) -> [String] {
    let flow = FlowID(expected.stream)
    let statements = evidence.statements(flow)
    let exchanges = evidence.exchanges(flow)
    var problems: [String] = []
    func compare<T: Equatable>(_ what: String, _ ours: T, _ theirs: T) {
      if ours != theirs {
        problems.append("\(path) stream \(expected.stream) \(what): ours \(ours), tshark's \(theirs)")
      }
    }
    let queries = statements.filter { $0.mode == .simple && !$0.text.isEmpty }.map(\.text)
    compare("query count", min(queries.count, Self.listLimit.queries), expected.queries?.count ?? 0)
    for (ours, theirs) in zip(queries, expected.queries ?? []) {
      switch theirs {
      case .text(let text): compare("query", Self.folded(ours), Self.folded(text))
      case .digest(let length, let sha256):
        compare("query length", ours.utf8.count, length)
        compare("query digest", SHA256.digest(of: ours).hex, sha256)
      }
    }
    let tags = statements.flatMap(\.results).compactMap { result -> String? in
      if case .completed(let tag) = result.outcome { return tag }
      return nil
    }
    compare("tags", Array(tags.prefix(Self.listLimit.tags)), expected.tags ?? [])
    let rows = statements.flatMap(\.results).filter { $0.rows != nil || !$0.columns.isEmpty }
      .reduce(0) { $0 + Int($1.copy == nil ? $1.rowCount ?? 0 : 0) }
    compare("rows", rows, expected.rows ?? 0)
    var errors = statements.flatMap(\.results).compactMap { result -> String? in
      if case .failed(let error) = result.outcome { return error.code }
      return nil
    }
    for exchange in exchanges {
      switch exchange.shape {
      case .login(let login): if case .refused(let error) = login.outcome { errors.append(error.code) }
      case .marker(let marker) where marker.name == "terminated" || marker.name == "error":
        errors.append(String(marker.text.split(separator: " ")[1].dropLast()))
      default: break
      }
    }
    compare("errors", errors.sorted(), (expected.errors ?? []).compactMap(\.sqlstate).sorted())
    let facts = evidence.facts(flow)
    if let startup = expected.startup {
      compare("user", facts.compactMap(\.user).first, startup["user"])
      if let database = startup["database"] { compare("database", facts.compactMap(\.target).first, database) }
    }
    for (name, value) in expected.params ?? [:] {
      compare("parameter \(name)", facts.compactMap { $0.parameters[name] }.last, value)
    }
    return problems
  }

  /// The expected facts hold at most this many queries and tags of a stream.
  private static let listLimit = (queries: 200, tags: 300)

  /// tshark leaves out what is not ASCII, and shows control characters and long texts in its own way.
  private static func folded(_ text: String) -> String {
    let kept = text.unicodeScalars.filter {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
    }
    return String(kept.map(Character.init).prefix(400))
  }
}
