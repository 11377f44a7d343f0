import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Evidence

/// What somebody might do to a recording: each gets the verdict that is its own, none is intact.
@Suite struct TamperingTests {
  /// A recording, of 23 records and 2 segments unless told, and a function that gives a fresh copy of it.
  private func with(
    segments: Int = 2, extents: Int = 10, _ body: (RecordedLog, () throws -> RecordedLog) throws -> Void
  ) throws {
    try TemporaryFolder.with { folder in
      let recorded = try RecordedLog(in: folder.appending(path: "rec"), segments: segments, extents: extents)
      var count = 0
      func copy() throws -> RecordedLog {
        count += 1
        return try recorded.copy(to: folder.appending(path: "copy\(count)"))
      }
      try body(recorded, copy)
    }
  }

  /// Appends to a log that has other leaves behind `size` than this one.
  private func goOn(_ recorded: RecordedLog, _ count: Int, from start: Int64 = 1_800_000_500) throws {
    let (log, _) = try EvidenceLog.open(
      directory: recorded.log, key: recorded.key, options: RecordedLog.options(from: start))
    for index in 0..<count { try log.append(.heartbeat(LeafHeartbeat(sessionCount: index))) }
    try log.close(reason: "more")
  }

  // MARK: Bytes

  @Test func `no bit of any file that is evidence can be flipped`() throws {
    try with { recorded, copy in
      let size = Int(try recorded.newest("entries").split(separator: "/").last ?? "") ?? 0
      #expect(size == 23)
      let older = ["entries", "0"].map { "log/tile/\($0)/000.p/" }
      let names = try recorded.files().filter { name in
        // Tiles of older sizes are nobody's evidence any more; the lock is none.
        name != "log/lock" && (!older.contains { name.hasPrefix($0) } || name.hasSuffix("/\(size)"))
      }
      #expect(names.count == 6, "\(names)")
      for name in names {
        let bytes = try recorded.read(name)
        for index in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 100)) {
          var changed = bytes
          changed[index] ^= 1 << UInt8(index % 8)
          try recorded.write(name, changed)
          let found = try recorded.verify()
          #expect(!found.verdict.isIntact, "\(name) byte \(index): \(found.verdict)")
          guard case .brokenAt(let record) = found.verdict else {
            // The length before an entry that grows beyond the end of the file looks like a cut.
            if case .truncatedAfter = found.verdict, name.contains("entries") { continue }
            // A dash or an empty line that is gone from a note leaves a list that ends early.
            #expect(name == "log/checkpoints", "\(name) byte \(index): \(found.verdict) \(found.reason)")
            continue
          }
          if name.hasSuffix("pcapng") {
            let segment = name == "0.pcapng" ? 0 : 1
            #expect(record == UInt64(2 + segment * 10 + index / 100), "\(name) byte \(index)")
          }
          if name.contains("tile/0") { #expect(record == UInt64(index / 32)) }
        }
        try recorded.write(name, bytes)
      }
      #expect(try recorded.verify().verdict == .intact)
    }
  }

  @Test func `a flipped byte of an entry names its record`() throws {
    try with { recorded, copy in
      for record in 0..<23 {
        let copy = try copy()
        var entries = try copy.entries()
        entries[record][entries[record].count / 2] ^= 1
        try copy.replace(entries, with: false)
        let found = try copy.verify()
        #expect(found.verdict == .brokenAt(UInt64(record)), "\(found.reason)")
        #expect(found.reason.contains("record \(record)"))
      }
    }
  }

  @Test func `a log that is cut at any byte of its last tiles is truncated`() throws {
    try with(segments: 1, extents: 3) { recorded, _ in
      for level in ["entries", "0"] {
        let name = try recorded.newest(level)
        let bytes = try recorded.read(name)
        var starts: [Int] = [0]
        for entry in EntryBundle(bytes).entries { starts.append((starts.last ?? 0) + entry.count + 2) }
        for cut in 0..<bytes.count {
          try recorded.write(name, Array(bytes[..<cut]))
          let found = try recorded.verify()
          if level == "entries" {
            let whole = starts.lastIndex { $0 <= cut } ?? 0
            #expect(found.verdict == .truncatedAfter(UInt64(whole)), "\(cut): \(found.verdict)")
          } else {
            // The records are all there and proven; the tile is not.
            #expect(found.verdict == .brokenAt(0) || found.verdict == .brokenAt(UInt64(cut / 32)), "\(cut)")
          }
        }
        try recorded.write(name, bytes)
      }
    }
  }

  @Test func `a segment that is cut, changed, missing, swapped or too long`() throws {
    try with { recorded, copy in
      let last = try recorded.read("1.pcapng")
      for cut in [0, 1, 99, 100, 101, 950, 999] {
        let copy = try copy()
        try copy.write("1.pcapng", Array(last[..<cut]))
        #expect(try copy.verify().verdict == .truncatedAfter(UInt64(12 + cut / 100)), "\(cut)")
      }
      let cut = try copy()
      try cut.write("0.pcapng", Array(try cut.read("0.pcapng")[..<250]))
      let middle = try cut.verify()
      #expect(middle.verdict == .brokenAt(4) && middle.reason.contains("0.pcapng"), "\(middle.reason)")
      let missing = try copy()
      try missing.remove("0.pcapng")
      #expect(try missing.verify().verdict == .brokenAt(2))
      try missing.remove("1.pcapng")
      #expect(try missing.verify().verdict == .truncatedAfter(2))
      let swapped = try copy()
      let first = try swapped.read("0.pcapng")
      try swapped.write("0.pcapng", last)
      try swapped.write("1.pcapng", first)
      #expect(try swapped.verify().verdict == .brokenAt(2))
      let long = try copy()
      try long.write("1.pcapng", last + [0])
      let tail = try long.verify()
      #expect(tail.verdict == .unsignedTail && tail.reason.contains("1.pcapng: 1 bytes"), "\(tail.reason)")
      let extra = try copy()
      try extra.write("2.pcapng", last)
      #expect(try extra.verify().verdict == .unsignedTail)
      let link = try copy()
      try link.remove("1.pcapng")
      try FileManager.default.createSymbolicLink(
        at: link.folder.appending(path: "1.pcapng"), withDestinationURL: recorded.folder.appending(path: "1.pcapng"))
      let linked = try link.verify()
      #expect(linked.verdict == .brokenAt(12) && linked.reason.contains("is a link"), "\(linked.reason)")
    }
  }

  // MARK: Records

  @Test(arguments: [false, true]) func `records that are deleted, doubled or swapped`(withHashes: Bool) throws {
    try with { recorded, copy in
      for record in 0..<22 {
        for attack in ["delete", "double", "swap"] {
          let copy = try copy()
          var entries = try copy.entries()
          switch attack {
          case "delete": entries.remove(at: record)
          case "double": entries.insert(entries[record], at: record)
          default: entries.swapAt(record, record + 1)
          }
          try copy.replace(entries, with: withHashes)
          let found = try copy.verify()
          #expect(!found.verdict.isIntact)
          guard case .brokenAt(let named) = found.verdict else {
            Issue.record("\(attack) \(record): \(found.verdict) \(found.reason)")
            continue
          }
          // A record that is doubled stands where it should; the next one does not.
          let bad = attack == "double" ? record + 1 : record
          #expect(withHashes ? named <= UInt64(bad) : named == UInt64(bad), "\(attack) \(record): \(named)")
          // What no older checkpoint proves is named by the last one that does; there is one for each third record.
          if withHashes { #expect(Int(named) + 4 > bad, "\(attack) \(record): \(named)") }
        }
      }
    }
  }

  @Test func `a log that is cut and closed again without the key`() throws {
    try with { recorded, copy in
      for count in 1..<22 {
        let copy = try copy()
        var entries = Array(try copy.entries()[..<count])
        let close = Leaf(
          sequence: UInt64(count), time: .init(wall: .epoch, monotonic: 0),
          previous: TreeHasher().leaf(entries[count - 1]),
          record: .close(LeafClosing(reason: "test", counts: LeafCounts(leaves: UInt64(count + 1)))))
        entries.append(close.bytes)
        try copy.replace(entries, with: false)
        #expect(try copy.verify().verdict == .brokenAt(UInt64(count)))
        try copy.replace(entries, with: true)
        let found = try copy.verify()
        switch found.verdict {
        case .brokenAt(let named), .truncatedAfter(let named): #expect(named <= UInt64(count))
        default: Issue.record("\(count): \(found.verdict)")
        }
      }
    }
  }

  // MARK: Keys

  @Test func `a log that another key signed again is broken`() throws {
    try with { recorded, copy in
      for name in [recorded.key.key.name, "other.example/log"] {
        let copy = try copy()
        let other = try NoteSigner(generating: name)
        let checkpoint = try #require(try copy.verify().checkpoint).checkpoint
        let forged = try SignedCheckpoint(
          Checkpoint(origin: checkpoint.origin, size: checkpoint.size, root: checkpoint.root), by: other)
        try copy.write("log/checkpoint", forged.note.bytes)
        #expect(try copy.verify().verdict == .brokenAt(23))
        // With its list too nothing is proven.
        try copy.write("log/checkpoints", forged.note.bytes + [0x0A])
        #expect(try copy.verify().verdict == .brokenAt(0))
      }
    }
  }

  @Test func `a key with the id of the log's proves nothing`() throws {
    try with { recorded, copy in
      let copy = try copy()
      let checkpoint = try #require(try copy.verify().checkpoint)
      let other = try NoteSigner(generating: recorded.key.key.name)
      let line = try other.sign(checkpoint.note.text)
      var note = checkpoint.note
      note.signatures = [
        NoteSignature(name: recorded.key.key.name, keyID: recorded.key.key.id, bytes: line.bytes)
      ]
      try copy.write("log/checkpoint", note.bytes)
      #expect(try copy.verify().verdict == .brokenAt(23))
    }
  }

  // MARK: Forks and rollbacks

  @Test func `two logs of one key are told by what was seen before`() throws {
    try with { recorded, copy in
      let (left, right) = (try copy(), try copy())
      try goOn(left, 5)
      try goOn(right, 9, from: 1_800_000_600)
      let seen = left.folder.appending(path: "log/checkpoint").path
      for verdict in [try right.verify { $0.anchors = [seen] }, try right.verify { $0.state = seen }] {
        #expect(verdict.verdict == .forked, "\(verdict.reason)")
        #expect(verdict.forkProof.count == 2)
        for note in verdict.forkProof { _ = try note.note.verified(by: [recorded.key.key]) }
      }
      // The list of one beside the tiles of the other.
      try right.write("log/checkpoints", try left.read("log/checkpoints"))
      #expect(try right.verify().verdict == .forked)
      // Of the same size.
      let (one, other) = (try copy(), try copy())
      try goOn(one, 5)
      try goOn(other, 5, from: 1_800_000_600)
      #expect(try other.verify { $0.anchors = [one.folder.appending(path: "log/checkpoint").path] }.verdict == .forked)
      try other.write("log/checkpoint", try one.read("log/checkpoint"))
      #expect(try other.verify().verdict == .forked)
    }
  }

  @Test func `an older log in place of a newer is told by what was seen before`() throws {
    try with { recorded, copy in
      let newer = try copy()
      try goOn(newer, 5)
      let seen = newer.folder.appending(path: "log/checkpoint").path
      let found = try recorded.verify { $0.state = seen }
      #expect(found.verdict == .rolledBack && found.reason.contains("was seen with 30"), "\(found.reason)")
      #expect(try recorded.verify { $0.anchors = [newer.log + "/checkpoints"] }.verdict == .rolledBack)
      // Cut and closed again by who has the key.
      let cut = try copy()
      try FileManager.default.removeItem(atPath: cut.log)
      try goOn(cut, 1)
      try cut.remove("0.pcapng")
      try cut.remove("1.pcapng")
      #expect(try cut.verify().verdict == .intact)
      #expect(try cut.verify { $0.state = seen }.verdict == .rolledBack)
      // The newer list with the older tiles: the end is missing.
      let tiles = try copy()
      try tiles.write("log/checkpoints", try newer.read("log/checkpoints"))
      #expect(try tiles.verify().verdict == .truncatedAfter(23))
    }
  }

  @Test func `a checkpoint that is rolled back or a list that is cut`() throws {
    try with { recorded, copy in
      let notes = try NoteList.checkpoints(in: try recorded.read("log/checkpoints"))
      let older = try copy()
      try older.write("log/checkpoint", try #require(notes.dropLast(2).last).note.bytes)
      // As after a crash between the list and the file: all is there.
      #expect(try older.verify().verdict == .intact)
      let cut = try copy()
      try cut.write("log/checkpoints", notes.dropLast(2).flatMap { $0.note.bytes + [0x0A] })
      let found = try cut.verify()
      #expect(found.verdict == .brokenAt(19) && found.reason.contains("checkpoints: ends"), "\(found.verdict)")
      let missing = try copy()
      try missing.remove("log/checkpoints")
      #expect(try missing.verify().verdict == .brokenAt(0))
      let swapped = try copy()
      var order = notes
      order.swapAt(2, 3)
      try swapped.write("log/checkpoints", order.flatMap { $0.note.bytes + [0x0A] })
      #expect(try swapped.verify().verdict == .brokenAt(10))
    }
  }

  @Test func `files of the log that are missing`() throws {
    try with { recorded, copy in
      for level in ["entries", "0"] {
        let copy = try copy()
        try copy.remove(try recorded.newest(level))
        #expect(try copy.verify().verdict == (level == "0" ? .brokenAt(22) : .truncatedAfter(22)))
      }
      let gone = try copy()
      try gone.remove("log/checkpoint")
      #expect(!(try gone.verify().verdict.isIntact))
      try gone.remove("log/checkpoints")
      #expect(try gone.verify().verdict == .brokenAt(0))
      let more = try copy()
      try more.write("log/tile/entries/000.p/24", try recorded.read(try recorded.newest("entries")) + [0, 1, 65])
      #expect(try more.verify().verdict == .unsignedTail)
      let torn = try copy()
      let bundle = try recorded.newest("entries")
      try torn.write(bundle, try torn.read(bundle) + [0, 1, 65])
      #expect(try torn.verify().verdict == .unsignedTail)
    }
  }
}
