import Foundation
import TestKit
import Testing

/// The fuzzer's seeds are made by the builders of the tests: `EXHIBIT_WRITE_SEEDS=1 swift test --filter FuzzSeeds`.
@Suite struct FuzzSeeds {
  static let folder = Checkout.root.appending(path: "Tests/Fuzz/captures/seeds")

  static var seeds: [(String, [UInt8])] {
    let capture = PcapBuilder.capture(at: [0, 1000, 2000])
    var odd = PcapBuilder()
    (odd.magic, odd.isLittleEndian, odd.minor, odd.linkField) = (0xa1b2_cd34, false, 3, 0x2400_0001)
    odd.recordExtra = [UInt8](repeating: 0, count: 8)
    odd.add(0, 0, [])
    odd.add(1_700_000_000, 5, [1, 2, 3], original: 1500)
    var rich = PcapngBuilder()
    rich.section(options: rich.option(1, Array("note".utf8)))
    rich.interface(link: 113, options: rich.option(9, [0x80 | 20]) + rich.option(14, Int64(3)) + rich.option(13, [4]))
    rich.enhanced(units: 1 << 40, [1, 2, 3], options: rich.option(2, UInt32(0x80)) + rich.option(4, UInt64(2)))
    rich.obsolete(drops: 3, units: 2 << 40, [4])
    rich.simple(original: 9, [5, 6, 7, 8])
    rich.statistics(0, options: rich.option(5, UInt64(1)))
    rich.secrets(0x544c_534b, Array("CLIENT_RANDOM".utf8))
    rich.block(0xbad, [0, 0, 0, 1])
    let both = PcapngBuilder.capture(at: [0, 5]) + PcapngBuilder.capture(at: [7], littleEndian: false)
    let members: [(String, ArchiveBuilder.Content)] = [
      ("a.pcap", .bytes(capture)), ("n.txt", .bytes(Array("text".utf8))),
      ("b.gz", .bytes(ArchiveBuilder.make(.raw, .gzip, [("data", .bytes(both))]))),
    ]
    let zip = ArchiveBuilder.make(.zip, members)
    let tar = ArchiveBuilder.make(.tar, .gzip, [("z.zip", .bytes(zip))] + members)
    let twice = ArchiveBuilder.make(
      .tar, .gzip, [("1", .bytes(PcapBuilder.capture(at: [5, 9]))), ("2", .bytes(capture))])
    return [
      ("pcap", [0] + capture), ("pcap-odd", [2] + odd.bytes), ("pcap-twice", [8] + capture),
      ("pcap-cut", [5] + capture.dropLast(7)), ("pcapng", [0] + rich.bytes), ("pcapng-sections", [12] + both),
      ("zip", [0] + zip), ("tar-gz", [1] + tar), ("tar-order", [8] + twice),
      ("7z", [0] + ArchiveBuilder.make(.sevenZip, members)),
      ("cpio-xz", [0] + ArchiveBuilder.make(.cpio, .xz, members)),
      ("zstd", [1] + ArchiveBuilder.make(.raw, .zstd, [("data", .bytes(capture))])),
      ("bzip2", [0] + ArchiveBuilder.make(.raw, .bzip2, [("data", .bytes(capture))])),
      ("lz4", [0] + ArchiveBuilder.make(.raw, .lz4, [("data", .bytes(capture))])),
    ]
  }

  @Test(.enabled(if: ProcessInfo.processInfo.environment["EXHIBIT_WRITE_SEEDS"] != nil, "seeds are written on request"))
  func `seeds are written`() throws {
    for (name, bytes) in FuzzSeeds.seeds { try Data(bytes).write(to: FuzzSeeds.folder.appending(path: name)) }
  }

  @Test func `every seed reads or is refused`() throws {
    let files = try FileManager.default.contentsOfDirectory(at: FuzzSeeds.folder, includingPropertiesForKeys: nil)
    #expect(files.count >= FuzzSeeds.seeds.count)
    for file in files {
      let bytes = Array(try Data(contentsOf: file))
      _ = try? Reading(Array(bytes.dropFirst()))
    }
  }
}
