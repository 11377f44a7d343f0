import Foundation
import Model
import TestKit
import Testing

@testable import Parsers

/// Real captures, by what tshark says of them.
@Suite(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
struct HTTP2CorpusTests {
  struct Expectation: Decodable {
    struct Row: Decodable {
      var path: [String]?
      var method: [String]?
      var authority: [String]?
      var status: [String]?
      var decrypted: Bool?
    }
    var headers: [Row]
  }

  static let cases: [(name: String, expectation: Expectation)] = {
    guard let root = Corpus.root, let data = try? Data(contentsOf: root.appending(path: "expected/http2.json")),
      let all = try? JSONDecoder().decode([String: Expectation].self, from: data)
    else { return [] }
    // Those in TLS are read where TLS is.
    return all.filter { !$0.value.headers.contains { $0.decrypted == true } }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value) }
  }()

  @Test func `the corpus has clear captures`() { #expect(Self.cases.count >= 13) }

  @Test(arguments: cases.map(\.name))
  func `requests and statuses are those that tshark sees`(_ name: String) throws {
    let root = try #require(Corpus.root)
    let expectation = try #require(Self.cases.first { $0.name == name }).expectation
    let pieces = try CapturedPieces(path: root.appending(path: "captures/\(name)").path)
    let flows = pieces.flows.sorted { $0.key.number < $1.key.number }.compactMap { HTTP2Flow($0.value) }
    let calls = flows.flatMap(\.events.calls)
    let asked = calls.filter { $0.upgrade != "h2c" }
    func all(_ keep: (Expectation.Row) -> [String]?) -> [String] {
      expectation.headers.flatMap { keep($0) ?? [] }.sorted()
    }
    #expect(asked.map(\.head.target).filter { !$0.isEmpty }.sorted() == all(\.path))
    #expect(asked.map(\.head.method).filter { !$0.isEmpty }.sorted() == all(\.method))
    #expect(asked.compactMap(\.head.authority).sorted() == all(\.authority))
    let statuses = calls.flatMap { $0.head.informational + ($0.head.status.map { [$0] } ?? []) }
    #expect(statuses.map(String.init).sorted() == all(\.status))
    let codes = Set(flows.flatMap(\.events.codes))
    let harmless: Set<String> = ["http2-goaway", "http2-truncated", "http2-malformed", "http2-frame-size"]
    #expect(codes.subtracting(harmless).isEmpty, "\(codes)")
  }
}
