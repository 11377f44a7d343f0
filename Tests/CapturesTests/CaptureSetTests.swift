import Bytes
import Captures
import Foundation
import Model
import TestKit
import Testing

@Suite struct CaptureSetTests {
  /// A classic capture of packets with one byte each, at the given seconds.
  private func pcap(_ seconds: [UInt32], littleEndian: Bool = true, magic: UInt32 = 0xa1b2_c3d4) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(magic, littleEndian: littleEndian)
    writer.write(UInt16(2), littleEndian: littleEndian)
    writer.write(UInt16(4), littleEndian: littleEndian)
    writer.write(UInt64(0))
    writer.write(UInt32(65535), littleEndian: littleEndian)
    writer.write(UInt32(101), littleEndian: littleEndian)
    for second in seconds {
      writer.write(second, littleEndian: littleEndian)
      writer.write(UInt32(7), littleEndian: littleEndian)
      writer.write(UInt32(1), littleEndian: littleEndian)
      writer.write(UInt32(60), littleEndian: littleEndian)
      writer.write(UInt8(truncatingIfNeeded: second))
    }
    return writer.bytes
  }

  private func read(_ paths: [String], chunkSize: Int = 1 << 20) throws -> (times: [Int64], set: CaptureSet) {
    var options = CaptureOptions()
    options.chunkSize = chunkSize
    var set = try CaptureSet(inputs: paths, options: options)
    var times: [Int64] = []
    while try set.next({ header, packet in
      precondition(packet.count == header.capturedLength)
      times.append(header.time.nanoseconds)
    }) {}
    return (times, set)
  }

  private func write(_ bytes: [UInt8], _ name: String, in folder: URL) throws -> String {
    let file = folder.appending(path: name)
    try Data(bytes).write(to: file)
    return file.path
  }

  @Test(
    arguments: [(true, 0xa1b2_c3d4, 7000), (false, 0xa1b2_c3d4, 7000), (true, 0xa1b2_3c4d, 7)]
      as [(Bool, UInt32, Int64)])
  func `byte orders and resolutions`(littleEndian: Bool, magic: UInt32, fraction: Int64) throws {
    try TemporaryFolder.with { folder in
      let path = try write(pcap([10, 11], littleEndian: littleEndian, magic: magic), "a", in: folder)
      let (times, set) = try read([path])
      #expect(times == [10_000_000_000 + fraction, 11_000_000_000 + fraction])
      #expect(set.sources[0].kind == "pcap")
      #expect(set.sources[0].isComplete)
    }
  }

  @Test func `files given in any order are one sequence in time`() throws {
    try TemporaryFolder.with { folder in
      let late = try write(pcap([30, 31, 32]), "a.pcap", in: folder)
      let early = try write(pcap([10, 20, 31]), "b.pcap", in: folder)
      let (times, _) = try read([late, early])
      #expect(times.map { $0 / 1_000_000_000 } == [10, 20, 30, 31, 31, 32])
    }
  }

  @Test func `the size of reads does not show`() throws {
    try TemporaryFolder.with { folder in
      let path = try write(pcap(Array(1...100)), "a.pcap", in: folder)
      let whole = try read([path])
      for size in [1, 7, 64] {
        let parts = try read([path], chunkSize: size)
        #expect(parts.times == whole.times)
        #expect(parts.set.sources[0].digest == whole.set.sources[0].digest)
      }
    }
  }

  @Test func `every prefix keeps the good head`() throws {
    let bytes = pcap([1, 2, 3])
    try TemporaryFolder.with { folder in
      for length in 24...bytes.count {
        let path = try write(Array(bytes.prefix(length)), "p\(length)", in: folder)
        let (times, set) = try read([path])
        #expect(times.count == (length - 24) / 17)
        #expect(set.sources[0].isComplete == ((length - 24) % 17 == 0))
      }
    }
  }

  @Test func `a damaged record is passed over`() throws {
    var bytes = pcap(Array(1...20))
    for index in (24 + 17 * 5 + 8)..<(24 + 17 * 5 + 12) { bytes[index] = 0xff }
    try TemporaryFolder.with { folder in
      let path = try write(bytes, "a.pcap", in: folder)
      var (times, set) = try read([path])
      let anomalies = set.takeAnomalies()
      #expect(times.count < 20)
      #expect(anomalies.map(\.code) == ["capture-damaged"])
    }
  }

  @Test func `the same content given twice is read once`() throws {
    try TemporaryFolder.with { folder in
      let one = try write(pcap([1, 2]), "a.pcap", in: folder)
      let two = try write(pcap([1, 2]), "b.pcap", in: folder)
      let (times, set) = try read([one, two])
      #expect(times.count == 2)
      #expect(set.sources.map(\.isSkipped) == [false, true])
    }
  }

  @Test(arguments: [("empty", ""), ("text", "dear diary, today I did nothing")])
  func `what is no capture is refused in one line`(name: String, content: String) throws {
    try TemporaryFolder.with { folder in
      let path = try write(Array(content.utf8), "\(name).txt", in: folder)
      let error = #expect(throws: InputError.self) { try read([path]) }
      #expect(error?.description.contains("\n") == false)
      #expect(error?.description.hasPrefix(path) == true)
    }
  }

  @Test func `a missing file is refused in one line`() {
    let error = #expect(throws: InputError.self) { try read(["/nonexistent/x.pcap"]) }
    #expect(error?.code == .missing)
  }

  @Test func `archives are opened, nested too, and what is no capture in them does no harm`() throws {
    try TemporaryFolder.with { folder in
      _ = try write(pcap([5, 6]), "db.pcap", in: folder)
      _ = try write(Array("hello".utf8), "notes.txt", in: folder)
      try shell("tar czf inner.tgz db.pcap notes.txt && zip -q outer.zip inner.tgz notes.txt && xz -k db.pcap", folder)
      for name in ["inner.tgz", "outer.zip", "db.pcap.xz"] {
        let (times, set) = try read([folder.appending(path: name).path])
        #expect(times.count == 2, "\(name)")
        #expect(set.sources.contains { $0.path.hasSuffix("db.pcap") })
      }
    }
  }

  @Test func `a bomb is an anomaly, and the rest goes on`() throws {
    try TemporaryFolder.with { folder in
      _ = try write(pcap([5, 6]), "db.pcap", in: folder)
      try shell("yes aaaaaaaa | head -c 300000000 | gzip -9 > bomb.gz", folder)
      var options = CaptureOptions()
      options.expansionRatio = 100
      options.expansionFloor = 1 << 20
      let paths = ["bomb.gz", "db.pcap"].map { folder.appending(path: $0).path }
      var set = try CaptureSet(inputs: paths, options: options)
      var count = 0
      while try set.next({ _, _ in count += 1 }) {}
      let codes = set.takeAnomalies().map(\.code)
      #expect(count == 2)
      #expect(codes == ["archive-bomb"])
    }
  }

  @Test func `an encrypted member is reported`() throws {
    try TemporaryFolder.with { folder in
      _ = try write(pcap([5, 6]), "db.pcap", in: folder)
      _ = try write(pcap([7]), "open.pcap", in: folder)
      try shell("zip -q -P secret a.zip db.pcap && zip -q a.zip open.pcap", folder)
      var (times, set) = try read([folder.appending(path: "a.zip").path])
      let codes = set.takeAnomalies().map(\.code)
      #expect(times.count == 1)
      #expect(codes.contains("archive-encrypted"))
    }
  }

  @Test func `a folder is walked`() throws {
    try TemporaryFolder.with { folder in
      try FileManager.default.createDirectory(at: folder.appending(path: "day2"), withIntermediateDirectories: true)
      _ = try write(pcap([1]), "a.pcap", in: folder)
      _ = try write(pcap([2]), "day2/b.pcap", in: folder)
      let (times, _) = try read([folder.path])
      #expect(times.count == 2)
    }
  }

  private func shell(_ command: String, _ folder: URL) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-ec", command]
    process.currentDirectoryURL = folder
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }
}
