import Bytes
import Captures
import Foundation
import Model
import Testing

@Suite struct KeyFileTests {
  static let capture = PcapBuilder.capture(at: [0, 1000], mark: 1)
  static let random = String(repeating: "0a", count: 32)
  static let log = Array("# made by curl\nCLIENT_RANDOM \(random) \(String(repeating: "ff", count: 48))\n".utf8)

  @Test func `keys beside a capture are at hand before its packets, and are a source of their own`() throws {
    let reading = try Reading([.memory("db.pcap", KeyFileTests.capture), .memory("keys.log", KeyFileTests.log)])
    #expect(reading.packets.count == 2)
    #expect(reading.sources.map(\.kind) == ["pcap", "keys"])
    #expect(reading.sources[1].digest == sha256(KeyFileTests.log))
    #expect(reading.sources[1].isComplete)
    #expect(reading.anomalies.isEmpty)
    #expect(
      reading.secrets == [DecryptionSecrets(source: 1, type: DecryptionSecrets.file, bytes: KeyFileTests.log)])
  }

  @Test(arguments: [ArchiveBuilder.Format.tar, .zip, .sevenZip])
  func `keys in an archive open the captures in it`(_ format: ArchiveBuilder.Format) throws {
    // Larger than the head by which it is recognised.
    let log = Array(repeating: KeyFileTests.log, count: 1000).flatMap(\.self)
    let bytes = ArchiveBuilder.make(format, [("a.pcap", .bytes(KeyFileTests.capture)), ("tls.keys", .bytes(log))])
    let reading = try Reading([.memory("set", bytes)])
    #expect(reading.packets.count == 2)
    #expect(reading.secrets.map(\.bytes) == [log])
    #expect(reading.sources[2].kind == "keys")
    #expect(reading.sources[2].digest == sha256(log))
    #expect(reading.anomalies.isEmpty)
  }

  @Test func `keys that are known are used again and not listed anew`() throws {
    let reading = try Reading([.memory("db.pcap", KeyFileTests.capture), .memory("keys.log", KeyFileTests.log)]) {
      $0.path == "keys.log"
    }
    #expect(reading.sources[1].isSkipped)
    #expect(reading.secrets.count == 1)
  }

  @Test func `keys alone are no evidence`() throws {
    let error = try #require(refusal([.memory("keys.log", KeyFileTests.log)]))
    #expect(error.code == .noCapture)
    #expect("\(error)".contains("keys, and no capture that they could open"))
  }

  @Test(arguments: [
    ("SERVER_HANDSHAKE_TRAFFIC_SECRET \(random) \(random)\n", true),
    ("\n# x\n\nRSA Session-ID:0a Master-Key:0b\n", true),
    ("-----BEGIN RSA PRIVATE KEY-----\nMII", true), ("-----BEGIN PRIVATE KEY-----\nMII", true),
    ("\(random.prefix(32)) SHARED_SECRET \(random)\n", true), ("\(random.prefix(32)) \(random)\n", true),
    ("-----BEGIN CERTIFICATE-----\nMII", false), ("CLIENT_RANDOM is a label\n", false), ("hello\nCLIENT_RANDOM", false),
    ("# only a comment\n", false), ("{\"CLIENT_RANDOM\": 1}", false),
  ])
  func `a file of keys is known by its first lines`(_ text: String, _ isKeys: Bool) throws {
    let reading = try Reading([.memory("db.pcap", KeyFileTests.capture), .memory("x", Array(text.utf8))])
    #expect((reading.sources[1].kind == "keys") == isKeys, "\(text)")
  }
}
