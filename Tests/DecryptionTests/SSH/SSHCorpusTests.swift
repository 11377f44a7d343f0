import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Decryption

/// Decrypted connections of the corpus against what their client programs noted down.
@Suite(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
struct SSHCorpusTests {
  struct Truth: Decodable {
    struct Exchange: Decodable {
      var kex: String
      var cipher: String

      private enum CodingKeys: String, CodingKey {
        case kex
        case cipher = "enc_cs"
      }
    }

    var command: String?
    var stderr: String?
    var kex: [Exchange]?
  }

  static let truths: [String: Truth] = {
    guard let root = Corpus.root,
      let data = try? Data(contentsOf: root.appending(path: "\(SSHCorpus.loopback)/truth.json"))
    else { return [:] }
    return (try? JSONDecoder().decode([String: Truth].self, from: data)) ?? [:]
  }()

  static let names = truths.keys.sorted()

  @Test(arguments: names)
  func `a shared secret opens the session`(name: String) throws {
    let truth = try #require(Self.truths[name])
    let wires = try SSHCorpus.wires(named: name)
    #expect(!wires.isEmpty)
    let log = try SSHCorpus.keys(name)
    for wire in wires {
      let opened = SSHOpened(wire, log)
      guard truth.kex?.isEmpty == false else {
        #expect(opened.opaque == ["no keys in the key log for this session"])
        continue
      }
      #expect(opened.anomalies == [])
      #expect(opened.opaque == [])
      #expect(opened.gapCount == 0)
      #expect(opened.isDecrypted == true)
      #expect(!opened.hasBrokenPieces)
      #expect(opened.parameters["ssh.host-key-verified"] == "true")
      #expect(opened.parameters["ssh.kex"] == truth.kex?.first?.kex)
      #expect(opened.parameters["ssh.cipher"] == truth.kex?.first?.cipher)
      for (text, stream) in [(truth.command, opened.client), (truth.stderr, opened.server)] {
        guard let text else { continue }
        #expect(stream.contains(Array(text.utf8)), "\(text)")
      }
    }
  }
}

extension Array where Element == UInt8 {
  /// Whether the other bytes stand somewhere in these.
  func contains(_ other: [UInt8]) -> Bool {
    guard let first = other.first, count >= other.count else { return other.isEmpty }
    return (0...(count - other.count)).contains {
      self[$0] == first && self[$0..<$0 + other.count].elementsEqual(other)
    }
  }
}
