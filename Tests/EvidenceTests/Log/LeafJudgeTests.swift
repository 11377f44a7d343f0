import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Evidence

/// Records that the key signed and that no recorder writes.
@Suite struct LeafJudgeTests {
  /// Leaves that follow each other, a second apart, unless a change says otherwise.
  private struct Chain {
    let origin = LogVectors.signer?.key.name ?? ""
    let key = LogVectors.signer.map { "\($0.key)" } ?? ""
    var lines: [[UInt8]] = []

    mutating func add(_ record: LeafRecord, _ change: (inout Leaf) -> Void = { _ in }) {
      let at = Int64(lines.count + 1) * 1_000_000_000
      var leaf = Leaf(
        sequence: UInt64(lines.count), time: .init(wall: Timestamp(nanoseconds: at), monotonic: at),
        previous: lines.last.map { TreeHasher().leaf($0) } ?? .zero, record: record)
      change(&leaf)
      lines.append(leaf.bytes)
    }

    func opening(_ tail: String = "new", key: String? = nil, heartbeat: Int64 = 0) -> LeafRecord {
      .open(
        LeafOpening(
          origin: origin, key: key ?? self.key, product: "test", heartbeatNanoseconds: heartbeat, tail: tail,
          droppedLeafCount: 0, dropped: nil))
    }
  }

  private let beat = LeafRecord.heartbeat(LeafHeartbeat(sessionCount: 0))

  /// The verdict on a log of two good leaves and what `add` appends.
  private func verdict(
    begins: Bool = true, _ add: (inout Chain) -> Void
  ) throws -> LogVerification {
    let signer = try #require(LogVectors.signer)
    return try TemporaryFolder.with { folder in
      let place = folder.appending(path: "log").path
      var chain = Chain()
      if begins {
        chain.add(chain.opening())
        chain.add(beat)
      }
      add(&chain)
      let log = LogFolder(path: place)
      try log.create()
      var writer = LogWriter(folder: log, builder: TileBuilder(), checkpoint: nil, signer: signer, mirrors: [])
      writer.take(chain.lines.map { PendingLeaf(bytes: $0, hash: TreeHasher().leaf($0)) })
      _ = try writer.commit()
      try Data("0123456789".utf8).write(to: folder.appending(path: "a.pcapng"))
      return try LogVerifier(log: place, recording: folder.path, trust: LogTrust(key: signer.key)).verify()
    }
  }

  private func extent(_ name: String, _ offset: UInt64, _ text: String) -> LeafRecord {
    .extent(
      LeafExtent(
        segment: name, offset: offset, length: UInt64(text.utf8.count), sha256: SHA256.digest(of: text), first: nil,
        last: nil))
  }

  private func close(_ leaves: UInt64, extents: UInt64 = 0, bytes: UInt64 = 0) -> LeafRecord {
    .close(LeafClosing(reason: "x", counts: LeafCounts(leaves: leaves, extents: extents, bytes: bytes)))
  }

  @Test func `a chain as a recorder writes it holds`() throws {
    let found = try verdict { chain in
      chain.add(extent("a.pcapng", 0, "01234"))
      chain.add(extent("a.pcapng", 5, "56789"))
      chain.add(close(5, extents: 2, bytes: 10))
      chain.add(chain.opening("closed"))
      chain.add(.clock(LeafClockStep(before: Timestamp(nanoseconds: 6_000_000_000)))) { leaf in
        leaf.time.wall = Timestamp(nanoseconds: 5)
      }
      chain.add(beat)
    }
    #expect(found.verdict == .intactButOpen, "\(found.reason)")
    #expect(found.findings.map(\.kind) == [.clock])
  }

  @Test func `what no recorder writes is broken at that record`() throws {
    let attacks: [(String, (inout Chain) -> Void)] = [
      ("clock back", { $0.add(beat) { $0.time.wall = Timestamp(nanoseconds: 1) } }),
      ("machine back", { $0.add(beat) { $0.time.monotonic = .min } }),
      ("a step that was none", { $0.add(.clock(LeafClockStep(before: .epoch))) }),
      ("number", { $0.add(beat) { $0.sequence = 7 } }),
      ("chain", { $0.add(beat) { $0.previous = .zero } }),
      ("counts", { $0.add(close(9)) }),
      ("bytes", { $0.add(close(3, extents: 1)) }),
      ("open as if closed", { $0.add($0.opening("closed")) }),
      ("open as if new", { $0.add($0.opening("new")) }),
      ("another key", { $0.add($0.opening("open", key: "x+00000000+AAAA")) }),
      ("epoch", { $0.add(.epoch(LeafEpoch(number: 2, key: "x"))) }),
      ("no JSON", { $0.lines.append(Array("{".utf8)) }),
      ("twice", { $0.lines.append(Array(#"{"v":1,"v":1}"#.utf8)) }),
      ("version", { $0.lines.append(Array(#"{"v":2}"#.utf8)) }),
      ("empty", { $0.lines.append([]) }),
      ("gap in a segment", { $0.add(extent("a.pcapng", 1, "1")) }),
      ("other bytes", { $0.add(extent("a.pcapng", 0, "x")) }),
      ("path", { $0.add(extent("../a.pcapng", 0, "0")) }),
      ("absolute path", { $0.add(extent("/etc/hostname", 0, "0")) }),
      ("no name", { $0.add(extent("", 0, "0")) }),
      ("deletion of nothing", { $0.add(.deletion(LeafDeletion(segment: "b", byteCount: 0, reason: ""))) }),
    ]
    for (name, attack) in attacks {
      let found = try verdict(attack)
      #expect(found.verdict == .brokenAt(2), "\(name): \(found.verdict) \(found.reason)")
    }
    let closed = try verdict { chain in
      chain.add(close(3))
      chain.add(beat)
    }
    #expect(closed.verdict == .brokenAt(3), "\(closed.reason)")
    let beginning = try verdict(begins: false) { $0.add(beat) }
    #expect(beginning.verdict == .brokenAt(0), "\(beginning.reason)")
    let ends = try verdict { chain in
      chain.add(beat) { $0.time.monotonic = 5_000_000_000 }
      chain.add(beat) { $0.time.monotonic = .max }
    }
    // A segment lies there that no record tells of.
    #expect(ends.verdict == .unsignedTail && ends.reason.contains("a.pcapng"), "\(ends.reason)")
  }

  @Test func `overlapping and beyond`() throws {
    let overlapping = try verdict { chain in
      chain.add(extent("a.pcapng", 0, "01234"))
      chain.add(extent("a.pcapng", 4, "4"))
    }
    #expect(overlapping.verdict == .brokenAt(3))
    let beyond = try verdict { chain in
      chain.add(
        .extent(
          LeafExtent(
            segment: "a.pcapng", offset: 0, length: .max, sha256: .zero, first: nil, last: nil)))
    }
    #expect(beyond.verdict == .truncatedAfter(2), "\(beyond.reason)")
    let again = try verdict { chain in
      chain.add(extent("a.pcapng", 0, "0123456789"))
      chain.add(.deletion(LeafDeletion(segment: "a.pcapng", byteCount: 10, reason: "retention")))
      chain.add(extent("a.pcapng", 10, ""))
    }
    #expect(again.verdict == .brokenAt(4), "\(again.reason)")
  }
}
