import Bytes
public import Model

/// An agent works on a server over SSH that was decrypted: a shell on a terminal, programs, files, a database in a tunnel, a
/// push of commits; a session without keys beside it, and a client that sends hostile text in every field.
public struct SSHStory {
  public static let work = "ses-55000000001"
  public static let tunnel = "ses-55000000002"
  public static let opaqueTunnel = "ses-55000000003"
  public static let sealed = "ses-55000000004"
  public static let hostile = "ses-55000000005"
  /// The action of the shell.
  public static let shell = work + ".2"

  public let story = MemoryCase("deploy-2026-11-20")
  private let sourceID: String

  /// Seconds after 2026-11-20T02:14:00Z.
  public static func at(_ seconds: Double) -> Timestamp { ContractorStory.at(seconds) }

  public init() {
    sourceID = story.addSource("captures/deploy.pcapng", packets: 9120, from: Self.at(0), until: Self.at(400))
    ownWork()
    carried()
    withoutKeys()
    attack()
    story.settle()
  }

  private func session(
    _ id: String, _ protocolName: String, user: String?, server: String = "10.20.0.14:22", target: String?,
    application: String?, from: Double, until: Double, parent: String? = nil, isDecrypted: Bool = true
  ) -> Session {
    Session(
      id: id, parentID: parent, protocolName: protocolName, client: "10.20.2.17:50122", server: server, user: user,
      target: target, application: application, isEncrypted: parent == nil, isDecrypted: parent == nil && isDecrypted,
      startedAt: Self.at(from), endedAt: Self.at(until), bytesIn: 41_902, bytesOut: 310_411, sourceID: sourceID)
  }

  public static func record(_ seconds: Double, _ kind: StreamRecord.Kind, _ text: String) -> StreamRecord {
    StreamRecord(
      at: at(seconds), direction: kind == .input || kind == .resize ? .fromClient : .fromServer, kind: kind,
      bytes: Array(text.utf8))
  }

  // MARK: The agent's session

  private func ownWork() {
    var script = SessionScript(
      story,
      session(
        Self.work, "ssh", user: "deploy", target: "web-1", application: "OpenSSH_9.6", from: 1, until: 200))
    story.storedFacts[Self.work] = [
      "ssh.client": "SSH-2.0-OpenSSH_9.6", "ssh.server": "SSH-2.0-OpenSSH_9.2p1 Debian-2",
      "ssh.kex": "sntrup761x25519-sha512@openssh.com", "ssh.cipher": "chacha20-poly1305@openssh.com",
      "ssh.compression": "none", "ssh.hassh": "aae6b9604f6f3356543709a376d7f657",
      "ssh.hassh-server": "b12d2871a1189eff20364cf5333619ee", "ssh.host-key-type": "ssh-ed25519",
      "ssh.host-key": "SHA256:uFZgy7IlXQ1a2GQxN1jS5jNfS1bqE8dTCrbq6nYbJ5Y", "ssh.host-key-verified": "true",
      "ssh.user-key": "ssh-ed25519 SHA256:2v9bT8VYqhFzJZ0yq0QJ7TgVZ8b0s2s7X9jR1k5m3nA", "ssh.auth-method": "publickey",
      "ssh.strict-kex": "true", "ssh.rekeys": "2",
    ]
    script.act(Self.at(1.5), "LOGIN", "login deploy by publickey", .session, kind: "login", transaction: nil)
    shell(&script)
    programs(&script)
    files(&script)
    pushes(&script)
    script.act(
      Self.at(120), "direct-tcpip", "direct-tcpip 10.20.0.5:5432 from 127.0.0.1:40112", .execute,
      [Resource("execute", "forward", "10.20.0.5:5432")], took: 40_000, kind: "forward", transaction: nil)
    script.act(
      Self.at(125), "direct-tcpip", "direct-tcpip 192.0.2.7:8443 from 127.0.0.1:40114", .execute,
      [Resource("execute", "forward", "192.0.2.7:8443")], took: 20_000, kind: "forward", transaction: nil)
    script.act(
      Self.at(126), "direct-tcpip", "direct-tcpip 10.0.0.1:25 from 127.0.0.1:40116", .execute,
      [Resource("execute", "forward", "10.0.0.1:25")], took: 1, kind: "forward", status: .denied,
      message: "administratively prohibited: open failed", transaction: nil)
  }

  /// What a bash on a terminal of 80 by 24 showed: colours, a full-screen editor, wide characters, a password that is not.
  public static func terminal() -> [StreamRecord] {
    var records = [record(3, .resize, "80x24")]
    var now = 3.2
    let prompt = "\u{1b}]0;deploy@web-1: ~/shop\u{7}\u{1b}[01;32mdeploy@web-1\u{1b}[00m:\u{1b}[01;34m~/shop\u{1b}[00m$ "
    func show(_ text: String, after: Double = 0.05) {
      now += after
      records.append(record(now, .output, text))
    }
    func type(_ text: String) {
      for character in text {
        now += 0.11
        records.append(record(now, .input, String(character)))
        records.append(record(now + 0.01, .output, String(character)))
      }
      now += 0.1
      records.append(record(now, .input, "\r"))
      records.append(record(now + 0.01, .output, "\r\n"))
    }
    show(prompt)
    type("ls --color /srv/shop")
    show(
      "\u{1b}[0m\u{1b}[01;34mbin\u{1b}[0m  \u{1b}[01;32mdeploy.sh\u{1b}[0m  \u{1b}[01;31mrelease-1.4.tar.gz\u{1b}[0m  日本語.txt  README.md\r\n"
    )
    show(prompt)
    type("sudo systemctl restart shop")
    show("[sudo] password for deploy: ")
    now += 1.5
    records.append(record(now, .input, "*******\r"))
    show("\r\n", after: 0.4)
    show(prompt, after: 2)
    type("journalctl -u shop -n 3")
    show(
      "Nov 20 02:14:31 web-1 shop[411]: \u{1b}[38;5;208mwarning\u{1b}[0m: cache is cold\r\n"
        + "Nov 20 02:14:32 web-1 shop[411]: \u{1b}[38;2;120;200;80mready\u{1b}[0m on :8080 (└─ 3 workers)\r\n"
        + "Nov 20 02:14:33 web-1 shop[411]: \u{1b}[1;37;41m ERROR \u{1b}[0m migration 0042 pending\r\n")
    show(prompt)
    now += 9
    records.append(record(now, .resize, "100x28"))
    type("vim config.yaml")
    show(
      "\u{1b}[?1049h\u{1b}[2J\u{1b}[H\u{1b}[34m# shop\u{1b}[0m\r\n\u{1b}[33mworkers\u{1b}[0m: \u{1b}[35m3\u{1b}[0m\r\n\u{1b}[33mdebug\u{1b}[0m: \u{1b}[35mfalse\u{1b}[0m"
    )
    for line in 4...27 { show("\u{1b}[\(line);1H\u{1b}[94m~\u{1b}[0m", after: 0.001) }
    show(
      "\u{1b}[28;1H\u{1b}[7m config.yaml                                   3,1           All \u{1b}[0m\u{1b}[2;10H",
      after: 0.3)
    show("\u{1b}[35m8\u{1b}[0m", after: 1.2)
    show("\u{1b}[28;1H\u{1b}[K:wq", after: 0.8)
    show("\u{1b}[?1049l", after: 0.5)
    show(prompt)
    type("rm -rf /srv/shop/cache")
    show("rm: cannot remove '/srv/shop/cache': \u{1b}[31mPermission denied\u{1b}[0m\r\n")
    show(prompt)
    type("exit")
    show("logout\r\n")
    records.append(record(now + 0.1, .exit, "1"))
    return records
  }

  private func shell(_ script: inout SessionScript) {
    let records = Self.terminal()
    let last = records.last?.at ?? Self.at(60)
    let took = Double(last.nanoseconds(since: Self.at(3))) / 1_000_000
    let shell = script.act(
      Self.at(3), "SHELL", "shell on web-1", .execute, [Resource("execute", "shell", "web-1")], took: took,
      kind: "shell", status: .error, code: "1", parameters: #"["LANG=C.UTF-8","terminal xterm-256color 80x24"]"#,
      transaction: nil)
    keep(records, of: shell.id)
    // When each line was sent, by its key.
    let enters = records.filter { $0.kind == .input && $0.bytes == [0x0D] }.map(\.at)
    let lines: [(String, Effect, Int?, String?)] = [
      ("ls --color /srv/shop", .read, 98, "0"), ("sudo systemctl restart shop", .execute, 95, "0"),
      ("journalctl -u shop -n 3", .read, 98, "0"), ("vim config.yaml", .write, 75, nil),
      ("rm -rf /srv/shop/cache", .write, 95, "1"), ("exit", .session, nil, nil),
    ]
    for ((text, effect, sure, code), at) in zip(lines, enters) {
      script.act(
        at, text.split(separator: " ").first.map(String.init) ?? text, text, effect,
        effect == .write ? [Resource("write", "file", "/srv/shop")] : [], took: nil, kind: "shell",
        status: code == "1" ? .error : .ok, code: code, parameters: sure.map { #"["confidence 0.\#($0)"]"# },
        transaction: nil, isInferred: sure != nil, parent: shell.id)
    }
  }

  private func keep(_ records: [StreamRecord], of id: String) {
    guard let place = story.storedActions.firstIndex(where: { $0.id == id }) else { return }
    story.storedActions[place].hasRecords = true
    story.streams[id] = .records(records)
  }

  private func programs(_ script: inout SessionScript) {
    let tar = script.act(
      Self.at(70), "tar", "tar -xzf release-1.4.tar.gz -C /srv/shop", .write,
      [Resource("write", "folder", "/srv/shop")],
      took: 800, kind: "exec", status: .error, code: "2", transaction: nil)
    keep(
      [
        Self.record(70.1, .output, "shop/\nshop/bin/\nshop/bin/serve\n"),
        Self.record(70.4, .errorOutput, "tar: shop/cache: Cannot mkdir: Permission denied\n"),
        Self.record(70.6, .output, "shop/README.md\n"),
        Self.record(70.8, .errorOutput, "tar: Exiting with failure status due to previous errors\n"),
        Self.record(70.8, .exit, "2"),
      ], of: tar.id)
    let id = script.act(
      Self.at(72), "id", "id -un", .read, [], took: 12, kind: "exec", code: "0", transaction: nil)
    keep([Self.record(72.01, .output, "deploy\n"), Self.record(72.012, .exit, "0")], of: id.id)
  }

  private func files(_ script: inout SessionScript) {
    func file(
      _ at: Double, _ kind: String, _ verb: String, _ access: String, _ path: String, to other: String? = nil,
      _ effect: Effect = .write, parameters: String? = nil, status: Action.Status = .ok, code: String? = nil,
      message: String? = nil
    ) {
      let resources =
        [Resource(access, "file", path)]
        + (other.map { [Resource(verb == "symlink" ? "create" : "write", "file", $0)] } ?? [])
      script.act(
        Self.at(at), verb, [verb, path, other.map { "→ \($0)" }].compactMap(\.self).joined(separator: " "), effect,
        verb == "symlink" ? Array(resources.dropFirst()) : resources, took: 30, kind: kind, status: status, code: code,
        message: message, parameters: parameters, transaction: nil)
    }
    let digest = SHA256.digest(of: "release").hex
    file(
      80, "scp", "put", "write", "/srv/shop/release-1.4.tar.gz",
      parameters: #"["size 48210944","mode 644","written 48210944 bytes","sha256 \#(digest)"]"#)
    file(81, "sftp", "mkdir", "create", "/srv/shop/releases/1.4")
    file(
      82, "sftp", "put", "write", "/srv/shop/releases/1.4/bin/serve",
      parameters: #"["size 7340032","mode 755","written 7340032 bytes","sha256 \#(SHA256.digest(of: "serve").hex)"]"#)
    file(83, "sftp", "rename", "rename", "/srv/shop/current.new", to: "/srv/shop/current")
    file(84, "sftp", "remove", "drop", "/srv/shop/releases/1.2/bin/serve")
    file(
      85, "sftp", "get", "read", "/etc/shop/secrets.yaml", .read,
      parameters: #"["size 1204","read 1204 bytes","sha256 \#(SHA256.digest(of: "secrets").hex)"]"#)
    file(
      86, "sftp", "remove", "drop", "/etc/shop/audit.log", status: .denied, code: "SSH_FX_PERMISSION_DENIED",
      message: "Permission denied")
    file(87, "sftp", "list", "read", "/srv/shop", .read)
    file(88, "sftp", "setstat", "alter", "/srv/shop/releases/1.4/bin/serve", .privilege, parameters: #"["mode 4755"]"#)
    file(89, "sftp", "symlink", "create", "/srv/shop/releases/1.4", to: "/srv/shop/latest")
  }

  // MARK: Pushes

  /// As `git log -p --format=raw --full-index` shows two commits.
  public static let history = """
    commit 9fceb02d0ae598e95dc970b74767f19372d61af8
    tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
    parent 1a410efbd13591db07496601ebc7a059dd55cfe9
    author Ada Byron <ada@example.com> 1795140843 +0100
    committer agent-7 <agent-7@example.com> 1795140900 +0000

        Refund orders in the currency they were paid in

        Amounts were converted twice.

        Co-authored-by: Grace Hopper <grace@example.com>
        Agent-Session: 7d3c1f02-44aa

    diff --git a/src/refund.py b/src/refund.py
    index 83baae61804e65cc73a7201a7252750c76066a30..1f7a7a472abf3dd9643fd615f6da379c4acb3e3a 100644
    --- a/src/refund.py
    +++ b/src/refund.py
    @@ -1,5 +1,5 @@
     def refund(order):
    -    amount = convert(order.total, "EUR")
    +    amount = order.total
         return pay(order.customer, amount)
     
     # the end
    diff --git a/docs/old.md b/docs/old.md
    deleted file mode 100644
    index 83baae61804e65cc73a7201a7252750c76066a30..0000000000000000000000000000000000000000
    --- a/docs/old.md
    +++ /dev/null
    @@ -1,2 +0,0 @@
    -old
    -words

    commit 1a410efbd13591db07496601ebc7a059dd55cfe9
    tree d8329fc1cc938780ffdd9f94e0d364e0ea74f579
    author Ada Byron <ada@example.com> 1795140000 +0100
    committer Ada Byron <ada@example.com> 1795140000 +0100

        First commit

    diff --git a/src/refund.py b/src/refund.py
    new file mode 100644
    index 0000000000000000000000000000000000000000..83baae61804e65cc73a7201a7252750c76066a30
    --- /dev/null
    +++ b/src/refund.py
    @@ -0,0 +1,2 @@
    +def refund(order):
    +    amount = convert(order.total, "EUR")
    diff --git a/logo.png b/logo.png
    new file mode 100644
    index 0000000000000000000000000000000000000000..83baae61804e65cc73a7201a7252750c76066a31
    Binary files /dev/null and b/logo.png differ

    """

  private func pushes(_ script: inout SessionScript) {
    let none = String(repeating: "0", count: 40)
    script.act(
      Self.at(95), "git push", "git push web-1/srv/git/shop.git refs/heads/main refs/heads/old refs/heads/topic",
      .write,
      [
        Resource("write", "ref", "web-1/srv/git/shop.git refs/heads/main"),
        Resource("drop", "ref", "web-1/srv/git/shop.git refs/heads/old"),
        Resource("write", "ref", "web-1/srv/git/shop.git refs/heads/topic"),
      ], took: 900, kind: "git", rows: 2,
      parameters:
        #"["\#(none) 9fceb02d0ae598e95dc970b74767f19372d61af8 refs/heads/main","aa410efbd13591db07496601ebc7a059dd55cfe0 \#(none) refs/heads/old","bb410efbd13591db07496601ebc7a059dd55cfe0 9fceb02d0ae598e95dc970b74767f19372d61af8 refs/heads/topic"]"#,
      transaction: nil, request: .text(Self.history), response: .text("remote: Resolving deltas: 100%\nok\n"))
  }

  // MARK: Other sessions

  private func carried() {
    var database = SessionScript(
      story,
      session(
        Self.tunnel, "postgres", user: "svc_migrate", server: "10.20.0.5:5432", target: "shop", application: "psql",
        from: 120.5, until: 160, parent: Self.work))
    database.act(
      Self.at(122), "UPDATE", "UPDATE orders SET state = 'refunded' WHERE id = 7", .write,
      [Resource("write", "table", "orders")], rows: 1)
    database.act(
      Self.at(123), "SELECT", "SELECT id, email FROM customers", .read, [Resource("read", "table", "customers")],
      rows: 2,
      columns: ["id", "email"], response: .rows(["id", "email"], [["1", "a@example.com"], ["2", nil]]))
    var opaque = session(
      Self.opaqueTunnel, "tls", user: nil, server: "192.0.2.7:8443", target: nil, application: nil, from: 125.2,
      until: 145, parent: Self.work)
    opaque.isComplete = false
    opaque.isEncrypted = true
    opaque.reason = "opaque: tls, 352313 bytes not looked into"
    story.add(opaque)
  }

  private func withoutKeys() {
    var sealed = session(
      Self.sealed, "ssh", user: nil, server: "10.20.0.15:22", target: nil, application: "OpenSSH_9.2p1", from: 210,
      until: 260, isDecrypted: false)
    sealed.isComplete = false
    sealed.reason = "opaque: no keys in the key log for this session"
    story.add(sealed)
    story.storedFacts[Self.sealed] = [
      "ssh.client": "SSH-2.0-OpenSSH_9.6", "ssh.server": "SSH-2.0-OpenSSH_9.2p1 Debian-2",
      "ssh.cipher": "aes256-gcm@openssh.com", "ssh.hassh": "aae6b9604f6f3356543709a376d7f657",
      "ssh.host-key": "SHA256:uFZgy7IlXQ1a2GQxN1jS5jNfS1bqE8dTCrbq6nYbJ5Y", "ssh.inferred.authentication": "accepted",
      "ssh.inferred.failed-attempts": "1", "ssh.inferred.use": "interactive",
      "ssh.inferred.small-client-packets": "212",
    ]
  }

  private func attack() {
    var client = SessionScript(
      story,
      session(
        Self.hostile, "ssh", user: "x\u{1b}[2J", target: "y</script>", application: "z", from: 300, until: 360))
    for (index, text) in Hostile.statements.enumerated() { Self.attack(with: text, index, &client, story) }
    story.storedFacts[Self.hostile] = ["ssh.client": Hostile.statements[0], "ssh.<b>": Hostile.statements[7]]
  }

  /// One action of each kind in which every text is the given one.
  public static func attack(
    with text: String, _ index: Int, _ client: inout SessionScript, _ story: MemoryCase
  ) {
    func keep(_ action: Action, _ records: [StreamRecord]) {
      guard let place = story.storedActions.firstIndex(where: { $0.id == action.id }) else { return }
      story.storedActions[place].hasRecords = true
      story.streams[action.id] = .records(records)
    }
    var json = JSONWriter()
    json.value(["terminal \(text) 40x6", text])
    let from = 301 + Double(index) * 2
    let shell = client.act(
      at(from), "SHELL", text, .execute, [Resource("execute", "shell", text)], took: 900, kind: "shell", code: text,
      message: text, parameters: json.text, transaction: nil)
    keep(
      shell,
      [
        record(from, .resize, "40x6"), record(from + 0.1, .output, "\u{1b}]0;\(text)\u{7}\(text)\r\n"),
        record(from + 0.2, .input, text), record(from + 0.3, .errorOutput, text), record(from + 0.4, .resize, text),
        record(from + 0.5, .exit, text),
      ])
    client.act(
      at(from + 0.2), text, text, .write, [Resource("write", "file", text)], took: nil, kind: "shell", code: text,
      message: text, parameters: json.text, transaction: nil, isInferred: true, parent: shell.id)
    let program = client.act(
      at(from + 0.6), text, text, .execute, [], kind: "exec", code: text, message: text, transaction: nil)
    keep(program, [record(from + 0.6, .output, text), record(from + 0.7, .errorOutput, text)])
    var sizes = JSONWriter()
    sizes.value(["size 12", "sha256 \(text)", text])
    client.act(
      at(from + 0.8), "put", "put \(text)", .write, [Resource("write", "file", "/srv/\(text)")], kind: "sftp",
      message: text, parameters: sizes.text, transaction: nil)
    client.act(
      at(from + 0.9), "direct-tcpip", "direct-tcpip \(text)", .execute, [Resource("execute", "forward", text)],
      kind: "forward", message: text, transaction: nil)
    var updates = JSONWriter()
    updates.value(["\(String(repeating: "0", count: 40)) \(text) \(text)", text])
    let shown = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n    ")
    client.act(
      at(from + 1), "git push", "git push \(text)", .write, [Resource("write", "ref", text)], kind: "git", rows: 1,
      parameters: updates.text, transaction: nil,
      request: .text(
        """
        commit \(String(repeating: "a", count: 40))
        author \(text) <\(text)> 1795140843 +0100
        committer \(text)

            \(shown)

            Co-authored-by: \(text)
            Agent-Session: \(text)

        diff --git a/\(text) b/\(text)
        new file mode 100644
        --- /dev/null
        +++ b/\(text)
        @@ -0,0 +1 @@ \(text)
        +\(text)
        """))
  }

  /// A verdict that accepts nothing.
  public var verdict: Verdict {
    var decisions: [String: Decision] = [:]
    for action in story.storedActions where action.isChange {
      decisions[action.id] = Decision(
        actionID: action.id, outcome: action.kind == "forward" ? .allowed : .unapproved, rule: action.effect.rawValue,
        reason: "it needs 1 approval and has none")
    }
    return Verdict(
      overall: .unapproved, policyName: "production.yaml", policySHA256: String(repeating: "ab", count: 32),
      decisions: decisions, findings: [], incompleteness: [])
  }
}
