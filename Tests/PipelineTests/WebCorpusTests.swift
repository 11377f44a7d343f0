import Bytes
import Decryption
import Foundation
import Model
import Parsers
import TestKit
import Testing

@testable import Pipeline

/// HTTP over TLS, with keys, and HTTP/2 of the corpus, against what tshark saw.
@Suite struct WebCorpusTests {
  private struct Expected: Decodable {
    struct Message: Decodable {
      var kind: String
      var method: String?
      var uri: String?
      var status: Int?
      var decrypted: Bool?
    }
    struct Body: Decodable {
      var sha256: String
      var size: Int
    }
    var messages: [Message]
    var bodies: [Body]?
    var requests: Int

    /// Seen through the keys beside the capture; the others are compared where the parser is tested.
    var isDecrypted: Bool { messages.contains { $0.decrypted == true } }
  }

  private struct Expected2: Decodable {
    struct Headers: Decodable {
      var method: [String]?
      var path: [String]?
      var status: [String]?
    }
    var headers: [Headers]
  }

  /// What was seen of a capture, as sorted lines, so that differences can be listed.
  struct Seen {
    var requests: [String] = []
    var statuses: [String] = []
    var bodies: Set<String> = []
  }

  static func keys(for capture: URL) throws -> KeyRing {
    let root = try #require(Corpus.root).appending(path: "keys")
    let name = capture.deletingPathExtension().lastPathComponent
    var places = [capture.deletingPathExtension().appendingPathExtension("keylog")]
    places.append(root.appending(path: "zeek/\(name).keylog"))
    if capture.path.contains("pcapFS/tests/crypto/all_ciphers") {
      places.append(root.appending(path: "pcapFS/tests/crypto/all_ciphers_test/all_ciphers.key"))
    }
    if capture.path.contains("pcapFS/tests/crypto/feature_test") {
      places.append(root.appending(path: "pcapFS/tests/crypto/feature_test/keyfiles/master_and_premaster.key"))
      places.append(root.appending(path: "pcapFS/tests/crypto/feature_test/keyfiles/server_private.key"))
    }
    if capture.path.contains("pcapFS/tests/system") {
      places.append(root.appending(path: "pcapFS/tests/system/keyfiles/tls.key"))
    }
    var keys = KeyRing()
    for place in places {
      guard let data = try? Data(contentsOf: place) else { continue }
      let bytes = Array(data)
      _ = keys.add(bytes.span)
    }
    return keys
  }

  static func seen(_ evidence: Evidence, version: String? = nil) -> Seen {
    var seen = Seen()
    for flow in evidence.flows.keys.sorted() {
      for call in evidence.calls(flow) where version == nil || call.head.version == version {
        // A request that asked for the upgrade came as HTTP/1.1.
        if !call.head.method.isEmpty, version == nil || call.upgrade != "h2c" {
          seen.requests.append("\(call.head.method) \(call.head.target)")
        }
        seen.statuses += call.head.informational.map(String.init)
        if let status = call.head.status { seen.statuses.append(String(status)) }
        for body in [call.requestBody, call.responseBody] {
          if let body { seen.bodies.insert(body.content.digest.hex) }
        }
      }
    }
    return seen
  }

  /// What is on one side and not on the other, each as often as it is.
  static func difference(_ ours: [String], _ theirs: [String]) -> (more: [String], less: [String]) {
    var counts: [String: Int] = [:]
    for line in ours { counts[line, default: 0] += 1 }
    for line in theirs { counts[line, default: 0] -= 1 }
    let more = counts.filter { $0.value > 0 }.map { "\($0.value)x \($0.key.prefix(120))" }.sorted()
    return (more, counts.filter { $0.value < 0 }.map { "\(-$0.value)x \($0.key.prefix(120))" }.sorted())
  }

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
  func `HTTP/1 over TLS: what tshark saw with the keys, we see`() throws {
    let root = try #require(Corpus.root)
    let data = try Data(contentsOf: root.appending(path: "expected/http1.json"))
    let expected = try JSONDecoder().decode([String: Expected].self, from: data)
    var (same, requests, bodies, missingBodies) = (0, 0, 0, 0)
    var unexplained: [String] = []
    for (path, theirs) in expected.sorted(by: { $0.key < $1.key }) where theirs.isDecrypted {
      let file = root.appending(path: "captures/\(path)")
      guard FileManager.default.fileExists(atPath: file.path) else { continue }
      guard let evidence = try? Evidence([file.path], keys: Self.keys(for: file)) else {
        unexplained.append("\(path): not read")
        continue
      }
      let ours = Self.seen(evidence)
      let theirRequests = theirs.messages.filter { $0.kind == "request" }
        .map { "\($0.method ?? "") \($0.uri ?? "")" }
      let theirStatuses = theirs.messages.filter { $0.kind == "response" }.compactMap { $0.status.map(String.init) }
      // Their list ends after 400 messages.
      let isCut = theirs.messages.count >= 400
      requests += theirRequests.count
      let (more, less) = Self.difference(ours.requests, theirRequests)
      let (moreStatuses, lessStatuses) = Self.difference(ours.statuses, theirStatuses)
      var report = less.map { "- " + $0 } + lessStatuses.map { "- " + $0 }
      if !isCut { report += more.map { "+ " + $0 } + moreStatuses.map { "+ " + $0 } }
      let lost = (theirs.bodies ?? []).filter { $0.size > 0 && !ours.bodies.contains($0.sha256) }
      bodies += theirs.bodies?.count ?? 0
      missingBodies += lost.count
      if !lost.isEmpty { report.append("- \(lost.count) of \(theirs.bodies?.count ?? 0) bodies") }
      if report.isEmpty {
        same += 1
      } else if WebCorpusDifferences.reason(path) == nil {
        unexplained.append("\(path): " + report.prefix(6).joined(separator: "; "))
      }
    }
    print("\(same) captures equal, \(requests) requests, \(missingBodies) of \(bodies) bodies not found")
    #expect(unexplained.isEmpty, "\(unexplained.count) captures differ:\n\(unexplained.joined(separator: "\n"))")
  }

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
  func `HTTP/2: what tshark saw, we see`() throws {
    let root = try #require(Corpus.root)
    let data = try Data(contentsOf: root.appending(path: "expected/http2.json"))
    let expected = try JSONDecoder().decode([String: Expected2].self, from: data)
    var unexplained: [String] = []
    for (path, theirs) in expected.sorted(by: { $0.key < $1.key }) {
      let file = root.appending(path: "captures/\(path)")
      let evidence = try Evidence([file.path], keys: Self.keys(for: file))
      let ours = Self.seen(evidence, version: "2")
      let theirRequests = theirs.headers.flatMap { headers in
        zip(headers.method ?? [], headers.path ?? []).map { "\($0) \($1)" }
      }
      let (more, less) = Self.difference(ours.requests, theirRequests)
      let (moreStatuses, lessStatuses) = Self.difference(ours.statuses, theirs.headers.flatMap { $0.status ?? [] })
      let report =
        less.map { "- " + $0 } + more.map { "+ " + $0 } + lessStatuses.map { "- " + $0 }
        + moreStatuses.map { "+ " + $0 }
      if !report.isEmpty, WebCorpusDifferences.reason(path) == nil {
        unexplained.append("\(path): " + report.prefix(6).joined(separator: "; "))
      }
    }
    #expect(unexplained.isEmpty, "\(unexplained.count) captures differ:\n\(unexplained.joined(separator: "\n"))")
  }
}
