import Foundation
import GRDB
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// Masking of what programs write over SSH.
@Suite(.serialized, .enabled(if: ScratchSSHD.isPresent, Comment(rawValue: ScratchSSHD.absence)))
struct ShellMaskingTests {
  private static let policy =
    WebGateway.open + "\nmasking: [{ detect: [email, payment-card, jwt, private-key, password], action: redact }]"
  private static let card = "4111 1111 1111 1111"

  private func with(
    _ listener: String = "", policy: String = Self.policy, _ body: (ShellGateway) throws -> Void
  ) throws -> ShellGateway {
    let server = try ScratchSSHD()
    let shell = try ShellGateway(server, policy: policy, listener: listener)
    try "one \(Self.card) two\nada@shop.example\n".write(toFile: shell.path("data"), atomically: true, encoding: .utf8)
    try body(shell)
    try shell.gateway.stop()
    return shell
  }

  @Test func `the client and the recording have the same, and no value`() throws {
    let shell = try with { shell in
      let said = try shell.bash(
        """
        $SSH $WHO "cat $HERE/data; tail -n 1 $HERE/data >&2; exit 3" 2> $HERE/errors; echo "status $?"; cat $HERE/errors
        $SSH -tt $WHO "cd $HERE; grep --color=always 1111 data; printf 'last: '; sed 's/./&\\x1b[1m/g' data" < /dev/null
        (sleep 1; printf 'cat %s/dat*\\r' $HERE; sleep 1; printf 'exit 3\\r') | $SSH -tt $WHO; echo "status $?"
        """)
      #expect(
        said.text.hasPrefix("one [redacted:payment-card] two\n[redacted:email]\nstatus 3\n[redacted:email]\n"),
        "\(said)")
      #expect(said.text.contains("last: ") && said.text.hasSuffix("status 3\n"), "\(said)")
      var plain = said.text
      plain.replace(/\u{1B}\[[0-9;?]*[A-Za-z]/, with: "")
      #expect(!plain.contains("1111 1111") && !plain.contains("ada@") && !plain.contains("1111"), "\(plain)")
    }
    let recorded = String(decoding: try shell.gateway.recordedBytes(), as: UTF8.self)
    #expect(!recorded.contains(Self.card) && !recorded.contains("ada@shop"))
    #expect(recorded.contains("one [redacted:payment-card] two\n[redacted:email]\n"))
    _ = try shell.gateway.ingest()
    let masks = try DatabaseQueue(path: shell.gateway.path("case.exhibit")).read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM masks WHERE inline = 1")
    }
    #expect(masks.count >= 3, "\(masks)")
  }

  @Test func `what cannot be masked is refused, unless the configuration lets it by`() throws {
    _ = try with { shell in
      for (command, says) in [
        ("gzip -c \(shell.path("data"))", "it is no text"), ("scp -f \(shell.path("data"))", "scp"),
        ("rsync --server --sender . \(shell.path("data"))", "rsync"), ("git-upload-pack \(shell.path("x"))", "git"),
      ] {
        let answer = try shell.ssh([command])
        #expect(answer.text.isEmpty && answer.errors.contains("masks") && answer.errors.contains(says), "\(answer)")
      }
      let files = try shell.bash(
        """
        cd $HERE; O="${SSH#* -p $PORT }"; echo up > up
        /usr/bin/scp -q -P $PORT $O $WHO:$HERE/data got; echo "status $?"
        /usr/bin/scp -q -P $PORT $O up $WHO:$HERE/put; echo "status $?"; cat put
        """)
      #expect(files.text == "status 1\nstatus 0\nup\n", "\(files)")
      let port = try Loopback.freePort()
      let forward = try shell.bash(
        "$SSH -N -L \(port):127.0.0.1:$PORT $WHO & sleep 1; curl -s -m 3 --noproxy '*' http://127.0.0.1:\(port)/ || echo refused; kill %1"
      )
      #expect(forward.text == "refused\n", "\(forward)")
    }
    _ = try with("unmasked: [sftp, git, scp, rsync, binary]") { shell in
      let files = try shell.bash(
        """
        cd $HERE; O="${SSH#* -p $PORT }"
        /usr/bin/scp -q -P $PORT $O $WHO:$HERE/data got; cmp data got && echo same
        /usr/bin/scp -q -O -P $PORT $O $WHO:$HERE/data old; cmp data old && echo same
        /usr/bin/rsync -a -e "$SSH" $WHO:$HERE/data synced; cmp data synced && echo same
        $SSH $WHO "gzip -c $HERE/errors 2>/dev/null; head -c 100 /dev/zero" | wc -c
        """)
      #expect(files.text == "same\nsame\nsame\n100\n", "\(files)")
    }
  }

  @Test func `a policy that begins to mask ends what runs unmasked`() throws {
    _ = try with(policy: WebGateway.open) { shell in
      try shell.start("long", "$SSH $WHO 'echo begun ada@shop.example; sleep 600'")
      #expect(shell.said("long", "begun").text == "begun ada@shop.example\n")
      try shell.gateway.reload(policy: Self.policy)
      let ended = shell.said("long")
      #expect(ended.status == "255\n" && ended.errors.contains("what runs is masked from now on"), "\(ended)")
      #expect(try shell.ssh(["echo ada@shop.example"]).text == "[redacted:email]\n")
    }
  }
}
