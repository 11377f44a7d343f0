import Bytes
import Captures
import Foundation
import Model
import TestKit
import Testing

/// Against tshark's count of packets, and the size and digest of every capture in the corpus.
@Suite(.enabled(if: Corpus.isPresent, "the shared corpus is not here")) struct CorpusTests {
  struct Facts: Decodable {
    var packets: UInt64
    var sha256: String
    var size: UInt64
  }

  /// Where we count otherwise than tshark 4.0.17: our packets, and why.
  static let exceptions: [String: (packets: UInt64, reason: String)] = {
    let recovered = "tshark stops at a damaged record; good ones follow it"
    let custom = "tshark numbers custom blocks as packets; we give them a number and no packet"
    let refused = "tshark refuses the link type or the version; the records are whole"
    let zeros = "tshark takes the zeros at the end for empty packets"
    let fuzz = "seladb+PcapPlusPlus/Tests/Fuzzers/RegressionTests/regression_samples/"
    let minimized = fuzz + "clusterfuzz-testcase-minimized-FuzzTarget-"
    var exceptions: [String: (packets: UInt64, reason: String)] = [
      "OISF+suricata-verify/tests/bug-1450-04/tls_DER-incomplete-header.pcap": (13, recovered),
      "OISF+suricata-verify/tests/bug-1450-05/tls_DER-incomplete-content.pcap": (13, recovered),
      "OISF+suricata-verify/tests/smtp-to-comma/10.7.29.101_49898-178.63.41.150_25.pcap": (199, recovered),
      "generated-derived/h1-caplen-huge.pcap": (21, recovered),
      "generated-derived/pg-caplen-huge.pcap": (43, recovered),
      "generated-derived/ssh-caplen-huge.pcap": (44, recovered),
      fuzz + "igmplayer": (22, recovered),
      minimized + "5631583764873216": (1, refused),
      minimized + "5685520970809344": (1, refused),
      minimized + "5752969003008000": (1, refused),
      minimized + "5766899836387328": (1, "tshark wants a packet's bytes to be fewer than it had on the wire"),
      "the-tcpdump-group+libpcap/tests/pcap-invalid-version-1.pcap": (1, refused),
      "the-tcpdump-group+libpcap/tests/pcapng-invalid-vers-2.pcapng": (1, refused),
      "the-tcpdump-group+libpcap/tests/filter/brcm-tag-stp.pcap": (4, refused),
      "the-tcpdump-group+tcpdump/tests/bgp_vpn_rt-oobr.pcap": (1, zeros),
      "the-tcpdump-group+tcpdump/tests/vtp_asan.pcap": (4, refused),
    ]
    for name in ["frf16_magic_ie-oobr", "hoobr_juniper3", "juniper_es_oobr", "juniper_monitor_invalid_cookie_length"] {
      exceptions["the-tcpdump-group+tcpdump/tests/\(name).pcap"] = (1, refused)
    }
    for name in ["vtp_asan-2", "vtp_asan-3"] {
      exceptions["the-tcpdump-group+tcpdump/tests/\(name).pcap"] = (1, refused)
    }
    for order in ["be", "le"] {
      let folder = "hadrielk+pcapng-test-generator/output_\(order)/"
      exceptions[folder + "basic/test017.pcapng"] = (0, custom)
      exceptions[folder + "basic/test018.pcapng"] = (4, custom)
      exceptions[folder + "advanced/test102.pcapng"] = (5, custom)
      exceptions[folder + "difficult/test202.pcapng"] = (8, custom)
    }
    return exceptions
  }()

  @Test func `every capture has the packets that tshark counts, its size and its digest`() throws {
    let root = try #require(Corpus.root)
    let data = try Data(contentsOf: root.appending(path: "expected/files.json"))
    let facts = try JSONDecoder().decode([String: Facts].self, from: data)
    #expect(facts.count > 1700)
    for (name, fact) in facts.sorted(by: { $0.key < $1.key }) {
      let expected = CorpusTests.exceptions[name]?.packets ?? fact.packets
      let path = root.appending(path: "captures/\(name)").path
      do {
        var set = try CaptureSet(inputs: [path])
        var count: UInt64 = 0
        while try set.advance() { count += 1 }
        let sources = set.sources
        #expect(count == expected, "\(name)")
        #expect(sources.reduce(0) { $0 + $1.packetCount } == count, "\(name)")
        #expect(sources[0].byteCount == fact.size, "\(name)")
        #expect(sources[0].digest?.hex == fact.sha256, "\(name)")
      } catch let error as InputError {
        #expect(fact.size == 0 && error.code == .empty, "\(name): \(error)")
      }
    }
  }

  @Test func `the corpus as a folder is one sequence`() throws {
    let root = try #require(Corpus.root)
    var set = try CaptureSet(inputs: [root.appending(path: "captures/generated-derived").path])
    var count: UInt64 = 0
    while try set.advance() { count += 1 }
    let sources = set.sources
    #expect(sources.count > 150)
    #expect(sources.allSatisfy { $0.digest != nil || $0.isSkipped })
    #expect(count == sources.reduce(0) { $0 + $1.packetCount })
    #expect(sources.filter(\.isSkipped).allSatisfy { $0.note?.hasPrefix("the same content as") == true })
  }
}
