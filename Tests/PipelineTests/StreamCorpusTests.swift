import Bytes
import Captures
import Foundation
import Model
import Streams
import TestKit
import Testing

/// The reassembled bytes of every capture of the corpus, against `tshark -z follow,tcp,raw`.
@Suite struct StreamCorpusTests {
  struct Expected: Decodable {
    var stream: Int
    var node0: String
    var node1: String
    var bytes0: UInt64
    var bytes1: UInt64
    var digest0: String
    var digest1: String
    var gaps: Int

    private enum CodingKeys: String, CodingKey {
      case stream, node0, node1, bytes0, bytes1, gaps
      case digest0 = "sha256_0"
      case digest1 = "sha256_1"
    }
  }

  /// Where tshark and we differ, and why.
  private static let differences: [(capture: String, reason: String)] = [
    ("AlexeyVasilev+PcapFlowLab/examples/showcase/", "flows in GTP-U and in PBB, which we do not unwrap"),
    ("AlexeyVasilev+PcapFlowLab/tests/data/parsing/geneve/06_geneve_invalid_version", "a Geneve version that is none"),
    ("AlexeyVasilev+PcapFlowLab/tests/data/parsing/gtpu/", "GTP-U"),
    ("AlexeyVasilev+PcapFlowLab/tests/data/parsing/pbb/", "provider backbone bridges"),
    ("OISF+suricata-verify/tests/bug-1450-04/", "tshark stops after a damaged TLS record; the bytes go on"),
    ("OISF+suricata-verify/tests/bug-1450-05/", "tshark stops after a damaged TLS record; the bytes go on"),
    (
      "OISF+suricata-verify/tests/bug-6244-tcp-rst-with-data",
      "the text of a RST is no part of the stream (RFC 9293 §3.5.3)"
    ),
    ("OISF+suricata-verify/tests/tcp-rst-unacked-stream-", "the text of a RST is no part of the stream"),
    ("the-tcpdump-group+tcpdump/tests/tcp_rst_data-trunc", "the text of a RST is no part of the stream"),
    ("OISF+suricata-verify/tests/bug-76/", "tshark's follow ends at the first hole; we go on after it"),
    ("OISF+suricata-verify/tests/smtp-to-comma/", "tshark's follow ends early; all 114,478 bytes are in the capture"),
    ("OISF+suricata-verify/tests/tcp-protodetect-bailout/", "tshark's follow ends at the hole; we go on after it"),
    ("arkime+arkime/tests/pcap/nflog", "link type NFLOG"),
    ("zeek+zeek/testing/btest/Traces/nflog-http", "link type NFLOG"),
    ("the-tcpdump-group+tcpdump/tests/ipoib", "link type IPoIB"),
    (
      "arkime+arkime/tests/pcap/tcpseq_synthetic", "a packet whose IPv4 header is shifted; tshark reads other addresses"
    ),
    ("seladb+PcapPlusPlus/Tests/Packet++Test/PacketExamples/BgpPackets", "tshark's follow ends at the hole"),
    ("seladb+PcapPlusPlus/Tests/Packet++Test/PacketExamples/telnet", "tshark's follow ends at the hole"),
    ("the-tcpdump-group+tcpdump/tests/bgp-cease-hard-reset", "tshark's follow ends at the hole"),
    (
      "seladb+PcapPlusPlus/Tests/Packet++Test/PacketExamples/doipPackets",
      "the first packet acknowledges what comes after it in the file; it counts as seen before the capture"
    ),
    (
      "the-tcpdump-group+tcpdump/tests/of13_ericsson",
      "the first packet acknowledges what comes after it in the file; it counts as seen before the capture"
    ),
    (
      "zeek+zeek/testing/btest/Traces/modbus/modbus-and-non-modbus-p502.pcap",
      "a SYN with data that the server never acknowledged"
    ),
  ]

  /// Hashes each direction of each flow.
  struct HashingSink: StreamSink {
    final class Side {
      let hash = SHA256()
      var count: UInt64 = 0
      var gaps = 0
    }
    struct Entry {
      var flow: Flow
      var client = Side()
      var server = Side()
    }
    var flows: [FlowID: Entry] = [:]
    var anomalies: [Anomaly] = []
    var digests: [FlowID: [String]] = [:]

    mutating func open(_ flow: Flow) { flows[flow.id] = Entry(flow: flow) }
    mutating func update(_ flow: Flow) { flows[flow.id]?.flow = flow }
    mutating func receive(_ bytes: Span<UInt8>, of flow: FlowID, from: Direction, at position: StreamPosition) {
      let side = from == .fromClient ? flows[flow]?.client : flows[flow]?.server
      side?.hash.update(bytes)
      side?.count += UInt64(bytes.count)
    }
    mutating func skip(_ gap: Gap, of flow: FlowID, from: Direction, at position: StreamPosition) {
      (from == .fromClient ? flows[flow]?.client : flows[flow]?.server)?.gaps += 1
    }
    mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition) {}
    mutating func close(_ flow: FlowID, _ reason: FlowEnd, at position: StreamPosition) {
      guard let entry = flows[flow] else { return }
      digests[flow] = [entry.client.hash.finish().hex, entry.server.hash.finish().hex]
    }
    mutating func report(_ anomaly: Anomaly) { anomalies.append(anomaly) }
  }

  static func reassemble(_ paths: [String]) throws -> HashingSink {
    var captures = try CaptureSet(inputs: paths, options: CaptureOptions())
    var reassembler = Reassembler()
    var sink = HashingSink()
    while try captures.next({ header, packet in reassembler.receive(header, packet, into: &sink) }) {}
    reassembler.finish(into: &sink)
    return sink
  }

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
  func `streams equal tshark's where nothing is missing`() throws {
    let root = try #require(Corpus.root)
    let json = try Data(contentsOf: root.appending(path: "expected/tcp-streams.json"))
    let captures = try JSONDecoder().decode([String: [Expected]].self, from: json)
    var different: [String] = []
    var equal = 0
    for (path, streams) in captures.sorted(by: { $0.key < $1.key }) {
      let sink = try Self.reassemble([root.appending(path: "captures/\(path)").path])
      for expected in streams where expected.gaps == 0 {
        let wanted = [
          expected.node0: (expected.bytes0, expected.digest0), expected.node1: (expected.bytes1, expected.digest1),
        ]
        let found = sink.flows.values.contains { entry in
          guard let client = wanted[entry.flow.client.description], let server = wanted[entry.flow.server.description],
            entry.client.count == client.0, entry.server.count == server.0
          else { return false }
          return sink.digests[entry.flow.id].map { $0 == [client.1, server.1] } ?? false
        }
        if found { equal += 1 } else { different.append("\(path) stream \(expected.stream)") }
      }
    }
    let unexpected = different.filter { name in !Self.differences.contains { name.hasPrefix($0.capture) } }
    #expect(unexpected == [], "\(unexpected.count) of \(equal + different.count)")
    #expect(equal > 1_600)
  }
}
