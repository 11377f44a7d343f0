import Bytes
import Foundation
import GRDB
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// A listener for SSH, asked by OpenSSH's own programs, before OpenSSH's own server.
@Suite(.serialized, .enabled(if: ScratchSSHD.isPresent, Comment(rawValue: ScratchSSHD.absence))) struct ShellTests {
  private func with(
    _ policy: String = WebGateway.open, authentication: String = "public-key", durability: String = "strict",
    _ body: (ShellGateway) throws -> Void
  ) throws {
    let server = try ScratchSSHD()
    let shell = try ShellGateway(server, policy: policy, authentication: authentication, durability: durability)
    try body(shell)
    try shell.gateway.stop()
  }

  /// What a case says of its actions.
  private func account(_ found: CaseFile) throws -> [String] {
    var lines: [String] = []
    for session in try found.sessions() {
      try found.forEachAction(session: session.id) { action in
        lines.append(
          "\(action.kind) \(action.verb) \(action.text) \(action.effect) \(action.status) \(action.code ?? "-")")
      }
    }
    return lines
  }

  @Test func `a client sees what the program said and how it ended, and the recording says the same`() throws {
    let server = try ScratchSSHD()
    let shell = try ShellGateway(server)
    let first = try shell.ssh(["echo out; echo err >&2; exit 7"])
    #expect(first.status == 7 && first.text == "out\n" && first.errors == "err\n")
    let second = try shell.bash("printf 'some data' | $SSH $WHO 'tr a-z A-Z'")
    #expect(second.status == 0 && second.text == "SOME DATA", "\(second.errors)")
    let third = try shell.ssh(["kill -TERM $$"])
    #expect(third.status == 255)
    let fourth = try shell.bash(
      "TEST_WORD=hello $SSH -o SendEnv=TEST_WORD -A -X $WHO 'echo $TEST_WORD[$SSH_AUTH_SOCK][$DISPLAY]'")
    #expect(fourth.text == "hello[][]\n", "\(fourth.errors)")
    let fifth = try shell.ssh(["-s", "nosuch"])
    #expect(fifth.status == 255 && fifth.errors.contains("subsystem request failed"))
    try shell.gateway.stop()
    let found = try shell.gateway.ingest()
    let login = "login LOGIN login as coder by publickey ssh-ed25519 "
    #expect(
      try account(found).filter { !$0.hasPrefix(login) } == [
        "exec echo echo out; echo err >&2; exit 7 read error 7", "exec tr tr a-z A-Z read ok 0",
        "exec kill kill -TERM $$ execute error SIGTERM",
        "exec echo echo $TEST_WORD[$SSH_AUTH_SOCK][$DISPLAY] read ok 0",
        "exec SUBSYSTEM subsystem nosuch unknown denied -",
      ])
    for session in try found.sessions() {
      #expect(session.server == "127.0.0.1:\(server.port)" && session.user == "coder" && session.isComplete)
      #expect(session.agent == "codex" && session.human == "bob@example.com", "\(session.reason ?? "")")
      #expect(session.application?.hasPrefix("OpenSSH") == true)
    }
    let database = try DatabaseQueue(path: shell.gateway.path("case.exhibit"))
    #expect(try database.read { try Row.fetchAll($0, sql: "SELECT code, detail FROM anomalies") }.isEmpty)
  }

  @Test func `files go through whole in both directions, by every program that moves them`() throws {
    let server = try ScratchSSHD()
    let shell = try ShellGateway(server, durability: "batched")
    let done = try shell.bash(
      """
      set -e; cd $HERE; umask 022
      head -c 2000000 /dev/urandom > big; mkdir src; cp big src/a; echo x > src/b
      O="${SSH#* -p $PORT }"
      $SSH $WHO cat < big | cmp - big
      printf 'put big far\\nget far near\\nrename far further\\nrm further\\n' | /usr/bin/sftp -q -b - -P $PORT $O $WHO:$HERE > sftp.log
      cmp big near
      /usr/bin/scp -q -O -P $PORT $O big $WHO:$HERE/old; cmp big old
      /usr/bin/scp -q -P $PORT $O $WHO:$HERE/big new; cmp big new
      /usr/bin/rsync -a -e "$SSH" src/ $WHO:$HERE/dst/; diff -r src dst
      git init -q --bare repo.git; git init -q -b main w; cd w; git config user.email a@b; git config user.name n
      echo 1 > f; git add f; git commit -qm one; export GIT_SSH_COMMAND="$SSH"
      git push -q ssh://$WHO$HERE/repo.git main; cd ..
      git clone -q -b main ssh://$WHO$HERE/repo.git clone; diff w/f clone/f
      echo all
      """)
    #expect(done.text == "all\n", "\(done.text)\(done.errors)")
    try shell.gateway.stop()
    let all = try account(try shell.gateway.ingest())
    let here = shell.folder.path
    for line in [
      "sftp put put \(here)/far write ok -", "sftp get get \(here)/far read ok -",
      "sftp remove remove \(here)/further write ok -", "scp put put \(here)/old write ok -",
      "rsync put put \(here)/dst/a write ok -",
    ] { #expect(all.contains(line), "\(line) is not in \(all.joined(separator: "\n"))") }
    #expect(all.contains { $0.hasPrefix("git git push") && $0.hasSuffix("refs/heads/main write ok -") })
  }

  @Test func `a terminal is one, and what is typed into a shell is found in the recording`() throws {
    let server = try ScratchSSHD()
    let shell = try ShellGateway(server)
    let said = try shell.bash(
      """
      (sleep 1; printf 'test -t 0 && echo is a terminal of $(stty size)\\r'; sleep 1; printf 'exit 3\\r') \\
        | script -qec "stty rows 31 cols 97; $SSH -tt $WHO" /dev/null; echo "status $?"
      """)
    #expect(said.text.contains("is a terminal of 31 97"), "\(said.text)\(said.errors)")
    #expect(said.text.contains("status 3"))
    try shell.gateway.stop()
    let all = try account(try shell.gateway.ingest())
    #expect(all.contains { $0.hasPrefix("shell SHELL shell on 127.0.0.1:\(server.port) execute error 3") }, "\(all)")
    #expect(all.contains { $0.contains("test -t 0") }, "\(all)")
  }

  @Test func `channels of one connection go their own ways, keys are changed, and what lives is kept alive`() throws {
    try with { shell in
      let done = try shell.bash(
        """
        cd $HERE; C="-o ControlPath=$HERE/control"
        $SSH -M -N -f $C -o ServerAliveInterval=1 -o ServerAliveCountMax=2 $WHO
        for i in 1 2 3 4 5 6; do $SSH $C $WHO "sleep 0.3; echo said $i; exit $i" > out.$i 2>&1; echo $? > status.$i & done; wait
        cat out.* status.*; sleep 3
        for i in $(seq 40); do $SSH $C $WHO true || echo failed; done; $SSH $C $WHO 'echo still'
        $SSH $C -O exit $WHO 2>/dev/null
        head -c 3000000 /dev/urandom > big
        $SSH -o RekeyLimit=512K $WHO cat < big | cmp - big && echo same
        """)
      #expect(
        done.text == "said 1\nsaid 2\nsaid 3\nsaid 4\nsaid 5\nsaid 6\n1\n2\n3\n4\n5\n6\nstill\nsame\n", "\(done.errors)"
      )
    }
  }

  @Test func `a connection is forwarded where the policy allows it, and is recorded as one of its own`() throws {
    let web = try WebTarget()
    let server = try ScratchSSHD()
    let shell = try ShellGateway(
      server,
      policy: """
        version: 1
        rules:
          - { id: there, when: { kind: forward, resource: "127.0.0.1:\(web.port)" }, then: allow }
          - { id: no-others, when: { kind: forward }, then: deny }
        default: allow
        """)
    let port = try Loopback.freePort()
    let other = try Loopback.freePort()
    let done = try shell.bash(
      """
      $SSH -N -L \(port):127.0.0.1:\(web.port) -L \(other):127.0.0.1:\(server.port) $WHO & 
      for i in $(seq 100); do curl -s --noproxy '*' http://127.0.0.1:\(port)/bytes/5 && break; sleep 0.05; done
      echo; curl -s --noproxy '*' -m 5 http://127.0.0.1:\(other)/ || echo refused
      kill %1; wait %1 2>/dev/null
      $SSH -o ExitOnForwardFailure=yes -R \(other):127.0.0.1:1 $WHO true 2>&1; echo $?
      """)
    #expect(done.text.hasPrefix("01234\nrefused\n"), "\(done.text)\(done.errors)")
    #expect(done.text.contains("remote port forwarding failed") && done.text.hasSuffix("255\n"))
    try shell.gateway.stop()
    let all = try account(try shell.gateway.ingest())
    #expect(
      all.contains { $0.hasPrefix("forward direct-tcpip direct-tcpip 127.0.0.1:\(web.port)") && $0.contains(" ok ") })
    #expect(
      all.contains {
        $0.hasPrefix("forward direct-tcpip direct-tcpip 127.0.0.1:\(server.port)") && $0.contains(" denied ")
      })
    #expect(all.contains { $0.hasPrefix("http GET") && $0.contains("/bytes/5 read ok 200") }, "\(all)")
    #expect(all.contains { $0.hasPrefix("forward listen listen") && $0.contains(" denied ") })
  }

  @Test func `who reads slowly holds the target back and costs no memory`() throws {
    try with(durability: "batched") { shell in
      let before = try Self.residentKiB()
      let done = try shell.bash(
        "$SSH $WHO 'head -c 40000000 /dev/zero' | (sleep 2; wc -c); $SSH $WHO 'sleep 2; wc -c' < <(head -c 30000000 /dev/zero)"
      )
      #expect(done.text == "40000000\n30000000\n", "\(done.errors)")
      #expect(try Self.residentKiB() - before < 24 << 10)
    }
  }

  private static func residentKiB() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
    return line.split(separator: " ").compactMap { Int($0) }.first ?? 0
  }
}
