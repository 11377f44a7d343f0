import Bytes
import Foundation
import Model
import Synchronization
import TestKit
import Testing

@testable import Evidence

/// A recording as a gateway leaves it: segments, and their log in the folder `log`.
struct RecordedLog {
  let folder: URL
  let key: NoteSigner

  var log: String { folder.appending(path: "log").path }

  /// A second passes with each reading.
  static func clock(from start: Int64 = 1_800_000_000) -> LogClock {
    let count = Counter()
    return LogClock {
      let passed = count.next() * 1_000_000_000
      return .init(wall: Timestamp(nanoseconds: start * 1_000_000_000 + passed), monotonic: 5_000_000_000 + passed)
    }
  }

  final class Counter: Sendable {
    private let value = Mutex<Int64>(0)

    func next() -> Int64 {
      value.withLock { value in
        value += 1
        return value
      }
    }
  }

  static func options(from start: Int64 = 1_800_000_000) -> EvidenceLog.Options {
    var options = EvidenceLog.Options()
    options.clock = clock(from: start)
    return options
  }

  /// Bytes that differ everywhere.
  static func bytes(_ seed: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: ($0 &+ seed) &* 2_654_435_761 >> 7) }
  }

  /// Records `segments` files of `extents` extents of 100 bytes each, with a commit after every third leaf unless told.
  init(in folder: URL, segments: Int = 2, extents: Int = 10, closes: Bool = true, leavesPerCommit: UInt64 = 3) throws {
    let signer = try #require(LogVectors.signer)
    self.init(folder: folder, key: signer)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let (log, _) = try EvidenceLog.open(directory: log, key: key, options: Self.options())
    try log.append(.config(LeafConfiguration(name: "policy", sha256: SHA256.digest(of: "policy"))))
    for segment in 0..<segments {
      try record("\(segment).pcapng", seed: segment, extents: extents, to: log, leavesPerCommit)
    }
    if closes { try log.close(reason: "test") } else { try log.commit() }
  }

  init(folder: URL, key: NoteSigner) {
    self.folder = folder
    self.key = key
  }

  func record(_ name: String, seed: Int, extents: Int, to log: EvidenceLog, _ leavesPerCommit: UInt64 = 3) throws {
    var all: [UInt8] = []
    for index in 0..<extents {
      let part = Self.bytes(seed * 1000 + index, 100)
      let at = Timestamp(nanoseconds: 1_800_000_000_000_000_000)
      let place = try log.append(
        .extent(
          LeafExtent(
            segment: name, offset: UInt64(all.count), length: 100, sha256: SHA256.digest(of: part.span), first: at,
            last: at)))
      all += part
      if place % leavesPerCommit == 0 { try log.commit() }
    }
    try Data(all).write(to: folder.appending(path: name))
  }

  func verify(_ change: (inout LogVerifier) -> Void = { _ in }) throws -> LogVerification {
    var verifier = LogVerifier(log: log, recording: folder.path, trust: LogTrust(key: key.key))
    change(&verifier)
    return try verifier.verify()
  }

  /// A copy to do things to.
  func copy(to place: URL) throws -> RecordedLog {
    try FileManager.default.copyItem(at: folder, to: place)
    return RecordedLog(folder: place, key: key)
  }

  /// Files of the log that a reader needs, relative to the recording.
  func files() throws -> [String] {
    let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return try all.filter { name in
      let kind = try FileManager.default.attributesOfItem(atPath: folder.appending(path: name).path)[.type]
      return kind as? FileAttributeType == .typeRegular
    }.sorted()
  }

  func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }
  func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: folder.appending(path: name)) }
  func remove(_ name: String) throws { try FileManager.default.removeItem(at: folder.appending(path: name)) }

  /// The name of the newest partial tile.
  func newest(_ level: String) throws -> String {
    let size = try #require(try verify().checkpoint?.checkpoint.size)
    return "log/" + TilePath(level: Int(level), index: size / 256, width: Int(size % 256)).text
  }

  /// All entries, in their order.
  func entries() throws -> [[UInt8]] { EntryBundle(try read(try newest("entries"))).entries }

  /// Puts other entries in place of the newest bundle, with or without the hashes that they have.
  func replace(_ entries: [[UInt8]], with hashes: Bool) throws {
    var bytes: [UInt8] = []
    for entry in entries { EntryBundle.append(entry, to: &bytes) }
    let (bundle, tile) = (try newest("entries"), try newest("0"))
    try write(bundle, bytes)
    if hashes { try write(tile, HashTile.bytes(entries.map { TreeHasher().leaf($0) })) }
  }
}
