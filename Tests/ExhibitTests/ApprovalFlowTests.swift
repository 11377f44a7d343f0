import Foundation
import TestKit
import Testing

/// A migration that is planned, signed with ssh-keygen, stamped with openssl and run with a real psql on a real server.
@Suite struct ApprovalFlowTests {
  private static let isPossible =
    ["/usr/bin/psql", "/usr/bin/tcpdump", "/usr/bin/ssh-keygen", "/usr/bin/openssl"]
    .allSatisfy(FileManager.default.isExecutableFile)

  @Test(.enabled(if: isPossible, "no psql, tcpdump, ssh-keygen or openssl here"))
  func `what was approved passes, and a byte more fails`() throws {
    try TemporaryFolder.with { folder in
      let executable = try ExhibitProcess.executable.path
      let script = Checkout.root.appending(path: "scripts/lab/approvals.sh").path
      let made = try ExhibitProcess.run(
        [script, folder.path], environment: ["EXHIBIT": executable], program: "/bin/bash")
      try #require(made.code == 0, "\(made.error)")
      func path(_ name: String) -> String { folder.appending(path: name).path }
      func check(_ captures: [String], _ options: String...) throws -> (code: Int32, out: String, junit: String) {
        let file = path(captures.joined(separator: "-") + ".exhibit")
        let ingest = try ExhibitProcess.run(
          ["ingest"] + captures.map { path("\($0).pcap") } + ["--case", file, "--quiet"])
        #expect(ingest.code == 0, "\(ingest.error)")
        let junit = path("junit.xml")
        let run = try ExhibitProcess.run(
          ["check", "--case", file, "--policy", path("policy.yaml"), "--junit", junit] + options)
        return (run.code, run.out, try String(contentsOfFile: junit, encoding: .utf8))
      }
      let approvals = path("approvals")

      let alone = try check(["planned"])
      #expect(alone.code == 1 && alone.out.hasPrefix("3 of 3 changes were not approved"), "\(alone.out)")
      #expect(alone.junit.contains("failures=\"3\""))

      let signed = try check(["planned"], "--approvals", approvals)
      #expect(
        signed.code == 0 && signed.out.contains("3 changes by omar@shop.example in 0042.approval"), "\(signed.out)")
      #expect(signed.junit.contains("failures=\"0\""))

      let changed = try check(["changed"], "--approvals", approvals)
      #expect(changed.code == 1 && changed.out.contains("1 of 3 changes was not approved"), "\(changed.out)")
      #expect(changed.out.contains("it differs at byte 52: approved \"…e = 50 WHERE total > 1000\""), "\(changed.out)")
      #expect(changed.junit.contains("failures=\"1\"") && changed.junit.contains("it differs at byte 52"))

      let twice = try check(["planned", "again"], "--approvals", approvals)
      #expect(twice.code == 1 && twice.out.contains("it was used before"), "\(twice.out)")

      // Other people's tools come to the same end.
      let request = path("approvals/0042.approval")
      let verified = try ExhibitProcess.run(
        [
          "-c",
          "ssh-keygen -Y verify -f \"$0/allowed_signers\" -I omar@shop.example -n approval@shop.example "
            + "-s \"$1.sig\" <\"$1\" && openssl ts -verify -data \"$1.sig\" -in \"$1.sig.tsr\" -CAfile \"$0/tsa.pem\"",
          folder.path, request,
        ], program: "/bin/bash")
      #expect(verified.code == 0, "\(verified.out) \(verified.error)")

      // Without the stamp nothing proves that it came first, unless whoever checks knows.
      try FileManager.default.removeItem(atPath: request + ".sig.tsr")
      let undated = try check(["planned"], "--approvals", approvals)
      #expect(undated.code == 1 && undated.out.contains("nothing proves that it was given before"), "\(undated.out)")
      let old = try check(["planned"], "--approvals", approvals, "--approvals-as-of", "2026-01-01T00:00:00Z")
      #expect(old.code == 1 && old.out.contains("given more than 14400 seconds before"), "\(old.out)")
      let signedAt = try #require(
        try FileManager.default.attributesOfItem(atPath: request + ".sig")[.modificationDate] as? Date)
      let known = try check(
        ["planned"], "--approvals", approvals, "--approvals-as-of", ISO8601DateFormatter().string(from: signedAt))
      #expect(known.code == 0, "\(known.out)")

      // The approval goes with the action.
      let id = try ExhibitProcess.run(
        ["-readonly", path("planned.exhibit"), "SELECT id FROM actions WHERE verb = 'CREATE INDEX'"],
        program: "/usr/bin/sqlite3"
      ).out.trimmingCharacters(in: .whitespacesAndNewlines)
      let why = try ExhibitProcess.run(["why", id, "--case", path("planned.exhibit")])
      #expect(why.out.contains("valid: approve by omar@shop.example"), "\(why.out)")
    }
  }

  @Test(.enabled(if: isPossible, "no psql, tcpdump, ssh-keygen or openssl here"))
  func `approve signs as ssh-keygen does, with a key and with an agent`() throws {
    try TemporaryFolder.with { folder in
      let executable = try ExhibitProcess.executable.path
      let script = """
        set -eu
        cd "$0"
        printf 'ALTER TABLE t ADD a int;\\n' >m.sql
        "$EXHIBIT" plan m.sql --title T --requested-by lin@shop.example --target prod \\
          --use-by 2030-01-01T00:00:00Z -o m.approval
        ssh-keygen -q -t ed25519 -N '' -f one
        ssh-keygen -q -t ecdsa -N '' -f two
        ssh-keygen -q -t rsa -b 2048 -N '' -f three
        for key in one two three; do echo "$key@shop.example $(cat $key.pub)"; done >allowed_signers
        "$EXHIBIT" approve m.approval --key one --yes
        "$EXHIBIT" revoke m.approval --key three --yes
        eval "$(ssh-agent -s)" >/dev/null
        trap 'kill $SSH_AGENT_PID' EXIT
        ssh-add -q two
        "$EXHIBIT" approve m.approval --agent --reject --yes
        verify() { ssh-keygen -Y verify -f allowed_signers -I $1@shop.example -n $2@exhibit -s "$3" <m.approval; }
        for file in m.approval*.sig; do
          verify one approval "$file" || verify two rejection "$file" || verify three revocation "$file"
        done
        ls m.approval*.sig | wc -l
        "$EXHIBIT" approve m.approval --key one </dev/null && exit 9
        echo "SELECT 1" >n.sql
        "$EXHIBIT" plan n.sql --title T --requested-by l@s --target prod --use-by 2030-01-01T00:00:00Z -o n.approval && exit 9
        printf 'DROP TABLE t;\\n' >m.sql
        "$EXHIBIT" plan m.sql --title T --requested-by l@s --target prod --use-by 2030-01-01T00:00:00Z -o m.approval && exit 9
        true
        """
      let run = try ExhibitProcess.run(
        ["-c", script, folder.path], environment: ["EXHIBIT": executable], program: "/bin/bash")
      #expect(run.code == 0, "\(run.out) \(run.error)")
      #expect(run.out.components(separatedBy: "Good \"").count == 4 && run.out.contains("\n3\n"), "\(run.out)")
      #expect(run.error.contains("nobody is here to read it"), "\(run.error)")
      #expect(run.error.contains("there is no change in it that could be approved"), "\(run.error)")
      #expect(run.error.contains("signatures of it would be void"), "\(run.error)")
    }
  }

  /// Sessions of real clients: binary parameters, pipelines, COPY, a dump's settings, statements that fail.
  @Test(
    .enabled(if: isPossible, "no psql, tcpdump, ssh-keygen or openssl here"),
    arguments: ["dump-restore", "python-psycopg", "python-asyncpg", "migrations"])
  func `a rehearsal that was signed passes when it is what ran`(_ sample: String) throws {
    try TemporaryFolder.with { folder in
      let inputs = try FileManager.default.contentsOfDirectory(
        at: Checkout.root.appending(path: "samples/postgres/\(sample)"), includingPropertiesForKeys: nil)
      let capture = try #require(inputs.first { $0.lastPathComponent.hasPrefix("input.") })
      let script = """
        set -eu
        cd "$0"
        "$EXHIBIT" ingest "$CAPTURE" --case c.exhibit --quiet
        session=$(sqlite3 c.exhibit 'SELECT id FROM sessions ORDER BY changes DESC, id LIMIT 1')
        server=$(sqlite3 c.exhibit "SELECT server FROM sessions WHERE id = '$session'")
        mkdir approvals
        "$EXHIBIT" plan --case c.exhibit --session "$session" --title T --requested-by lin@shop.example --server "$server" \\
          --use-by 2030-01-01T00:00:00Z -o approvals/a.approval >&2
        ssh-keygen -q -t ed25519 -N '' -f key
        echo "omar@shop.example $(cat key.pub)" >signers
        ssh-keygen -q -Y sign -n approval@exhibit -f key approvals/a.approval
        "$EXHIBIT" check --case c.exhibit --approvals approvals --allowed-signers signers \\
          --approvals-as-of 2020-01-01T00:00:00Z --quiet >&2 || true
        sqlite3 c.exhibit "SELECT count(*) FROM approvals WHERE state = 'valid'"
        sqlite3 c.exhibit "SELECT a.text, f.detail FROM findings f JOIN actions a ON a.id = f.action_id
          WHERE f.rule = 'default' AND a.session_id = '$session' AND a.status = 'ok' AND a.[transaction] = 'committed'"
        """
      let environment = ["EXHIBIT": try ExhibitProcess.executable.path, "CAPTURE": capture.path]
      let run = try ExhibitProcess.run(["-c", script, folder.path], environment: environment, program: "/bin/bash")
      let lines = run.out.split(separator: "\n")
      #expect(run.code == 0 && Int(lines.first ?? "") ?? 0 > 0, "\(run.error)")
      // Nothing that lasted is left over; what failed was not asked for.
      #expect(lines.count == 1, "\(run.out)")
    }
  }
}
