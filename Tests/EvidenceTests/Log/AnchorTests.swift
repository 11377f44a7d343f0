import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Evidence

/// What others know of a log.
@Suite struct AnchorTests {
  private func goOn(_ recorded: RecordedLog, from start: Int64) throws {
    let (log, _) = try EvidenceLog.open(
      directory: recorded.log, key: recorded.key, options: RecordedLog.options(from: start))
    try log.append(.heartbeat(LeafHeartbeat(sessionCount: 1)))
    try log.close(reason: "more")
  }

  @Test func `a second folder has every checkpoint`() throws {
    try TemporaryFolder.with { folder in
      let recorded = RecordedLog(folder: folder.appending(path: "rec"), key: try #require(LogVectors.signer))
      var options = RecordedLog.options()
      options.mirrors = [folder.appending(path: "other/host").path]
      do {
        let (log, _) = try EvidenceLog.open(directory: recorded.log, key: recorded.key, options: options)
        try recorded.record("0.pcapng", seed: 1, extents: 9, to: log)
        try log.close(reason: "test")
      }
      let mirror = folder.appending(path: "other/host/checkpoints").path
      #expect(try recorded.read("log/checkpoints") == Array(try Data(contentsOf: URL(filePath: mirror))))
      let found = try recorded.verify { $0.anchors = [mirror] }
      #expect(found.verdict == .intact && found.anchors.map(\.size) == [11], "\(found.reason)")
    }
  }

  @Test func `what a verifier saw is kept, and held against what it sees next`() throws {
    try TemporaryFolder.with { folder in
      let recorded = try RecordedLog(in: folder.appending(path: "rec"))
      let state = folder.appending(path: "seen").path
      for round in 1...3 {
        let found = try recorded.verify { $0.state = state }
        #expect(found.verdict == .intact)
        #expect(found.anchors.map(\.kind) == (round == 1 ? [] : ["state"]))
        try KnownCheckpoints.add(try #require(found.checkpoint), to: state)
        try KnownCheckpoints.add(try #require(found.checkpoint), to: state)
        try goOn(recorded, from: 1_800_000_000 + Int64(round) * 1000)
      }
      #expect(try NoteList.checkpoints(in: Array(try Data(contentsOf: URL(filePath: state)))).count == 3)
    }
  }

  @Test func `a state that is of another log is refused, not passed over`() throws {
    try TemporaryFolder.with { folder in
      let recorded = try RecordedLog(in: folder.appending(path: "rec"))
      let state = folder.appending(path: "seen").path
      let other = try NoteSigner(generating: recorded.key.key.name)
      let forged = try SignedCheckpoint(
        Checkpoint(origin: other.key.name, size: 50, root: TreeHasher().leaf([1])), by: other)
      for bytes in [forged.note.bytes, Array("what is this\n\n?\n\n".utf8), forged.note.bytes + [0x0A]] {
        try Data(bytes).write(to: URL(filePath: state))
        #expect(throws: EvidenceLogError.self) { try recorded.verify { $0.state = state } }
        #expect(throws: EvidenceLogError.self) { try recorded.verify { $0.anchors = [state] } }
      }
      // In the log's own folder it says nothing, and is told.
      try FileManager.default.createDirectory(atPath: recorded.log + "/anchors", withIntermediateDirectories: true)
      try recorded.write("log/anchors/50.checkpoint", forged.note.bytes)
      let found = try recorded.verify()
      #expect(found.verdict == .intact && found.anchors.isEmpty && found.anchorNotes.count == 1, "\(found.reason)")
    }
  }

  @Test func `a witness's cosignature anchors a checkpoint, and only a true one`() throws {
    try TemporaryFolder.with { folder in
      let recorded = try RecordedLog(in: folder.appending(path: "rec"))
      let witness = try NoteSigner(generating: "witness.example/w", kind: .cosignature)
      let reader = try LogReader(log: recorded.log, key: recorded.key.key)
      let anchors = LogAnchors(log: recorded.log, reader: reader)
      var note = reader.checkpoint.note
      note.signatures.append(try witness.sign(note.text, atSeconds: 1_800_000_100))
      let liar = try NoteSigner(generating: "witness.example/w", kind: .cosignature)
      #expect(throws: EvidenceLogError.self) { try anchors.add(cosigned: note.bytes, by: liar.key) }
      #expect(try anchors.add(cosigned: note.bytes, by: witness.key) == 23)
      try goOn(recorded, from: 1_800_001_000)
      let found = try recorded.verify { $0.trust.witnesses = [witness.key, liar.key] }
      #expect(found.verdict == .intact, "\(found.reason)")
      #expect(
        found.anchors.contains(
          .init(
            kind: "witness", name: "witness.example/w", size: 23,
            time: Timestamp(nanoseconds: 1_800_000_100_000_000_000))))
      #expect(found.anchors.filter { $0.kind == "witness" }.count == 1)
      // A checkpoint of another log that the witness cosigned is none of this one.
      let other = try SignedCheckpoint(
        Checkpoint(origin: recorded.key.key.name, size: 20, root: TreeHasher().leaf([1])), by: recorded.key)
      var forged = other.note
      forged.signatures.append(try witness.sign(forged.text, atSeconds: 1))
      #expect(throws: EvidenceLogError.self) { try anchors.add(cosigned: forged.bytes, by: witness.key) }
      try recorded.write("log/anchors/20.checkpoint", forged.bytes)
      #expect(try recorded.verify().verdict == .forked)
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "no openssl here"))
  func `a time stamp anchors a checkpoint, and no other`() throws {
    try TemporaryFolder.with { folder in
      let recorded = try RecordedLog(in: folder.appending(path: "rec"))
      let reader = try LogReader(log: recorded.log, key: recorded.key.key)
      let anchors = LogAnchors(log: recorded.log, reader: reader)
      try Data(try anchors.stampQuery()).write(to: folder.appending(path: "query"))
      let script = """
        set -e
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 9 -subj /CN=root \
          -keyout root.key -out root.pem
        openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=stamps -keyout tsa.key -out tsa.csr
        echo 'extendedKeyUsage=critical,timeStamping' >usage
        openssl x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 9 -extfile usage -out tsa.pem
        printf '%s\\n' '[tsa]' 'default_tsa=t' '[t]' 'serial=serial' 'signer_cert=tsa.pem' 'signer_key=tsa.key' \
          'certs=root.pem' 'signer_digest=sha256' 'default_policy=1.2.3.4' 'digests=sha256' >tsa.conf
        echo 01 >serial
        openssl ts -reply -config tsa.conf -queryfile query -out answer
        openssl ts -verify -data rec/log/anchors/23.checkpoint -in answer -CAfile root.pem
        """
      let process = Process()
      process.executableURL = URL(filePath: "/bin/bash")
      process.arguments = ["-c", script]
      process.currentDirectoryURL = folder
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      try #require(process.terminationStatus == 0)
      func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.appending(path: name))) }
      let authorities = try #require(TimeStampAuthorities(pem: try bytes("root.pem")))
      let answer = try bytes("answer")
      let (size, time) = try anchors.add(stamp: answer, by: authorities)
      #expect(size == 23)
      try goOn(recorded, from: 1_800_001_000)
      let blind = try recorded.verify()
      #expect(blind.verdict == .intact && blind.anchorNotes.count == 1 && blind.anchors.map(\.kind) == ["checkpoint"])
      let found = try recorded.verify { $0.trust.authorities = authorities }
      #expect(found.verdict == .intact)
      #expect(
        found.anchors.contains(.init(kind: "time stamp", name: "anchors/23.tsr", size: 23, time: time)))
      // The stamp of another checkpoint.
      let newer = try LogReader(log: recorded.log, key: recorded.key.key)
      _ = try LogAnchors(log: recorded.log, reader: newer).stampQuery()
      try recorded.write("log/anchors/\(newer.size).tsr", answer)
      let moved = try recorded.verify { $0.trust.authorities = authorities }
      #expect(moved.anchors.filter { $0.kind == "time stamp" }.count == 1)
      #expect(moved.anchorNotes.contains { $0.contains("anchors/\(newer.size).tsr: does not verify") })
    }
  }
}
