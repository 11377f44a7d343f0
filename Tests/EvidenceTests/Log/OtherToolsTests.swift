import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Evidence

/// A log is verified by tools that are not ours.
@Suite struct OtherToolsTests {
  private struct Outcome {
    var code: Int32
    var out: String
  }

  private func run(_ program: String, _ arguments: [String], in folder: URL? = nil) throws -> Outcome {
    let process = Process()
    process.setUnblocked(program, arguments)
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Outcome(code: process.terminationStatus, out: String(decoding: data, as: UTF8.self))
  }

  /// The Python of the tests' own packages.
  private static let python: String = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? "\(environment["HOME"] ?? "/root")/.cache"
    return "\(environment["EXHIBIT_VENV"] ?? "\(cache)/exhibit/venv")/bin/python"
  }()

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl"), "no openssl here"))
  func `openssl takes a checkpoint`() throws {
    try TemporaryFolder.with { folder in
      let recorded = try RecordedLog(in: folder.appending(path: "rec"))
      let script = """
        set -e
        checkpoint=rec/log/checkpoint
        sed '/^$/,$d' $checkpoint >text
        tail -n 1 $checkpoint | cut -d ' ' -f 3 | base64 -d | tail -c 64 >sig
        { printf '302a300506032b6570032100' | sed 's/../\\\\x&/g' >prefix; printf "$(cat prefix)"; \
          printf %s "$1" | base64 -d | tail -c 32; } >key.der
        openssl pkey -pubin -inform DER -in key.der -out key.pem
        openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in text -sigfile sig
        sed -i 's/23/24/' text
        ! openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in text -sigfile sig
        """
      // Base64 may have a + of its own.
      let material = "\(recorded.key.key)".split(separator: "+", maxSplits: 2)[2]
      let done = try run("/bin/bash", ["-c", script, "bash", "\(material)"], in: folder)
      #expect(done.code == 0 && done.out.contains("Signature Verified Successfully"), "\(done.out)")
    }
  }

  @Test func `sha256sum comes to the root of a proof`() throws {
    try TemporaryFolder.with { folder in
      let recorded = try RecordedLog(in: folder.appending(path: "rec"))
      let reader = try LogReader(log: recorded.log, key: recorded.key.key)
      // The left half of a tree of 23: every sibling is on the right of record 0.
      try Data(try reader.proof(of: 0).bytes).write(to: folder.appending(path: "proof"))
      let script = """
        set -e
        bin() { printf "$(printf %s "$1" | sed 's/../\\\\x&/g')"; }
        hash=$({ printf '\\0'; sed -n 's/^extra //p' proof | base64 -d; } | sha256sum | cut -c 1-64)
        for sibling in $(sed -n '4,/^$/p' proof); do
          hash=$({ printf '\\1'; bin $hash; printf %s $sibling | base64 -d; } | sha256sum | cut -c 1-64)
        done
        bin $hash | base64
        """
      let done = try run("/bin/bash", ["-c", script], in: folder)
      let root = StandardBase64.encode(reader.checkpoint.checkpoint.root.bytes)
      #expect(done.code == 0 && done.out == root + "\n", "\(done.out)")
      let lines = String(decoding: try Data(contentsOf: folder.appending(path: "rec/log/checkpoint")), as: UTF8.self)
      #expect(lines.contains(root))
    }
  }

  private static let hasPymerkle: Bool = {
    let process = Process()
    process.setUnblocked(python, ["-c", "import pymerkle"])
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  @Test(.enabled(if: hasPymerkle, "no pymerkle among the Python packages of the tests"))
  func `a Python Merkle library comes to the same roots, and finds what was changed`() throws {
    try TemporaryFolder.with { folder in
      let recorded = try RecordedLog(
        in: folder.appending(path: "rec"), segments: 2, extents: 300, leavesPerCommit: 50)
      let reader = try LogReader(log: recorded.log, key: recorded.key.key)
      #expect(reader.size == 603)
      var proofs: [String] = []
      for index: UInt64 in [0, 1, 255, 256, 300, 511, 512, 601, 602] {
        let file = folder.appending(path: "\(index).tlog-proof")
        try Data(try reader.proof(of: index).bytes).write(to: file)
        proofs.append(file.path)
      }
      let script = Checkout.root.appending(path: "Tests/Live/evidence_log.py").path
      let arguments = [script, recorded.folder.path, "\(recorded.key.key)"] + proofs
      let good = try run(Self.python, arguments)
      #expect(good.code == 0 && good.out.contains("603 records, 14 checkpoints, 9 proofs hold"), "\(good.out)")
      for name in ["0.pcapng", "log/checkpoint", "log/tile/entries/001", "log/tile/1/000.p/2", "log/tile/0/002.p/91"] {
        let bytes = try recorded.read(name)
        var changed = bytes
        changed[bytes.count / 2] ^= 1
        try recorded.write(name, changed)
        #expect(try run(Self.python, arguments).code == 1, "\(name)")
        try recorded.write(name, bytes)
      }
    }
  }
}
