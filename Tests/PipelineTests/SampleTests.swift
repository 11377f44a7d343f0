import Foundation
import Model
import Parsers
import TestKit
import Testing

@testable import Pipeline

/// What holds for every sample of the repository.
@Suite struct SampleTests {
  private static let logged = Sample.all.filter {
    FileManager.default.fileExists(atPath: $0.folder.appending(path: "server.jsonl").path)
  }

  @Test(arguments: logged) func `a sample tells what its server logged`(sample: Sample) throws {
    let log = try ServerLog.read(sample.folder)
    let evidence = try Evidence(sample)
    let seen = ServerLog.seen(evidence)
    for (client, expected) in log.sorted(by: { $0.key < $1.key }) {
      // What is encrypted cannot be told; of a replication session the server logs no commands.
      let flow = evidence.flows.values.first { $0.client.description == client }
      guard let flow, !evidence.isOpaque(flow.id) else { continue }
      let ours = ServerLog.settled(seen[client] ?? [], expected)
      #expect(ours.count == expected.count, "\(client)")
      if let index = zip(ours, expected).enumerated().first(where: { $1.0 != $1.1 })?.offset {
        Issue.record("\(client) request \(index): ours \(ours[index]), the server's \(expected[index])")
      }
    }
  }

  @Test func `a sample tells what its web application says that it served`() throws {
    let sample = try #require(Sample.all.first { $0.name == "http/rest" })
    let text = try String(contentsOf: sample.folder.appending(path: "shop.jsonl"), encoding: .utf8)
    let served = try text.split(separator: "\n").map {
      try JSONDecoder().decode(WebAccount.Served.self, from: Data($0.utf8))
    }
    let evidence = try Evidence(sample)
    for (client, expected) in Dictionary(grouping: served, by: \.client).sorted(by: { $0.key < $1.key }) {
      let flow = try #require(evidence.flows.values.first { $0.client.description == client })
      #expect(evidence.calls(flow.id).map(\.servedText) == expected.map(\.text), "\(client)")
    }
    #expect(evidence.flows.keys.map { evidence.calls($0).count }.reduce(0, +) == served.count)
  }

  @Test(arguments: Sample.all) func `every prefix ends without a trap`(sample: Sample) throws {
    let bytes = try Data(contentsOf: sample.capture)
    let keys = try Evidence.keys(of: sample)
    try TemporaryFolder.with { folder in
      let file = folder.appending(path: "prefix")
      // Every length of the first records, then some all the way through.
      let lengths = Array(0..<min(120, bytes.count)) + (0..<60).map { bytes.count * $0 / 60 + $0 % 7 }
      for length in lengths where length <= bytes.count {
        try bytes.prefix(length).write(to: file)
        _ = try? Evidence([file.path], keys: keys)
      }
    }
  }

  @Test func `every sample has a README, a script that remakes it, and a place in the list`() throws {
    let list = try String(contentsOf: Checkout.root.appending(path: "samples/README.md"), encoding: .utf8)
    #expect(Sample.all.count >= 18)
    for sample in Sample.all {
      let readme = sample.folder.appending(path: "README.md").path
      #expect(FileManager.default.fileExists(atPath: readme), "\(sample)")
      let word = sample.name.split(separator: "/").last.map(String.init) ?? sample.name
      let isListed = list.contains(word) || list.contains("[-\(word.split(separator: "-").last ?? "")]")
      #expect(isListed, "\(sample) is not in samples/README.md")
    }
  }
}

extension Evidence {
  /// Whether part of a flow was not looked into.
  fileprivate func isOpaque(_ flow: FlowID) -> Bool {
    (parsed[flow] ?? []).contains { event in
      if case .facts(let facts) = event, facts.replication != nil { return true }
      guard case .exchange(let exchange) = event else { return false }
      if case .opaque = exchange.shape { return true }
      return false
    }
  }
}
