import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Evidence

/// Logs whose keys change, each vouched for by a root key that is elsewhere.
@Suite struct EpochTests {
  private struct Fixture {
    let root: NoteSigner
    let keys: [NoteSigner]
    let epochs: EpochKeys

    init(_ count: Int = 3) throws {
      let root = try NoteSigner(generating: "root.example")
      self.root = root
      keys = try (0..<count).map { _ in try NoteSigner(generating: "gateway.example/log") }
      let notes = try keys.enumerated().map { index, key in
        try EpochKeys.note(epoch: UInt64(index + 1), key: key.key, by: root)
      }
      epochs = try EpochKeys(notes, root: root.key, origin: "gateway.example/log")
    }

    func options(from start: Int64 = 1_800_000_000) -> EvidenceLog.Options {
      var options = RecordedLog.options(from: start)
      options.epochs = epochs
      return options
    }

    func verify(_ place: String) throws -> LogVerification {
      try LogVerifier(log: place, recording: nil, trust: LogTrust(key: root.key)).verify()
    }

    /// A log with five leaves in each of three epochs.
    func write(to place: String) throws {
      let (log, _) = try EvidenceLog.open(directory: place, key: keys[0], options: options())
      for (index, key) in keys.enumerated() {
        if index > 0 { try log.rotate(to: key) }
        for count in 0..<4 {
          try log.append(.heartbeat(LeafHeartbeat(sessionCount: count)))
          try log.commit()
        }
      }
      try log.close(reason: "test")
    }
  }

  @Test func `a log is verified by the root key alone`() throws {
    let fixture = try Fixture()
    try TemporaryFolder.with { folder in
      let place = folder.appending(path: "log").path
      try fixture.write(to: place)
      let found = try fixture.verify(place)
      #expect(found.verdict == .intact && found.checkpoint?.checkpoint.size == 16, "\(found.reason)")
      let other = try NoteSigner(generating: "gateway.example/log")
      let wrong = try LogVerifier(log: place, recording: nil, trust: LogTrust(key: other.key)).verify()
      #expect(wrong.verdict == .brokenAt(0))
      // A key of an epoch is not the root of the others.
      let single = try LogVerifier(log: place, recording: nil, trust: LogTrust(key: fixture.keys[2].key)).verify()
      #expect(single.verdict == .brokenAt(0))
    }
  }

  @Test func `it goes on with the key of its epoch, and with no other`() throws {
    let fixture = try Fixture()
    try TemporaryFolder.with { folder in
      let place = folder.appending(path: "log").path
      do {
        let (log, _) = try EvidenceLog.open(directory: place, key: fixture.keys[0], options: fixture.options())
        #expect(throws: EvidenceLogError.self) { try log.rotate(to: fixture.keys[2]) }
        try log.rotate(to: fixture.keys[1])
        // As if the process ended before anything was signed by the next key.
      }
      for wrong in [fixture.keys[0], fixture.keys[2], try NoteSigner(generating: "gateway.example/log")] {
        #expect(throws: EvidenceLogError.self) {
          _ = try EvidenceLog.open(directory: place, key: wrong, options: fixture.options())
        }
      }
      do {
        let (log, _) = try EvidenceLog.open(
          directory: place, key: fixture.keys[1], options: fixture.options(from: 1_800_001_000))
        try log.rotate(to: fixture.keys[2])
        try log.close(reason: "test")
      }
      let found = try fixture.verify(place)
      #expect(found.verdict == .intact, "\(found.reason)")
    }
  }

  @Test func `the key of today does not sign for yesterday`() throws {
    let fixture = try Fixture()
    try TemporaryFolder.with { folder in
      let place = folder.appending(path: "log").path
      try fixture.write(to: place)
      let list = folder.appending(path: "log/checkpoints")
      let notes = try NoteList.checkpoints(in: Array(try Data(contentsOf: list)))
      // The seals are stripped and made anew with the last key, as CVE-2023-31439 did it.
      let sealed = try notes.map { try SignedCheckpoint($0.checkpoint, by: fixture.keys[2]) }
      try Data(sealed.flatMap { $0.note.bytes + [0x0A] }).write(to: list)
      let found = try fixture.verify(place)
      #expect(found.verdict == .brokenAt(0) && found.reason.contains("another epoch"), "\(found.reason)")
      // Or left out, but for those of the last epoch.
      let last = notes.filter { $0.checkpoint.size > 11 }
      try Data(last.flatMap { $0.note.bytes + [0x0A] }).write(to: list)
      let stripped = try fixture.verify(place)
      #expect(stripped.verdict == .brokenAt(5) && stripped.reason.contains("hands over"), "\(stripped.reason)")
    }
  }

  @Test func `epochs have one order and one root`() throws {
    let fixture = try Fixture()
    let notes = fixture.epochs.notes
    let origin = "gateway.example/log"
    let bytes = EpochKeys.bytes(of: notes)
    #expect(try EpochKeys(parsing: bytes, root: fixture.root.key, origin: origin).keys == fixture.keys.map(\.key))
    let other = try NoteSigner(generating: "root.example")
    for (list, root, name) in [
      (Array(notes.reversed()), fixture.root.key, origin), ([], fixture.root.key, origin), (notes, other.key, origin),
      (notes, fixture.root.key, "x"), ([notes[0], notes[0]], fixture.root.key, origin),
      ([notes[1]], fixture.root.key, origin),
    ] {
      #expect(throws: NoteError.self) { try EpochKeys(list, root: root, origin: name) }
    }
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(throws: NoteError.self, "\(index)") {
        try EpochKeys(parsing: changed, root: fixture.root.key, origin: origin)
      }
    }
  }
}
