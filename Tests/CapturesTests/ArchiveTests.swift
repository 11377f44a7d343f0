import Bytes
import Captures
import Foundation
import Model
import TestKit
import Testing

@Suite struct ArchiveTests {
  static let capture = PcapBuilder.capture(at: [0, 1000, 2000], mark: 1)
  static let other = PcapngBuilder.capture(at: [5000, 6000])

  @Test(arguments: ArchiveBuilder.Filter.allCases.filter { $0 != .none })
  func `a compressed capture is read`(_ filter: ArchiveBuilder.Filter) throws {
    let bytes = ArchiveBuilder.make(.raw, filter, [("data", .bytes(ArchiveTests.capture))])
    let reading = try Reading([.memory("day/db.pcap.gz", bytes)])
    #expect(reading.packets.count == 3)
    #expect(reading.paths == ["day/db.pcap.gz", "day/db.pcap.gz!db.pcap"])
    #expect(reading.sources.map(\.kind) == ["archive", "pcap"])
    #expect(reading.sources[0].digest == sha256(bytes))
    #expect(reading.sources[0].byteCount == UInt64(bytes.count))
    #expect(reading.sources[1].digest == sha256(ArchiveTests.capture))
    #expect(reading.sources[1].byteCount == UInt64(ArchiveTests.capture.count))
    #expect(reading.anomalies.isEmpty)
    #expect(reading.bytesRead <= reading.totalBytes ?? 0)
  }

  @Test(arguments: [ArchiveBuilder.Format.tar, .zip, .sevenZip, .cpio])
  func `an archive gives its captures and names what else it holds`(_ format: ArchiveBuilder.Format) throws {
    let bytes = ArchiveBuilder.make(
      format,
      [
        ("day1/a.pcap", .bytes(ArchiveTests.capture)), ("notes.txt", .bytes(Array("nothing".utf8))),
        ("../../etc/b", .bytes(ArchiveTests.other)), ("empty", .bytes([])),
      ])
    let reading = try Reading([.memory("set", bytes)])
    #expect(reading.packets.count == 5)
    #expect(reading.paths == ["set", "set!day1/a.pcap", "set!notes.txt", "set!../../etc/b", "set!empty"])
    #expect(reading.sources.map(\.kind) == ["archive", "pcap", "unknown", "pcapng", "unknown"])
    #expect(reading.sources[2].digest == SHA256.digest(of: "nothing"))
    #expect(reading.sources[2].note == "no capture, transcript or server log (text at byte 0)")
    #expect(reading.codes == ["not-a-capture", "not-a-capture"])
    #expect(reading.sources.allSatisfy { $0.isComplete && $0.digest != nil })
  }

  @Test func `archives within archives are opened, a compressed tar as one`() throws {
    let inner = ArchiveBuilder.make(.tar, .gzip, [("in/a.pcap", .bytes(ArchiveTests.capture))])
    let single = ArchiveBuilder.make(.raw, .xz, [("data", .bytes(ArchiveTests.other))])
    let seven = ArchiveBuilder.make(.sevenZip, [("c.pcap", .bytes(PcapBuilder.capture(at: [9000], mark: 3)))])
    let members: [(String, ArchiveBuilder.Content)] = [
      ("inner.tgz", .bytes(inner)), ("b.pcapng.xz", .bytes(single)), ("s.7z", .bytes(seven)),
    ]
    for (format, filter) in [(ArchiveBuilder.Format.zip, ArchiveBuilder.Filter.none), (.tar, .zstd), (.tar, .none)] {
      let reading = try Reading([.memory("set", ArchiveBuilder.make(format, filter, members))])
      #expect(reading.packets.count == 6)
      #expect(reading.paths == ["set", "set!inner.tgz!in/a.pcap", "set!b.pcapng.xz!b.pcapng", "set!s.7z!c.pcap"])
      #expect(reading.anomalies.isEmpty)
    }
  }

  @Test func `archives nested too deep are named and the rest goes on`() throws {
    var bytes = ArchiveTests.capture
    for _ in 0..<6 { bytes = ArchiveBuilder.make(.zip, [("x.zip", .bytes(bytes))]) }
    let outer = ArchiveBuilder.make(.tar, [("bomb.zip", .bytes(bytes)), ("good.pcap", .bytes(ArchiveTests.other))])
    let reading = try Reading([.memory("set", outer)])
    #expect(reading.packets.count == 2)
    #expect(reading.codes == ["archive-depth"])
    #expect(!reading.sources[0].isComplete)
    var gzip = ArchiveTests.capture
    for _ in 0..<6 { gzip = ArchiveBuilder.make(.raw, .gzip, [("data", .bytes(gzip))]) }
    #expect(refusal([.memory("deep.gz", gzip)])?.code == .noCapture)
  }

  @Test func `a member that expands too far is cut, and the good one beside it comes out`() throws {
    var head = PcapBuilder.capture(at: [0], mark: 1)
    head += [UInt8](repeating: 0, count: 100)
    let bomb = ArchiveBuilder.make(.raw, .gzip, [("data", .zeros(40 << 20))])
    var options = CaptureOptions()
    options.archives.memberAllowance = 1 << 20
    options.archives.expansionRatio = 100
    for format in [ArchiveBuilder.Format.zip, .tar, .sevenZip] {
      let archive = ArchiveBuilder.make(
        format, format == .tar ? .gzip : .none,
        [
          ("zeros", .zeros(60 << 20)), ("bomb.gz", .bytes(bomb)),
          ("nested.zip", .bytes(ArchiveBuilder.make(.zip, [("z", .zeros(40 << 20))]))),
          ("good.pcap", .bytes(ArchiveTests.other)),
        ])
      #expect(archive.count < 300_000)
      let reading = try Reading([.memory("set", archive)], options: options)
      #expect(reading.packets.count == 2, "\(format)")
      #expect(Set(reading.codes) == ["archive-bomb", "not-a-capture"], "\(format)")
      #expect(reading.codes.count { $0 == "archive-bomb" } == 3, "\(format)")
      #expect(reading.sources.last?.isComplete == true)
    }
  }

  @Test func `an archive that expands too far as a whole is left`() throws {
    var options = CaptureOptions()
    options.archives.archiveAllowance = 10 << 20
    options.archives.expansionRatio = 20
    let archive = ArchiveBuilder.make(
      .tar, .xz,
      [("good.pcap", .bytes(ArchiveTests.capture)), ("zeros", .zeros(50 << 20)), ("lost", .bytes(ArchiveTests.other))])
    let reading = try Reading([.memory("set", archive)], options: options)
    #expect(reading.packets.count == 3)
    #expect(reading.codes.contains("archive-bomb"))
    #expect(!reading.sources[0].isComplete)
  }

  @Test func `members beyond the limit are not read`() throws {
    let members = (0..<50).map { ("\($0).pcap", ArchiveBuilder.Content.bytes(PcapBuilder.capture(at: [$0]))) }
    var options = CaptureOptions()
    options.archives.memberCount = 20
    let reading = try Reading([.memory("set", ArchiveBuilder.make(.tar, members))], options: options)
    #expect(reading.packets.count == 20)
    #expect(reading.codes == ["archive-members"])
    #expect(!reading.sources[0].isComplete)
    #expect(ArchiveLimits().memberCount == 10_000)
  }

  @Test func `encrypted members are named and the others read`() throws {
    let secret = ArchiveBuilder.make(.zip, .none, password: "x", [("secret.pcap", .bytes(ArchiveTests.capture))])
    let error = refusal([.memory("secret.zip", secret)])
    #expect(error?.code == .noCapture)
    #expect(
      error?.description
        == "secret.zip: holds no capture (the member is encrypted); unpack it with its password first")
    let both = ArchiveBuilder.make(.tar, [("s.zip", .bytes(secret)), ("good.pcap", .bytes(ArchiveTests.other))])
    let reading = try Reading([.memory("set", both)])
    #expect(reading.packets.count == 2)
    #expect(reading.codes == ["encrypted-member"])
    let member = try #require(reading.sources.first { $0.path == "set!s.zip!secret.pcap" })
    #expect(member.note == "the member is encrypted" && !member.isComplete && member.digest == nil)
  }

  /// gzip is cut to the byte; of the others the block that is cut is lost: 900 KB for bzip2, up to 4 MB for lz4.
  @Test(arguments: [ArchiveBuilder.Filter.gzip, .bzip2, .xz, .zstd, .lz4])
  func `a compressed capture that is cut keeps its good head`(_ filter: ArchiveBuilder.Filter) throws {
    // What cannot be compressed, whatever it is.
    let noise = try #require(try FileHandle(forReadingFrom: URL(filePath: "/dev/urandom")).read(upToCount: 10_000_000))
    var builder = PcapBuilder()
    for index in 0..<2500 {
      builder.add(1_700_000_000, UInt32(index), Array(noise[(index * 4000)..<((index + 1) * 4000)]))
    }
    let whole = ArchiveBuilder.make(.raw, filter, [("data", .bytes(builder.bytes))])
    let reading = try Reading([.memory("cut.gz", Array(whole.prefix(whole.count * 3 / 4)))])
    #expect(reading.packets.count > (filter == .lz4 ? 1000 : 1700) && reading.packets.count < 1876)
    if filter == .gzip { #expect(reading.packets.count > 1870) }
    #expect(reading.codes == ["archive-damaged"])
    #expect(!reading.sources[1].isComplete)
    #expect(reading.sources[1].packetCount == UInt64(reading.packets.count))
  }

  @Test func `a damaged member does not take the others with it`() throws {
    var random = SeededGenerator(seed: 3)
    let large = PcapBuilder.capture(at: [0]) + (0..<300_000).map { _ in UInt8.random(in: 0...15, using: &random) }
    var archive = ArchiveBuilder.make(
      .zip, [("bad.pcap", .bytes(large)), ("good.pcap", .bytes(ArchiveTests.other))])
    for index in 1000..<60_000 { archive[index] = 0xff }
    let reading = try Reading([.memory("set.zip", archive)])
    #expect(reading.packets.count { $0.header.source == 2 } == 2)
    #expect(reading.sources[2].isComplete && !reading.sources[1].isComplete)
    #expect(reading.codes.contains("archive-damaged"))
  }

  @Test func `holes of a sparse member are zeros`() throws {
    let good = PcapBuilder.capture(at: Array(stride(from: 0, to: 400, by: 10)), count: 500)
    let hole = 1 << 20
    let bytes = good + [UInt8](repeating: 0, count: hole) + good.dropFirst(24)
    let ranges = [0..<good.count, (good.count + hole)..<bytes.count]
    let archive = ArchiveBuilder.make(.tar, [("holed.pcap", .sparse(bytes, ranges))])
    #expect(archive.count < 100_000)
    let reading = try Reading([.memory("set", archive)])
    #expect(reading.packets.count == 80)
    #expect(reading.sources[1].digest == sha256(bytes))
  }

  @Test func `every prefix of an archive ends`() throws {
    for (format, filter) in [
      (ArchiveBuilder.Format.tar, ArchiveBuilder.Filter.gzip), (.zip, .none), (.sevenZip, .none), (.cpio, .none),
      (.raw, .zstd),
    ] {
      let archive = ArchiveBuilder.make(format, filter, [("a.pcap", .bytes(ArchiveTests.capture))])
      for count in 0..<archive.count {
        guard let reading = try? Reading(Array(archive[..<count])) else { continue }
        #expect(reading.packets.count <= 3)
      }
    }
  }

  @Test func `mutated archives end`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let members: [(String, ArchiveBuilder.Content)] = [
      ("a.pcap", .bytes(ArchiveTests.capture)),
      ("b.gz", .bytes(ArchiveBuilder.make(.raw, .gzip, [("data", .bytes(ArchiveTests.other))]))),
    ]
    let archives = [
      ArchiveBuilder.make(.tar, .gzip, members), ArchiveBuilder.make(.tar, members), ArchiveBuilder.make(.zip, members),
      ArchiveBuilder.make(.sevenZip, members), ArchiveBuilder.make(.cpio, .xz, members),
    ]
    for round in 0..<500 {
      var bytes = archives[round % archives.count]
      for _ in 0..<(1 + random.below(8)) { bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next()) }
      guard let reading = try? Reading(bytes) else { continue }
      #expect(reading.packets.count <= 100)
    }
  }

  @Test func `an archive without a capture is refused in a line`() {
    let archive = ArchiveBuilder.make(.tar, [("notes.txt", .bytes(Array("hello".utf8)))])
    let error = refusal([.memory("notes.tar", archive)])
    let advice = "give a pcap, a pcapng, a transcript, a server's log or an archive of them"
    #expect(error?.description == "notes.tar: holds no capture (1 member); \(advice)")
  }
}
