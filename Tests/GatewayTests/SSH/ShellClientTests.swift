import Foundation
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// Clients that people use besides OpenSSH's plain commands.
@Suite(.serialized, .enabled(if: ScratchSSHD.isPresent, Comment(rawValue: ScratchSSHD.absence)))
struct ShellClientTests {
  private static let policy = """
    version: 1
    rules:
      - { id: no-keys, when: { resource: "*keys" }, then: deny }
      - { id: no-metadata, when: { kind: forward, resource: "127.0.0.1:1" }, then: deny }
      - { id: all, when: {}, then: allow }
    default: deny
    """

  private static func has(_ program: String) -> Bool {
    FileManager.default.isExecutableFile(
      atPath: URL(filePath: WebGateway.python).deletingLastPathComponent().appending(path: program).path)
  }

  private func with(_ body: (ShellGateway, ScratchSSHD) throws -> Void) throws -> ShellGateway {
    let server = try ScratchSSHD()
    let shell = try ShellGateway(server, policy: Self.policy, durability: "batched")
    try FileManager.default.createDirectory(atPath: shell.path("drafts"), withIntermediateDirectories: true)
    try body(shell, server)
    try shell.gateway.stop()
    return shell
  }

  @Test(.enabled(if: has("python"), "scripts/setup.sh --tests was not run"))
  func `AsyncSSH runs commands at once, moves files and opens connections`() throws {
    let shell = try with { shell, server in
      let script = Checkout.root.appending(path: "Tests/Live/ssh_client.py").path
      let said = try ShellGateway.run([
        WebGateway.python, script, "\(shell.port)", "coder", shell.path("client"), shell.path("known_hosts"),
        shell.folder.path, "\(server.port)",
      ])
      #expect(said.status == 0 && said.text == "all\n", "\(said)")
    }
    _ = try shell.gateway.ingest()
    #expect(try shell.verdicts().contains("denied no-keys remove \(shell.path("keys"))"))
  }

  @Test(.enabled(if: has("ansible"), "scripts/setup.sh --tests was not run"))
  func `Ansible pings and copies, and is told what it may not`() throws {
    _ = try with { shell, server in
      let folder = URL(filePath: WebGateway.python).deletingLastPathComponent().path
      let said = try shell.bash(
        """
        cd $HERE; export ANSIBLE_HOST_KEY_CHECKING=True ANSIBLE_LOCAL_TEMP=$HERE/local ANSIBLE_NOCOLOR=1 LC_ALL=C.UTF-8
        export ANSIBLE_PYTHON_INTERPRETER=/usr/bin/python3 ANSIBLE_SSH_ARGS="${SSH#* -p $PORT } -o ControlMaster=auto -o ControlPersist=5s"
        export ANSIBLE_REMOTE_TEMP=$HERE/remote
        echo "it ansible_host=127.0.0.1 ansible_port=$PORT ansible_user=coder" > hosts; echo content > x
        \(folder)/ansible -i hosts it -m ping; echo "status $?"
        \(folder)/ansible -i hosts it -m copy -a "src=x dest=$HERE/drafts/copied"; echo "status $?"
        \(folder)/ansible -i hosts it -m command -a "touch $HERE/drafts/made"; echo "status $?"
        cat drafts/copied; ls drafts
        """)
      #expect(said.text.contains("\"ping\": \"pong\""), "\(said)")
      #expect(
        said.text.hasSuffix("content\ncopied\nmade\n") && said.text.components(separatedBy: "status 0").count == 4,
        "\(said)")
    }
  }

  @Test func `channels of one connection move files and run commands at once, and connections go where they may`()
    throws
  {
    _ = try with { shell, server in
      let port = try Loopback.freePort()
      let said = try shell.bash(
        """
        cd $HERE; C="-o ControlPath=$HERE/control"; O="${SSH#* -p $PORT }"
        head -c 3000000 /dev/urandom > big
        $SSH -M -N -f -D \(port) $C $WHO
        for i in 1 2 3 4; do
          /usr/bin/scp -q $C -P $PORT $O big $WHO:$HERE/drafts/big$i &
          $SSH $C $WHO "cat $HERE/big" | cmp - big &
        done; wait $(jobs -p)
        for i in 1 2 3 4; do cmp big drafts/big$i && echo same; done
        curl -s -m 5 --socks5-hostname 127.0.0.1:\(port) --http0.9 http://127.0.0.1:\(server.port)/ | head -c 8; echo
        curl -s -m 5 --socks5-hostname 127.0.0.1:\(port) http://127.0.0.1:1/ || echo refused
        $SSH $C -O forward -R 0:127.0.0.1:1 $WHO 2>&1 | head -n 1
        $SSH $C -O exit $WHO 2> /dev/null
        """)
      #expect(said.text.hasPrefix("same\nsame\nsame\nsame\nSSH-2.0-\nrefused\n"), "\(said)")
      #expect(said.text.contains("fail"), "\(said)")
    }
  }
}
