import Foundation
import Model
import TestKit
import Testing

@testable import Decryption

/// What key exchanges of the corpus tell without keys, against tshark.
@Suite(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
struct SSHCorpusFactsTests {
  struct Expected: Decodable {
    var banners: [String]?
    var hassh: String?
    var hasshServer: String?
    var hostKeyType: String?

    private enum CodingKeys: String, CodingKey {
      case banners, hassh
      case hasshServer = "hassh_server"
      case hostKeyType = "host_key_type"
    }
  }

  struct Streams: Decodable { var streams: [String: Expected] }

  /// Where tshark and we differ, and why.
  static let differences: [(capture: String, reason: String)] = [
    (
      "arkime+arkime/tests/pcap/ssh2.pcap", "its host key is overwritten by letters: a malformed message tells nothing"
    ),
    (
      "the-tcpdump-group+tcpdump/tests/ipoib.pcap", "its link type is none of ours"
    ),
    (
      "zeek+zeek/testing/btest/Traces/ssh/ssh.pcap stream 1",
      "the oracle has the ends the other way round: KEX_ECDH_INIT comes from our client"
    ),
  ]

  @Test func `key exchanges tell what tshark tells`() throws {
    let root = try #require(Corpus.root)
    let json = try Data(contentsOf: root.appending(path: "expected/ssh.json"))
    let captures = try JSONDecoder().decode([String: Streams].self, from: json)
    var different: [String] = []
    var equal = 0
    for (path, expected) in captures.sorted(by: { $0.key < $1.key }) {
      var found = try SSHCorpus.wires(root.appending(path: "captures/\(path)").path).map { SSHOpened($0) }
      for (stream, wanted) in expected.streams.sorted(by: { $0.key < $1.key }) {
        func matches(_ opened: SSHOpened) -> Bool {
          let banners = Set([opened.parameters["ssh.client"], opened.parameters["ssh.server"]].compactMap(\.self))
          return Set(wanted.banners ?? []).isSubset(of: banners)
            && (wanted.hassh == nil || wanted.hassh == opened.parameters["ssh.hassh"])
            && (wanted.hasshServer == nil || wanted.hasshServer == opened.parameters["ssh.hassh-server"])
            && (wanted.hostKeyType == nil || wanted.hostKeyType == opened.parameters["ssh.host-key-type"])
        }
        if let match = found.firstIndex(where: matches) {
          found.remove(at: match)
          equal += 1
        } else {
          different.append(
            "\(path) stream \(stream): \(wanted) not in \(found.map(\.parameters))".prefix(2000).description)
        }
      }
    }
    let unexpected = different.filter { name in !Self.differences.contains { name.hasPrefix($0.capture) } }
    for line in unexpected { Issue.record("\(line)") }
    #expect(equal > 100)
  }

  @Test func `ephemeral private keys open what they suffice for`() throws {
    let root = try #require(Corpus.root)
    var openedCount = 0
    for name in SSHCorpusTests.names {
      let path = root.appending(path: "\(SSHCorpus.loopback)/\(name).privkey.keylog")
      guard let text = try? String(contentsOf: path, encoding: .utf8), !text.isEmpty else { continue }
      for wire in try SSHCorpus.wires(named: name) {
        let opened = SSHOpened(wire, KeyRing(text: text))
        if name == "kex-mlkem768x25519" {
          #expect(
            opened.opaque == [
              "the private key in the key log does not suffice for key exchange mlkem768x25519-sha256"
            ])
          continue
        }
        #expect(opened.isDecrypted == true, "\(name)")
        #expect(opened.anomalies == [], "\(name)")
        #expect(opened.parameters["ssh.host-key-verified"] == "true", "\(name)")
        openedCount += 1
      }
    }
    #expect(openedCount > 15)
  }
}
