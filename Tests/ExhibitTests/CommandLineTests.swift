import Foundation
import TestKit
import Testing

/// The program as its users meet it.
@Suite struct CommandLineTests {
  private let story = Checkout.root.appending(path: "samples/story/evidence.tar.gz").path
  private let policy = Checkout.root.appending(path: "samples/policies/production.yaml").path

  private func exhibit(_ arguments: String..., input: Data? = nil) throws -> ExhibitProcess.Outcome {
    try ExhibitProcess.run(arguments, input: input)
  }

  private func withStory(_ body: (String) throws -> Void) throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "shop.exhibit").path
      let outcome = try exhibit("ingest", story, "--case", path)
      try #require(outcome.code == 0, "\(outcome.error)")
      try body(path)
    }
  }

  @Test func `the story is judged: exit code 1, and the reports are written`() throws {
    try withStory { path in
      let folder = URL(filePath: path).deletingLastPathComponent()
      let junit = folder.appending(path: "junit.xml").path
      let check = try exhibit("check", "--case", path, "--policy", policy, "--junit", junit)
      #expect(check.code == 1)
      #expect(check.out.contains("changes were not approved"))
      #expect(check.out.contains("ALTER TABLE customers ADD COLUMN card_pan text"))
      #expect(FileManager.default.fileExists(atPath: junit))
      let html = folder.appending(path: "report.html").path
      #expect(try exhibit("report", "--case", path, "--html", html).code == 0)
      let findings = try exhibit("findings", "--case", path, "--format", "json")
      #expect(findings.out.contains("unfiltered"))
    }
  }

  @Test func `a policy is tried on cases and on what was captured`() throws {
    let cases = Checkout.root.appending(path: "samples/policies/cases/production.yaml").path
    let test = try exhibit("policy", "test", cases)
    #expect(test.code == 0 && test.out == "7 cases, all as expected\n", "\(test.out) \(test.error)")
    try withStory { path in
      let same = try exhibit("policy", "try", path, "--policy", policy, "--against", policy)
      #expect(same.code == 0 && (same.out + same.error).contains("both say the same of every action"), "\(same)")
      let other = try exhibit("policy", "try", path, "--policy", policy, "--format", "json")
      let lines = other.out.split(separator: "\n")
      // The shop's orders need no approval by this policy, and an UPDATE of every row cannot have one.
      #expect(lines.count { $0.contains(#""after":"allow""#) } > 300, "\(lines.count)")
      #expect(lines.contains { $0.contains(#""after":"deny""#) && $0.contains("UPDATE orders SET risk_score = 0") })
      #expect(other.error.contains("built-in → production.yaml:"), "\(other.error)")

      let wrong = URL(filePath: path).deletingLastPathComponent().appending(path: "wrong.yaml")
      let text = "policy: \(policy)\ncases:\n  - { name: a, action: { sql: DROP TABLE t }, expect: allow }\n"
      try Data(text.replacing("policy: /", with: "policy: ../../../../../../../../../").utf8).write(to: wrong)
      let failed = try exhibit("policy", "test", wrong.path)
      #expect(
        failed.code == 1 && failed.out.contains("wrong.yaml:3: a: expected allow"), "\(failed.out) \(failed.error)")
    }
  }

  @Test func `the same evidence again adds nothing`() throws {
    try withStory { path in
      let before = try exhibit("actions", "--case", path, "--format", "json").out
      let again = try exhibit("ingest", story, "--case", path)
      #expect(again.code == 0)
      #expect(again.out.contains("nothing new"))
      #expect(try exhibit("actions", "--case", path, "--format", "json").out == before)
    }
  }

  @Test func `the same evidence gives the same report, byte for byte`() throws {
    try withStory { first in
      try withStory { second in
        var reports: [Data] = []
        for path in [first, second] {
          let html = path + ".html"
          _ = try exhibit("report", "--case", path, "--html", html)
          reports.append(try Data(contentsOf: URL(filePath: html)))
        }
        #expect(reports[0] == reports[1])
      }
    }
  }

  @Test func `lists are JSON lines and CSV`() throws {
    try withStory { path in
      for verb in ["sources", "sessions", "actions"] {
        let json = try exhibit(verb, "--case", path, "--format", "json")
        let lines = json.out.split(separator: "\n")
        #expect(!lines.isEmpty)
        for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        let csv = try exhibit(verb, "--case", path, "--format", "csv")
        #expect(csv.out.hasPrefix("id,"))
      }
      // The column and its index; with all that was tried, also the attempt that was rolled back.
      let blame = try exhibit("blame", "customers.card_pan", "--case", path, "--format", "json")
      #expect(blame.out.split(separator: "\n").count == 2)
      let all = try exhibit("blame", "customers.card_pan", "--history", "--case", path, "--format", "json")
      #expect(all.out.split(separator: "\n").count == 3)
      #expect(all.out.contains(#""state":"rolled-back""#))
      let page = try exhibit("blame", "customers", "--case", path).out
      #expect(page.contains("│ column card_expiry character(5)"))
      #expect(page.contains("│ index customers_card_pan_idx (card_pan)"))
      #expect(page.contains("│ grant SELECT to reporting"))
      #expect(page.contains("approved by       nobody"))
      #expect(try exhibit("search", "card_pan", "--case", path).out.contains("ALTER TABLE"))
    }
  }

  @Test func `standard input is read`() throws {
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "a.exhibit").path
      let outcome = try exhibit("ingest", "-", "--case", path, input: try Data(contentsOf: URL(filePath: story)))
      #expect(outcome.code == 0, "\(outcome.error)")
      #expect(outcome.out.contains("26 sessions"))
    }
  }

  @Test func `bad arguments of any command are one line, which says where there is help`() throws {
    let wrong: [(arguments: [String], help: String, says: String)] = [
      (["verify"], "exhibit verify", "missing expected argument '<path>'"),
      (["verify", "/"], "exhibit verify", "/ holds no evidence log"),
      (["approve", "x"], "exhibit approve", "give --key, or --agent"),
      (["gateway", "check"], "exhibit gateway check", "missing expected argument '--config <file>'"),
      (["log", "proof"], "exhibit log proof", "missing expected argument"),
      (["approvals", "deny", "7", "--socket", "s", "--key", "k"], "exhibit approvals deny", "--reason"),
      (["nonsense"], "exhibit", "unexpected argument 'nonsense'"),
      (["sources", "--case", "x", "--nonsense\u{1b}[2J"], "exhibit sources", "nknown option"),
    ]
    for (arguments, help, says) in wrong {
      let outcome = try ExhibitProcess.run(arguments)
      #expect(outcome.code == 3 && outcome.out.isEmpty, "\(arguments)")
      #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
      #expect(
        outcome.error.hasPrefix("exhibit: ") && outcome.error.hasSuffix("; see: \(help) --help\n"), "\(outcome.error)")
      #expect(outcome.error.contains(says) && !outcome.error.contains("\u{1b}"), "\(outcome.error)")
    }
  }

  @Test func `bad input: one clear line, exit code 3, and nothing left behind`() throws {
    try TemporaryFolder.with { folder in
      let text = folder.appending(path: "notes.txt")
      try Data("dear diary".utf8).write(to: text)
      let empty = folder.appending(path: "empty.pcap")
      try Data().write(to: empty)
      let path = folder.appending(path: "a.exhibit").path
      for input in [text.path, empty.path, folder.appending(path: "missing").path] {
        let outcome = try exhibit("ingest", input, "--case", path)
        #expect(outcome.code == 3, "\(input)")
        #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
        #expect(outcome.error.contains(URL(filePath: input).lastPathComponent))
        #expect(!FileManager.default.fileExists(atPath: path))
      }
      let notACase = try exhibit("sessions", "--case", text.path)
      #expect(notACase.code == 3)
      #expect(notACase.error.split(separator: "\n").count == 1)
      let usage = try exhibit("ingest", "--case", path)
      #expect(usage.code == 3)
      let policy = folder.appending(path: "p.yaml")
      try Data("version: 1\nrulez: 4".utf8).write(to: policy)
    }
    try withStory { path in
      try TemporaryFolder.with { folder in
        let policy = folder.appending(path: "p.yaml")
        try Data("version: 1\nrulez: 4".utf8).write(to: policy)
        let outcome = try exhibit("check", "--case", path, "--policy", policy.path)
        #expect(outcome.code == 3)
        #expect(outcome.error.contains("p.yaml:2:"))
      }
    }
  }

  @Test func `a report that cannot be written is one line`() throws {
    try withStory { path in
      let outcome = try exhibit("report", "--case", path, "--html", "/dev/full/x.html")
      #expect(outcome.code == 3)
      #expect(outcome.error.split(separator: "\n").count == 1)
    }
  }

  /// A file system of its own, of `size`, mounted for `script`, which finds it in $DISK, the program in $EXHIBIT and the
  /// story in $STORY.
  private func onSmallDisk(_ size: String, _ script: String) throws -> ExhibitProcess.Outcome {
    try TemporaryFolder.with { folder in
      let mount = "mount -t tmpfs -o size=\(size) tmpfs \"$DISK\" || exit 99\n"
      return try ExhibitProcess.run(
        ["-rm", "bash", "-c", mount + script],
        environment: ["DISK": folder.path, "EXHIBIT": ExhibitProcess.executable.path, "STORY": story],
        program: "/usr/bin/unshare")
    }
  }

  @Test func `a full disk: one line, nothing left of a new case, and an old one as it was`() throws {
    let fresh = try onSmallDisk(
      "300k", #""$EXHIBIT" ingest "$STORY" --case "$DISK/a.exhibit"; echo "code $?"; ls "$DISK""#)
    // Without the right to mount there is nothing to fill.
    guard fresh.code != 99, !fresh.error.contains("unshare") else { return }
    #expect(fresh.out == "code 3\n")
    #expect(fresh.error.split(separator: "\n").count == 1, "\(fresh.error)")
    #expect(fresh.error.contains("full"), "\(fresh.error)")

    let small = Checkout.root.appending(path: "samples/postgres/migrations/input.pcap").path
    let old = try onSmallDisk(
      "1200k",
      #"""
      "$EXHIBIT" ingest "\#(small)" --case "$DISK/a.exhibit" --quiet || exit 98
      "$EXHIBIT" actions --case "$DISK/a.exhibit" --format json > /tmp/before.$$
      head -c 10M /dev/zero > "$DISK/filler" 2>/dev/null
      "$EXHIBIT" ingest "$STORY" --case "$DISK/a.exhibit"; echo "code $?"
      rm "$DISK/filler"
      "$EXHIBIT" actions --case "$DISK/a.exhibit" --format json > /tmp/after.$$
      cmp /tmp/before.$$ /tmp/after.$$ && echo same
      rm -f /tmp/before.$$ /tmp/after.$$
      """#)
    #expect(old.out == "code 3\nsame\n", "\(old.out) \(old.error)")
    #expect(old.error.split(separator: "\n").count == 1, "\(old.error)")
  }

  @Test func `an ingest that is killed leaves the case as it was`() throws {
    let small = Checkout.root.appending(path: "samples/postgres/migrations/input.pcap").path
    try TemporaryFolder.with { folder in
      let path = folder.appending(path: "a.exhibit").path
      #expect(try exhibit("ingest", small, "--case", path, "--quiet").code == 0)
      let before = try exhibit("actions", "--case", path, "--format", "json").out
      // Standard input never ends, so the ingest is in its middle when it is killed.
      let script = #"""
        ( cat "$STORY"; sleep 30 ) | "$EXHIBIT" ingest - --case "$CASE" --quiet &
        sleep 1; kill -9 $!; wait $! 2>/dev/null; exit 0
        """#
      _ = try ExhibitProcess.run(
        ["-c", script], environment: ["EXHIBIT": ExhibitProcess.executable.path, "STORY": story, "CASE": path],
        program: "/bin/bash")
      #expect(try exhibit("actions", "--case", path, "--format", "json").out == before)
      #expect(try exhibit("ingest", story, "--case", path).code == 0)
    }
  }

  @Test func `a bomb is said, and the rest goes on`() throws {
    try TemporaryFolder.with { folder in
      let inputs = folder.appending(path: "evidence")
      try FileManager.default.createDirectory(at: inputs, withIntermediateDirectories: true)
      let good = Checkout.root.appending(path: "samples/postgres/migrations/input.pcap")
      try FileManager.default.copyItem(at: good, to: inputs.appending(path: "good.pcap"))
      let bomb = inputs.appending(path: "bomb.gz").path
      let made = try ExhibitProcess.run(
        ["-c", "(cat '\(good.path)'; head -c 300M /dev/zero) | gzip -9 > '\(bomb)'"], program: "/bin/bash")
      try #require(made.code == 0)
      let path = folder.appending(path: "a.exhibit").path
      let outcome = try exhibit("ingest", inputs.path, "--case", path)
      #expect(outcome.code == 0, "\(outcome.error)")
      let anomalies = try ExhibitProcess.run(
        ["-readonly", path, "SELECT code FROM anomalies"], program: "/usr/bin/sqlite3")
      #expect(anomalies.out.contains("archive"), "\(anomalies.out)")
      #expect(try exhibit("sessions", "--case", path, "--format", "json").out.contains("ses-"))
    }
  }

  @Test func `a folder without permission is one line, and beside a good file an anomaly`() throws {
    try TemporaryFolder.with { folder in
      let files = FileManager.default
      let evidence = folder.appending(path: "evidence")
      let closed = evidence.appending(path: "closed")
      try files.createDirectory(at: closed, withIntermediateDirectories: true)
      let good = Checkout.root.appending(path: "samples/postgres/migrations/input.pcap")
      try files.copyItem(at: good, to: evidence.appending(path: "good.pcap"))
      for open in [folder, evidence] { try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open.path) }
      try files.setAttributes([.posixPermissions: 0], ofItemAtPath: closed.path)
      defer { try? files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: closed.path) }
      // Permissions bind everyone but root.
      let path = folder.appending(path: "a.exhibit").path
      func ingest(_ input: String) throws -> ExhibitProcess.Outcome {
        let command = [try ExhibitProcess.executable.path, "ingest", input, "--case", path]
        guard getuid() == 0 else { return try ExhibitProcess.run(Array(command.dropFirst())) }
        return try ExhibitProcess.run(
          ["--reuid", "65534", "--regid", "65534", "--clear-groups"] + command, program: "/usr/bin/setpriv")
      }
      let alone = try ingest(closed.path)
      // Whoever keeps the checkout where no one else may look cannot run this.
      guard !alone.error.contains("setpriv:") else { return }
      #expect(alone.code == 3)
      #expect(alone.error.split(separator: "\n").count == 1, "\(alone.error)")
      #expect(alone.error.contains("permission denied"), "\(alone.error)")
      #expect(!files.fileExists(atPath: path))

      let beside = try ingest(evidence.path)
      #expect(beside.code == 0, "\(beside.error)")
      let anomalies = try ExhibitProcess.run(
        ["-readonly", path, "SELECT code FROM anomalies"], program: "/usr/bin/sqlite3")
      #expect(anomalies.out.contains("permission-denied"), "\(anomalies.out)")
    }
  }
}
