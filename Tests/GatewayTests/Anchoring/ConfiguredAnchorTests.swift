import Bytes
import Evidence
import Foundation
import Model
import TestKit
import Testing

@testable import Gateway

/// Anchors that a gateway makes by itself, with openssl as the authority and as the witness.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")
      && FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")))
struct ConfiguredAnchorTests {
  /// A time stamping authority, and a script that asks it.
  private static let authority =
    OpenSSLStamps.authority + """

      printf '%s\\n' 'set -e' "cd $PWD" 'cat >query' 'openssl ts -reply -config tsa.conf -queryfile query -out answer' \
        'cat answer' >stamp.sh
      """

  /// Cosigns as C2SP's tlog-cosignature says; answers with the line alone, or with all of the note.
  private static let witness = """
    import base64, hashlib, struct, subprocess, sys, time
    note = sys.stdin.buffer.read()
    text = note[:note.index(b"\\n\\n") + 1]
    now = int(time.time())
    folder, name, key_id, whole = sys.argv[1:5]
    open(folder + "/message", "wb").write(b"cosignature/v1\\ntime %d\\n" % now + text)
    subprocess.check_call(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", folder + "/witness.pem",
                           "-in", folder + "/message", "-out", folder + "/signature"])
    signed = bytes.fromhex(key_id) + struct.pack(">Q", now) + open(folder + "/signature", "rb").read()
    line = "\\u2014 %s %s\\n" % (name, base64.b64encode(signed).decode())
    sys.stdout.buffer.write((note if whole == "whole" else b"") + line.encode())
    """

  private func shell(_ script: String, in folder: URL) throws {
    try ScratchPostgres.check(
      try ScratchPostgres.run("/bin/bash", ["-c", "cd '\(folder.path)' && \(script)"]))
  }

  @Test(arguments: ["line", "whole"])
  func `a mirror, an artefact, a time stamp and a witness hold a log that goes on`(answer: String) throws {
    try TemporaryFolder.with { folder in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      try shell(Self.authority, in: folder)
      try FileManager.default.createDirectory(atPath: path("mirror"), withIntermediateDirectories: true)
      let seed = [UInt8](repeating: 9, count: 32)
      let key = try #require(NoteSigner(name: "witness.example/w", kind: .cosignature, seed: seed)).key
      let wrapped: [UInt8] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20] + seed
      try "-----BEGIN PRIVATE KEY-----\n\(Data(wrapped).base64EncodedString())\n-----END PRIVATE KEY-----\n".write(
        toFile: path("witness.pem"), atomically: true, encoding: .utf8)
      try Self.witness.write(toFile: path("witness.py"), atomically: true, encoding: .utf8)
      let id = "\(key)".split(separator: "+")[1]
      let anchors = """
        batched, anchors: { every: 1s, mirror: \(path("mirror")), artefact: \(path("ci.checkpoint")),
          time-stamp: { command: [/bin/sh, \(path("stamp.sh"))], authorities: \(path("root.pem")) },
          witnesses: [{ key: "\(key)",
            command: [/usr/bin/python3, \(path("witness.py")), \(folder.path), \(key.name), "\(id)", \(answer)] }] }
        """
      let gateway = try RunningGateway(server: "127.0.0.1:1", durability: anchors)
      for _ in 0..<3_000 where gateway.log.all.components(separatedBy: "\"way\":\"time-stamp\"").count < 3 {
        usleep(10_000)
      }
      try gateway.stop()
      #expect(!gateway.log.all.contains("not anchored"), "\(gateway.log.all)")
      let recording = gateway.folder.appending(path: "recording").path
      let text = try String(contentsOf: gateway.folder.appending(path: "log.key"), encoding: .utf8)
      let signer = try NoteSigner(parsing: text.split(separator: "\n").first.map(String.init) ?? "")
      var trust = LogTrust(key: signer.key)
      trust.witnesses = [key]
      trust.authorities = TimeStampAuthorities(
        pem: Array(try Data(contentsOf: folder.appending(path: "root.pem"))))
      var verifier = LogVerifier(log: recording + "/log", recording: recording, trust: trust)
      verifier.anchors = [path("mirror/checkpoints"), path("ci.checkpoint")]
      let found = try verifier.verify()
      #expect(found.verdict == .intact, "\(found.reason)")
      #expect(found.anchorNotes.isEmpty, "\(found.anchorNotes)")
      let size = try #require(found.checkpoint?.checkpoint.size)
      // The last round holds all of it.
      for kind in ["witness", "time stamp", "checkpoint"] {
        #expect(found.anchors.contains { $0.kind == kind && $0.size == size }, "\(kind): \(found.anchors)")
      }
      #expect(found.anchors.count { $0.kind == "time stamp" } >= 2)
      let mirrored = try String(contentsOfFile: path("mirror/checkpoints"), encoding: .utf8)
      #expect(mirrored.hasSuffix(try String(contentsOfFile: path("ci.checkpoint"), encoding: .utf8) + "\n"))
      #expect(gateway.metrics.contains("exhibit_gateway_anchor_failures_total 0"))
    }
  }

  @Test func `an anchor that fails is told and counted, tried again, and keeps nobody waiting`() throws {
    try TemporaryFolder.with { folder in
      try shell(Self.authority, in: folder)
      func path(_ name: String) -> String { folder.appending(path: name).path }
      try FileManager.default.createDirectory(atPath: path("mirror"), withIntermediateDirectories: true)
      let key = try NoteSigner(generating: "witness.example/w", kind: .cosignature).key
      let anchors = """
        batched, anchors: { every: 1s, timeout: 1s, artefact: \(path("ci.checkpoint")),
          time-stamp: { command: [/bin/echo, no answer], authorities: \(path("root.pem")) },
          witnesses: [{ key: "\(key)", command: [/bin/sleep, 100] }, { key: "\(key)", command: [/bin/cat] },
            { key: "\(key)", command: [/bin/false] }] }
        """
      let gateway = try RunningGateway(server: "127.0.0.1:1", durability: anchors)
      for _ in 0..<2_000 where gateway.log.all.components(separatedBy: "more than 1 s").count < 3 {
        usleep(10_000)
      }
      try gateway.stop()
      let log = gateway.log.all
      for reason in [
        "it took more than 1 s", "it ended with 1", "the cosigned checkpoint", "the time stamp is of none",
      ] {
        #expect(log.contains(reason), "\(reason): \(log)")
      }
      let failures = gateway.metrics.firstMatch(of: #/exhibit_gateway_anchor_failures_total (\d+)/#).flatMap {
        Int($0.1)
      }
      #expect((failures ?? 0) >= 6)
      let recording = gateway.folder.appending(path: "recording").path
      let text = try String(contentsOf: gateway.folder.appending(path: "log.key"), encoding: .utf8)
      let signer = try NoteSigner(parsing: text.split(separator: "\n").first.map(String.init) ?? "")
      let found = try LogVerifier(log: recording + "/log", recording: recording, trust: LogTrust(key: signer.key))
        .verify()
      #expect(found.verdict == .intact)
    }
  }
}

/// A program that is run with a limit.
@Suite struct BoundedProgramTests {
  @Test func `it gets its input and gives its output, of any size`() throws {
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    #expect(try BoundedProgram(words: ["/bin/cat"], seconds: 20).run(bytes) == bytes)
    #expect(try BoundedProgram(words: ["/bin/true"], seconds: 20).run(bytes).isEmpty)
  }

  @Test func `what takes too long, says too much, fails or is no program is ended and told`() throws {
    func failure(_ words: String...) -> String {
      do throws(BoundedProgram.Failure) {
        _ = try BoundedProgram(words: words, seconds: 1, outputLimit: 1_000).run([])
        return ""
      } catch { return error.description }
    }
    #expect(failure("/bin/sleep", "60").contains("more than 1 s"))
    // A child that outlives it and keeps its output open.
    #expect(failure("/bin/sh", "-c", "sleep 60 & echo hello").contains("more than 1 s"))
    #expect(failure("/usr/bin/yes").contains("said too much"))
    #expect(failure("/bin/sh", "-c", "exit 7") == "it ended with 7")
    #expect(failure("/bin/sh", "-c", "kill -9 $$") == "it ended with 137")
    #expect(failure("/no/such/program").contains("cannot be started"))
  }

  @Test func `it is told nothing of the gateway's secrets`() throws {
    unsafe setenv("EXHIBIT_TEST_SECRET", "hunter2", 1)
    defer { unsafe unsetenv("EXHIBIT_TEST_SECRET") }
    let output = String(decoding: try BoundedProgram(words: ["/usr/bin/env"], seconds: 20).run([]), as: UTF8.self)
    #expect(output.contains("PATH=") && !output.contains("hunter2"))
  }
}
