import Foundation
import TestKit
import Testing

/// Bundles, with keys of ssh-keygen and the eyes of other people's tools.
@Suite(.enabled(if: hasKeygen, "no ssh-keygen here")) struct BundleTests {
  private let sample = Checkout.root.appending(path: "samples/approvals")

  private func run(_ arguments: String...) throws -> ExhibitProcess.Outcome { try ExhibitProcess.run(arguments) }

  private func withBundle(_ body: (URL, URL) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      func path(_ name: String) -> String { folder.appending(path: name).path }
      for name in ["key", "other"] {
        let made = try ExhibitProcess.run(
          ["-q", "-t", "ed25519", "-N", "", "-f", path(name)], program: "/usr/bin/ssh-keygen")
        try #require(made.code == 0)
      }
      let ingest = try run(
        "ingest", sample.appending(path: "planned.pcap").path, "--case", path("c.exhibit"), "--quiet")
      try #require(ingest.code == 0)
      let bundle = try run(
        "bundle", "--case", path("c.exhibit"), "--policy", sample.appending(path: "policy.yaml").path, "--approvals",
        sample.appending(path: "approvals").path, "--key", path("key"), "--output", path("c.bundle"))
      try #require(bundle.code == 0, "\(bundle.error)")
      try body(folder, folder.appending(path: "c.bundle"))
    }
  }

  @Test func `a bundle verifies, and what was done to it is named`() throws {
    try withBundle { folder, bundle in
      let signer = folder.appending(path: "key.pub").path
      func verify() throws -> ExhibitProcess.Outcome { try run("verify", bundle.path, "--signer", signer) }
      let good = try verify()
      #expect(good.code == 0 && good.out.contains("the case was judged passed"), "\(good.out) \(good.error)")
      let other = try run("verify", bundle.path, "--signer", folder.appending(path: "other.pub").path)
      #expect(other.code == 2 && other.error.contains("statement.dsse.json: is not signed by"), "\(other.error)")

      for name in [
        "c.exhibit", "report.html", "policy.yaml", "approvals/0042.approval", "trust/allowed_signers",
        "statement.dsse.json",
      ] {
        let place = bundle.appending(path: name)
        let bytes = try Data(contentsOf: place)
        var changed = bytes
        changed[bytes.count / 2] ^= 1
        try changed.write(to: place)
        let found = try verify()
        #expect(found.code == 2 && found.error.contains(name), "\(name): \(found.error)")
        try FileManager.default.removeItem(at: place)
        let missing = try verify()
        #expect(missing.code == 2 && missing.error.contains("\(name): is missing"), "\(missing.error)")
        try bytes.write(to: place)
      }
      let extra = bundle.appending(path: "extra")
      try Data().write(to: extra)
      let added = try verify()
      #expect(added.code == 2 && added.error.contains("extra: is in the folder and was not signed"), "\(added.error)")
      try FileManager.default.removeItem(at: extra)
      try FileManager.default.createSymbolicLink(at: extra, withDestinationURL: folder)
      #expect(try verify().error.contains("extra: is a link"))
      try FileManager.default.removeItem(at: extra)
      #expect(try verify().code == 0)
      let nothing = try run("verify", bundle.path + ".none", "--signer", signer)
      #expect(nothing.code == 3 && nothing.error.contains("is no folder"), "\(nothing.error)")
      let again = try run(
        "bundle", "--case", folder.appending(path: "c.exhibit").path, "--key", folder.appending(path: "key").path,
        "--output", bundle.path)
      #expect(again.code == 3 && again.error.contains("is there already"))
    }
  }

  @Test func `other people's tools come to the same end`() throws {
    try withBundle { folder, bundle in
      let sums = try ExhibitProcess.run(
        [
          "-c",
          #"cd "$0" && jq -r .payload statement.dsse.json | base64 -d "#
            + #"| jq -r '.subject[] | "\(.digest.sha256)  \(.name)"' | sha256sum -c --quiet"#, bundle.path,
        ], program: "/bin/bash")
      #expect(sums.code == 0, "\(sums.out) \(sums.error)")
      let python = """
        import base64, json, sys
        try:
          from securesystemslib import dsse
          from securesystemslib.signer import SSlibKey
        except ImportError:
          sys.exit(77)
        blob = base64.b64decode(open(sys.argv[1]).read().split()[1])
        data = json.load(open(sys.argv[2]))
        keyid = data["signatures"][0]["keyid"]
        key = SSlibKey(keyid, "ed25519", "ed25519", {"public": blob[-32:].hex()})
        dsse.Envelope.from_dict(data).verify([key], 1)
        data["payload"] = base64.b64encode(base64.b64decode(data["payload"]) + b" ").decode()
        try:
          dsse.Envelope.from_dict(data).verify([key], 1)
        except Exception:
          sys.exit(0)
        sys.exit(1)
        """
      let environment = ProcessInfo.processInfo.environment
      let home = environment["HOME"] ?? "/root"
      let venv = environment["EXHIBIT_VENV"] ?? "\(environment["XDG_CACHE_HOME"] ?? "\(home)/.cache")/exhibit/venv"
      let program = "\(venv)/bin/python"
      guard FileManager.default.isExecutableFile(atPath: program) else { return }
      let verified = try ExhibitProcess.run(
        ["-c", python, folder.appending(path: "key.pub").path, bundle.appending(path: "statement.dsse.json").path],
        program: program)
      #expect(verified.code == 0 || verified.code == 77, "\(verified.out) \(verified.error)")
    }
  }
}

private let hasKeygen = FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen")
