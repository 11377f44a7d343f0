import Bytes
import Evidence
import Foundation
import Model
import TestKit
import Testing

/// `exhibit verify` and `exhibit log` on a recording.
@Suite struct LogCommandTests {
  private func run(_ arguments: String...) throws -> ExhibitProcess.Outcome { try ExhibitProcess.run(arguments) }

  /// Two extents of a segment, signed by a key that the command line made; `closes` says `close`.
  private func with(closes: Bool = true, _ body: (URL, String) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      let made = try run("log", "key", "gateway.example/prod", "--output", path("gateway.key"))
      try #require(made.code == 0, "\(made.error)")
      let signer = try NoteSigner(
        parsing: try String(contentsOfFile: path("gateway.key"), encoding: .utf8).trimmingCharacters(in: .newlines))
      #expect(made.out == "\(signer.key)\n")
      try write(path("rec"), signer, closes: closes)
      try body(folder, path("gateway.key.vkey"))
    }
  }

  private func write(_ recording: String, _ signer: NoteSigner, closes: Bool) throws {
    let (log, _) = try EvidenceLog.open(directory: recording + "/log", key: signer)
    let segment = Array("a segment of some bytes".utf8)
    for (offset, part) in [(0, segment[..<9]), (9, segment[9...])] {
      let digest = SHA256.digest(of: String(decoding: part, as: UTF8.self))
      try log.append(
        .extent(
          LeafExtent(
            segment: "0.pcapng", offset: UInt64(offset), length: UInt64(part.count), sha256: digest, first: nil,
            last: nil)))
      try log.commit()
    }
    try Data(segment).write(to: URL(filePath: recording + "/0.pcapng"))
    if closes { try log.close(reason: "test") }
  }

  @Test func `a recording verifies, and the first bad record is named`() throws {
    try with { folder, key in
      let recording = folder.appending(path: "rec").path
      let state = folder.appending(path: "seen").path
      for place in [recording, recording + "/log"] {
        let good = try run("verify", place, "--key", key, "--state", state)
        #expect(good.code == 0 && good.out.contains(": intact\n"), "\(good.out) \(good.error)")
        #expect(good.out.contains("4 records, root ") && good.out.contains("1 segment, 2 extents, 23 B"), "\(good.out)")
      }
      #expect(
        try run("verify", recording, "--key", key, "--state", state).out.contains("anchored    the first 4 records"))
      let segment = URL(filePath: recording + "/0.pcapng")
      try Data("a segment of same bytes".utf8).write(to: segment)
      let bad = try run("verify", recording, "--key", key)
      #expect(bad.code == 2 && bad.error.contains("broken-at 2: record 2: 0.pcapng: bytes 9 to 23"), "\(bad.error)")
      #expect(try run("verify", recording, "--key", key, "--log-only").code == 0)
      try Data("a segment of some bytes, and more".utf8).write(to: segment)
      let long = try run("verify", recording, "--key", key)
      #expect(long.code == 2 && long.error.contains("unsigned-tail: 0.pcapng: 10 bytes"), "\(long.error)")

      for name in ["checkpoint", "checkpoints"] {
        try FileManager.default.moveItem(atPath: recording + "/log/" + name, toPath: folder.appending(path: name).path)
      }
      let bare = try run("verify", recording, "--key", key)
      #expect(bare.code == 2 && bare.error.contains("broken-at 0: checkpoint: is missing"), "\(bare.error)")
      for name in ["checkpoint", "checkpoints"] {
        try FileManager.default.moveItem(atPath: folder.appending(path: name).path, toPath: recording + "/log/" + name)
      }

      let keyless = try run("verify", recording)
      #expect(keyless.code == 3 && keyless.error.contains("give --key"), "\(keyless.error)")
      let other = try run("log", "key", "gateway.example/prod", "--output", folder.appending(path: "other").path)
      let wrong = try run("verify", recording, "--key", other.out.trimmingCharacters(in: .newlines))
      #expect(wrong.code == 2 && wrong.error.contains("broken-at 0: checkpoint: is not signed"), "\(wrong.error)")
      let neither = try run("verify", folder.path)
      #expect(neither.code == 3 && neither.error.contains("--signer"), "\(neither.error)")
      let again = try run("log", "key", "x", "--output", key)
      #expect(again.code == 3 && again.error.contains("never written over"), "\(again.error)")
    }
  }

  @Test func `a rolled back or forked log is told by what was seen`() throws {
    try with(closes: false) { folder, key in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      let open = try run("verify", path("rec"), "--key", key)
      #expect(open.code == 0 && open.out.contains(": intact-but-open\n"), "\(open.out)")
      try FileManager.default.copyItem(atPath: path("rec"), toPath: path("old"))
      let signer = try NoteSigner(
        parsing: try String(contentsOfFile: path("gateway.key"), encoding: .utf8).trimmingCharacters(in: .newlines))
      for name in ["rec", "fork"] {
        if name == "fork" { try FileManager.default.copyItem(atPath: path("old"), toPath: path("fork")) }
        let (log, tail) = try EvidenceLog.open(directory: path(name) + "/log", key: signer)
        #expect(tail == .open(size: 3))
        try log.append(.lost(LeafLoss(what: "events", count: 1, reason: name)))
        try log.close(reason: "test")
      }
      #expect(try run("verify", path("rec"), "--key", key, "--state", path("seen")).code == 0)
      let strict = try run("verify", path("rec"), "--key", key, "--strict")
      #expect(strict.code == 1 && strict.out.contains("loss at record 4: lost: 1 events"), "\(strict.out)")
      let old = try run("verify", path("old"), "--key", key, "--state", path("seen"))
      #expect(old.code == 2 && old.error.contains("rolled-back: the log has 3 records, and was seen with 6"))
      let fork = try run("verify", path("fork"), "--key", key, "--state", path("seen"), "--fork-proof", path("proof"))
      #expect(fork.code == 2 && fork.error.contains("forked"), "\(fork.error)")
      let proof = try String(contentsOfFile: path("proof"), encoding: .utf8)
      #expect(proof.components(separatedBy: "gateway.example/prod\n6\n").count == 3, "\(proof)")
    }
  }

  @Test func `a proof of a record stands alone`() throws {
    try with { folder, key in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      let made = try run("log", "proof", path("rec"), "2", "--key", key, "--output", path("2.tlog-proof"))
      #expect(made.code == 0 && made.out.contains(#""kind":"extent""#), "\(made.error)")
      let checked = try run("verify", path("2.tlog-proof"), "--key", key)
      #expect(checked.code == 0 && checked.out.contains("record 2 of 4 of gateway.example/prod"), "\(checked.error)")
      let shown = try run("log", "proof", path("rec"), "2", "--key", key)
      #expect(Data(shown.out.utf8) == FileManager.default.contents(atPath: path("2.tlog-proof")))
      try shown.out.replacing("index 2", with: "index 1").write(toFile: path("x"), atomically: true, encoding: .utf8)
      let forged = try run("verify", path("x"), "--key", key)
      #expect(forged.code == 2 && forged.error.contains("is not in a log"), "\(forged.error)")
      #expect(try run("log", "proof", path("rec"), "4", "--key", key).code == 3)
    }
  }

  @Test func `an export is a recording of its own, without what is not signed`() throws {
    try with(closes: false) { folder, key in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      let segment = path("rec/0.pcapng")
      let signed = try #require(FileManager.default.contents(atPath: segment))
      try (signed + Data("unsigned".utf8)).write(to: URL(filePath: segment))
      #expect(try run("verify", path("rec"), "--key", key).code == 2)
      let made = try run("log", "export", path("rec"), "--key", key, "--output", path("out"))
      #expect(made.code == 0 && made.out.contains("3 records, 1 segment"), "\(made.error)")
      #expect(FileManager.default.contents(atPath: path("out/0.pcapng")) == signed)
      let checked = try run("verify", path("out"), "--key", path("out/log.vkey"))
      #expect(checked.code == 0 && checked.out.contains("intact-but-open"), "\(checked.out) \(checked.error)")
      #expect(try run("log", "export", path("rec"), "--key", key, "--output", path("out")).code == 3)
      try Data("a segment of same bytes".utf8).write(to: URL(filePath: segment))
      let broken = try run("log", "export", path("rec"), "--key", key, "--output", path("none"))
      #expect(broken.code == 2 && broken.error.contains("broken-at 2"), "\(broken.error)")
      #expect(!FileManager.default.fileExists(atPath: path("none")))
    }
  }

  @Test func `keys of epochs and anchors`() throws {
    try with { folder, key in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      #expect(try run("log", "key", "root.example", "--output", path("root")).code == 0)
      let made = try run(
        "log", "epochs", "gateway.example/prod", "--root", path("root"), "--count", "3", "--output", path("keys"))
      #expect(made.code == 0 && made.out.contains("3 keys of gateway.example/prod"), "\(made.error)")
      let root = try NoteKey(
        parsing: try String(contentsOfFile: path("root.vkey"), encoding: .utf8).trimmingCharacters(in: .newlines))
      let notes = try #require(FileManager.default.contents(atPath: path("keys/epochs")))
      #expect(try EpochKeys(parsing: Array(notes), root: root, origin: "gateway.example/prod").keys.count == 3)

      // A proof of a log whose key is vouched for.
      var options = EvidenceLog.Options()
      options.epochs = try EpochKeys(parsing: Array(notes), root: root, origin: "gateway.example/prod")
      let first = try NoteSigner(
        parsing: try String(contentsOfFile: path("keys/00001.key"), encoding: .utf8).trimmingCharacters(in: .newlines))
      _ = try EvidenceLog.open(directory: path("epochs/log"), key: first, options: options).log.close(reason: "test")
      let whole = try run("verify", path("epochs"), "--key", path("root.vkey"))
      #expect(whole.code == 0 && whole.out.contains(": intact\n"), "\(whole.out) \(whole.error)")
      let proof = path("1.tlog-proof")
      #expect(try run("log", "proof", path("epochs"), "1", "--key", path("root.vkey"), "--output", proof).code == 0)
      let vouched = try run(
        "verify", proof, "--key", path("root.vkey"), "--epochs", path("epochs/log/epochs"))
      #expect(vouched.code == 0 && vouched.out.contains("record 1 of 2"), "\(vouched.error)")
      #expect(try run("verify", proof, "--key", path("root.vkey")).code == 2)

      let kept = try run("log", "anchor", path("rec"), "--key", key, "--checkpoint", path("ci.checkpoint"))
      #expect(kept.code == 0 && kept.out.contains("4 records"), "\(kept.error)")
      let anchored = try run("verify", path("rec"), "--key", key, "--anchor", path("ci.checkpoint"))
      #expect(anchored.code == 0 && anchored.out.contains("anchored    the first 4 records"), "\(anchored.out)")
      #expect(try run("log", "anchor", path("rec"), "--key", key, "--query", path("q.tsq")).code == 0)
      let query = try ExhibitProcess.run(["ts", "-query", "-in", path("q.tsq"), "-text"], program: "/usr/bin/openssl")
      #expect(query.code == 0 && query.out.contains("Hash Algorithm: sha256"), "\(query.out) \(query.error)")
      let witness = try NoteSigner(generating: "witness.example", kind: .cosignature)
      let text = try SignedNote(
        parsing: Array(try #require(FileManager.default.contents(atPath: path("ci.checkpoint")))))
      var cosigned = text
      cosigned.signatures.append(try witness.sign(text.text, atSeconds: 1_800_000_000))
      try Data(cosigned.bytes).write(to: URL(filePath: path("w.checkpoint")))
      let brought = try run(
        "log", "anchor", path("rec"), "--key", key, "--cosigned", path("w.checkpoint"), "--witness", "\(witness.key)")
      #expect(brought.code == 0, "\(brought.error)")
      let seen = try run("verify", path("rec"), "--key", key, "--witness", "\(witness.key)")
      #expect(seen.code == 0 && seen.out.contains("the first 4 records, at 2027-01-15T08:00:00Z"), "\(seen.out)")
      #expect(try run("log", "anchor", path("rec"), "--key", key).code == 3)
    }
  }
}
