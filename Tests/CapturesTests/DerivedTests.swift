import Bytes
import Captures
import Foundation
import Model
import TestKit
import Testing

/// The corpus' own captures, wrapped and damaged in many ways: packets must be those of the clean one.
@Suite(.enabled(if: Corpus.isPresent, "the shared corpus is not here")) struct DerivedTests {
  let folder: URL

  init() throws { folder = try #require(Corpus.root).appending(path: "captures/generated-derived") }

  func read(_ names: String...) throws -> Reading {
    try Reading(names.map { .path(folder.appending(path: $0).path) })
  }

  static let bases = ["h1", "pg", "ssh"]

  @Test(arguments: bases) func `other containers hold the same packets`(_ base: String) throws {
    let clean = try read("\(base)-clean.pcap")
    for name in ["le.pcapng", "be-ns.pcapng", "two-sections-le-be.pcapng", "unknown-blocks.pcapng"] {
      let other = try read("\(base)-\(name)")
      #expect(other.packets.map(\.bytes) == clean.packets.map(\.bytes), "\(name)")
      #expect(other.packets.map(\.header.time) == clean.packets.map(\.header.time), "\(name)")
      #expect(other.sources[0].kind == "pcapng" && other.anomalies.isEmpty, "\(name)")
    }
    let nanoseconds = try read("\(base)-nanosecond-le.pcap")
    #expect(nanoseconds.packets.map(\.bytes) == clean.packets.map(\.bytes))
    // 2^-20 s is 954 ns.
    let binary = try read("\(base)-tsresol-2pow20.pcapng")
    #expect(binary.packets.map(\.bytes) == clean.packets.map(\.bytes))
    for (one, other) in zip(binary.packets, clean.packets) {
      #expect(abs(one.header.time.nanoseconds(since: other.header.time)) <= 954)
    }
  }

  @Test(arguments: bases) func `damage keeps the good head, and what is good behind it`(_ base: String) throws {
    let clean = try read("\(base)-clean.pcap").packets.map(\.bytes)
    let cases: [(String, [[UInt8]], String)] = [
      ("trunc-mid-packet", Array(clean.dropLast()), "truncated-capture"),
      ("trunc-mid-header", Array(clean.dropLast()), "truncated-capture"),
      ("garbage-tail", clean, "damaged-record"), ("caplen-huge", Array(clean.dropFirst()), "damaged-record"),
    ]
    for (name, packets, code) in cases {
      let reading = try read("\(base)-\(name).pcap")
      #expect(reading.packets.map(\.bytes) == packets, "\(name)")
      #expect(reading.codes == [code], "\(name)")
      #expect(!reading.sources[0].isComplete && reading.sources[0].note != nil, "\(name)")
    }
    let zero = try read("\(base)-zero-length-record.pcap")
    #expect(zero.packets.map(\.bytes) == [[]] + clean)
    let cut = try read("\(base)-snaplen-96.pcap")
    #expect(cut.packets.map(\.bytes) == clean.map { Array($0.prefix(96)) })
    #expect(cut.packets.map(\.header.originalLength) == clean.map(\.count))
  }

  @Test func `archives hold the clean packets`() throws {
    let clean = try read("h1-clean.pcap").packets.map(\.bytes)
    for name in ["h1-clean.pcap.gz", "h1-clean.multimember.pcap.gz", "h1-clean.pcap.zst", "bundle.7z"] {
      let reading = try read(name)
      #expect(reading.packets.map(\.bytes) == clean, "\(name)")
      #expect(reading.anomalies.isEmpty && reading.sources.count == 2, "\(name)")
    }
    // One of the two members is the other one compressed.
    let members = [
      ("bundle.zip", ["a/one.pcap", "b/two.pcap.gz!two.pcap"]),
      ("bundle.tar.gz", ["x/one.pcap", "x/two.pcap.xz!two.pcap"]),
    ]
    for (name, expected) in members {
      let reading = try read(name)
      #expect(reading.packets.map(\.bytes) == clean, "\(name)")
      let names = reading.paths.map { $0.replacing(folder.path + "/", with: "") }
      #expect(Array(names.dropFirst().prefix(2)) == expected.map { "\(name)!\($0)" })
      #expect(reading.sources.count { $0.isSkipped } == 1)
      #expect(reading.codes == (name == "bundle.zip" ? ["not-a-capture"] : []), "\(name)")
    }
    let nested = try read("bundle-nested.zip")
    #expect(nested.packets.map(\.bytes) == clean)
    #expect(nested.paths.contains { $0.hasSuffix("bundle-nested.zip!inner.tar.gz!x/one.pcap") })
    let cut = try read("h1-clean.truncated.pcap.gz")
    #expect(cut.packets.map(\.bytes) == Array(clean.prefix(17)))
    #expect(cut.codes.contains("archive-damaged") && !cut.sources[1].isComplete)
  }

  @Test func `a rotated capture given backwards is one sequence`() throws {
    let forward = try read("h1-rotated-0.pcap", "h1-rotated-1.pcap")
    let backward = try read("h1-rotated-1.pcap", "h1-rotated-0.pcap")
    #expect(forward.packets.count == 14)
    #expect(backward.packets.map(\.bytes) == forward.packets.map(\.bytes))
    #expect(backward.packets.map(\.header.source) == Array(repeating: 1, count: 7) + Array(repeating: 0, count: 7))
  }

  @Test(arguments: ["h1-clean.pcap", "h1-be-ns.pcapng", "h1-caplen-huge.pcap", "h1-unknown-blocks.pcapng"])
  func `every prefix ends and chunks may end anywhere`(_ name: String) throws {
    let bytes = Array(try Data(contentsOf: folder.appending(path: name)))
    var last = 0
    for count in stride(from: 4, through: bytes.count, by: 3) {
      let reading = try Reading(Array(bytes[..<count]))
      #expect(reading.packets.count >= last || reading.codes.contains("damaged-record"))
      last = reading.packets.count
    }
    let whole = try Reading(bytes)
    for count in [1, 7] {
      var options = CaptureOptions()
      options.chunkByteCount = count
      let reading = try Reading(bytes, options: options)
      #expect(reading.packets == whole.packets && reading.anomalies == whole.anomalies)
    }
  }
}
