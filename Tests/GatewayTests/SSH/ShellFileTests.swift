import Foundation
import GRDB
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// Files over SFTP, judged one by one, asked for by OpenSSH's own programs.
@Suite(.serialized, .enabled(if: ScratchSSHD.isPresent, Comment(rawValue: ScratchSSHD.absence))) struct ShellFileTests {
  private static let policy = """
    version: 1
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
      - { id: no-keys, when: { resource: "*keys*" }, then: deny }
      - { id: drafts, when: { resource: ["*/drafts/*", "* drafts/*"] }, then: allow }
    default: require-approval
    approvals: { signers: allowed_signers, namespace: test }
    """

  private func with(
    _ policy: String = Self.policy, limits: String = "hold: 60s", _ body: (ShellGateway, Signer) throws -> Void
  ) throws -> (CaseFile, ShellGateway) {
    try TemporaryFolder.with { folder in
      let signer = try Signer("carol", in: folder)
      let server = try ScratchSSHD()
      let shell = try ShellGateway(
        server, policy: policy, limits: limits, approvals: policy.contains("signers"),
        files: ["allowed_signers": try signer.line])
      try FileManager.default.createDirectory(atPath: shell.path("drafts"), withIntermediateDirectories: true)
      try body(shell, signer)
      try shell.gateway.stop()
      return (try shell.gateway.ingest(), shell)
    }
  }

  private func verdicts(_ shell: ShellGateway) throws -> [String] {
    try shell.verdicts().map { $0.replacing(shell.folder.path, with: "~") }
  }

  @Test func `each file is judged by itself, and a denial is the server's own`() throws {
    let (found, shell) = try with { shell, _ in
      let said = try shell.bash(
        """
        cd $HERE; echo content > x; echo old > drafts/old; O="${SSH#* -p $PORT }"
        cat > batch <<END
        put x drafts/new
        get drafts/new back
        -put x keys
        -rename drafts/new keys
        -symlink /etc/passwd keys
        -mkdir keys
        -rm keys
        -chmod 600 keys
        mkdir drafts/in
        put -p x drafts/in/../second
        rename drafts/old drafts/older
        rm drafts/older
        rmdir drafts/in
        ln -s drafts/new drafts/link
        ln drafts/new drafts/hard
        ls -l drafts
        df drafts
        END
        /usr/bin/sftp -q -b batch -P $PORT $O $WHO:$HERE; echo "status $?"
        cat back drafts/new drafts/second; ls drafts; ls keys
        /usr/bin/scp -q -P $PORT $O x $WHO:$HERE/keys; echo "status $?"
        """)
      #expect(said.text.contains("status 0\ncontent\ncontent\ncontent\nhard\nlink\nnew\nsecond\n"), "\(said)")
      #expect(said.text.hasSuffix("status 1\n"), "\(said)")
      #expect(said.errors.contains("ermission denied") && said.errors.contains("exhibit: refused by policy: "))
      #expect(!FileManager.default.fileExists(atPath: shell.path("keys")))
    }
    let all = try verdicts(shell)
    for line in [
      "denied no-keys put ~/keys", "denied no-keys rename ~/drafts/new → ~/keys",
      "denied no-keys symlink ~/keys → /etc/passwd", "denied no-keys mkdir ~/keys", "denied no-keys remove ~/keys",
      "denied no-keys setstat ~/keys", "allowed drafts put ~/drafts/new", "allowed drafts mkdir ~/drafts/in",
      "allowed drafts rename ~/drafts/old → ~/drafts/older", "allowed drafts remove ~/drafts/older",
      "allowed drafts link ~/drafts/hard → ~/drafts/new", "allowed drafts put ~/drafts/in/../second",
    ] { #expect(all.contains(line), "\(line) is not in \(all.joined(separator: "\n"))") }
    #expect(all.filter { $0 == "denied no-keys put ~/keys" }.count == 2)
    var refused: [String] = []
    for session in try found.sessions() {
      try found.forEachAction(session: session.id) { action in
        if action.status == .denied { refused.append("\(action.verb) \(action.code ?? "-")") }
      }
    }
    #expect(refused.contains("put SSH_FX_PERMISSION_DENIED") && refused.count >= 7, "\(refused)")
  }

  @Test func `a file waits for people, and other channels do not wait for it`() throws {
    let (_, shell) = try with { shell, signer in
      let control = "-o ControlPath=\(shell.path("control"))"
      _ = try shell.bash("$SSH -M -N -f \(control) $WHO; echo content > $HERE/x; echo kept > $HERE/kept")
      try shell.start(
        "held",
        """
        printf 'put x made\\nget kept back\\n-rm kept\\n' \
          | /usr/bin/sftp -q -b - \(control) -P $PORT ${SSH#* -p $PORT } $WHO:$HERE
        """)
      let held = try #require(shell.waiting().first)
      #expect(held.text == "put \(shell.path("made"))" && held.parts.first?.action.effect == .write, "\(held.text)")
      #expect(try shell.bash("$SSH \(control) $WHO echo meanwhile").text == "meanwhile\n")
      #expect(!FileManager.default.fileExists(atPath: shell.path("made")))
      try shell.decide(held, "approval@test", by: signer)
      let second = try #require(shell.waiting(verb: "remove").first)
      #expect(try String(contentsOfFile: shell.path("made"), encoding: .utf8) == "content\n")
      #expect(try String(contentsOfFile: shell.path("back"), encoding: .utf8) == "kept\n")
      try shell.decide(second, "rejection@test", by: signer, reason: "it is kept")
      let ended = shell.said("held")
      #expect(ended.status == "0\n", "\(ended)")
      #expect(ended.errors.contains("it is kept"), "\(ended)")
      #expect(FileManager.default.fileExists(atPath: shell.path("kept")))
      _ = try shell.bash("$SSH \(control) -O exit $WHO")
    }
    let all = try verdicts(shell)
    #expect(all.contains("held default put ~/made") && all.contains("approved default put ~/made"), "\(all)")
    #expect(all.contains("held default remove ~/kept") && all.contains("denied default remove ~/kept"), "\(all)")
  }

  @Test func `nobody answers, or the client goes away`() throws {
    let (_, shell) = try with(limits: "hold: 2s") { shell, _ in
      let late = try shell.bash("cd $HERE; echo x > x; /usr/bin/scp -q -P $PORT ${SSH#* -p $PORT } x $WHO:$HERE/late")
      #expect(late.status != 0 && late.errors.contains("nobody approved it within 2 seconds"), "\(late)")
      #expect(!FileManager.default.fileExists(atPath: shell.path("late")))
    }
    #expect(try verdicts(shell).contains("expired default put ~/late"))
    let (_, other) = try with { shell, _ in
      try shell.start("gone", "echo x > x; timeout 4 /usr/bin/scp -q -P $PORT ${SSH#* -p $PORT } x $WHO:$HERE/late")
      #expect(shell.waiting().count == 1)
      #expect(shell.waiting(0).isEmpty)
      #expect(!FileManager.default.fileExists(atPath: shell.path("late")))
    }
    #expect(try verdicts(other).contains("withdrawn default put ~/late"))
  }

  @Test func `a target that goes away takes what waits inside a channel with it`() throws {
    let kills = Self.policy.replacing("rules:", with: "rules:\n  - { id: kills, when: { verb: kill }, then: allow }")
    let (_, shell) = try with(kills) { shell, _ in
      let control = "-o ControlPath=\(shell.path("control"))"
      _ = try shell.bash("$SSH -M -N -f \(control) $WHO")
      try shell.start("put", "echo x > x; /usr/bin/scp -q \(control) -P $PORT ${SSH#* -p $PORT } x $WHO:$HERE/put")
      #expect(shell.waiting().count == 1)
      try shell.start("kill", "$SSH \(control) $WHO 'kill -KILL $PPID'")
      let ended = shell.said("put")
      #expect(ended.status != "0\n" && ended.errors.contains("the target closed the connection"), "\(ended)")
      #expect(try shell.ssh(["true"]).status == 0)
    }
    #expect(try verdicts(shell).contains("withdrawn default put ~/put"))
    #expect(shell.gateway.gateway.core.held.all.isEmpty)
  }

  // MARK: By hand

  /// Messages that OpenSSH's client would not send.
  private struct Wire {
    var bytes: [UInt8] = []

    static func string(_ text: String) -> [UInt8] { number(UInt32(text.utf8.count)) + Array(text.utf8) }
    static func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    mutating func add(_ type: UInt8, _ id: UInt32? = nil, _ body: [UInt8]) {
      let all = [type] + (id.map(Self.number) ?? []) + body
      bytes += Self.number(UInt32(all.count)) + all
    }

    static func opening(_ version: UInt32 = 3) -> Wire {
      var wire = Wire()
      wire.add(1, nil, number(version))
      return wire
    }
  }

  /// What comes back, message by message, as `type id code`.
  private func ask(_ shell: ShellGateway, _ wire: Wire) throws -> (answers: [String], output: ScratchPostgres.Output) {
    try Data(wire.bytes).write(to: URL(filePath: shell.path("asked")))
    let output = try shell.bash("(cat $HERE/asked; sleep 1) | $SSH -s $WHO sftp > $HERE/told")
    let told = [UInt8](try Data(contentsOf: URL(filePath: shell.path("told"))))
    var answers: [String] = []
    var index = 0
    func word(_ at: Int) -> Int { told[at..<min(at + 4, told.count)].reduce(0) { $0 << 8 | Int($1) } }
    while index + 9 <= told.count {
      let (length, type) = (word(index), told[index + 4])
      answers.append("\(type) \(word(index + 5))" + (type == 101 ? " \(word(index + 9))" : ""))
      index += 4 + length
    }
    return (answers, output)
  }

  @Test func `what is not what it seems is judged as what it is`() throws {
    let (_, shell) = try with { shell, _ in
      _ = FileManager.default.createFile(atPath: shell.path("kept"), contents: Data("kept".utf8))
      var wire = Wire.opening(6)
      let none = Wire.number(0)
      // Opened for reading, and emptied; opened for nothing, and made.
      wire.add(3, 1, Wire.string(shell.path("a-keys")) + Wire.number(0x11) + none)
      wire.add(3, 2, Wire.string(shell.path("a-keys")) + Wire.number(0x08) + none)
      // A handle that nobody was given.
      wire.add(10, 3, Wire.string("\0\0\0\0") + Wire.number(4) + Wire.number(0o777))
      wire.add(6, 4, Wire.string("\0\0\0\0") + none + none + Wire.string("x"))
      wire.add(200, 5, Wire.string("posix-rename@openssh.com") + Wire.string(shell.path("kept")) + Wire.string("/keys"))
      wire.add(200, 6, Wire.string("lsetstat@openssh.com") + Wire.string("/keys") + Wire.number(4) + Wire.number(0))
      wire.add(200, 7, Wire.string("hardlink@openssh.com") + Wire.string("/keys") + Wire.string(shell.path("new")))
      wire.add(200, 8, Wire.string("limits@openssh.com"))
      wire.add(17, 9, Wire.string(shell.path("kept")))
      wire.add(18, 10, Wire.string(shell.path("drafts/../keys")) + Wire.string(shell.path("drafts/x")))
      let (answers, _) = try ask(shell, wire)
      #expect(
        answers.sorted()
          == [
            "2 3", "101 1 3", "101 2 3", "101 3 4", "101 4 4", "101 5 3", "101 6 3", "101 7 3", "201 8", "105 9",
            "101 10 3",
          ].sorted(), "\(answers)")
      #expect(FileManager.default.fileExists(atPath: shell.path("kept")))
    }
    #expect(try verdicts(shell).filter { $0.hasPrefix("denied no-keys ") }.count == 6)
  }

  @Test func `an extension that nobody knows is a change`() throws {
    let (_, shell) = try with(limits: "hold: 1s") { shell, _ in
      var wire = Wire.opening()
      wire.add(200, 1, Wire.string("frobnicate@example.com") + Wire.string("/etc"))
      try Data(wire.bytes).write(to: URL(filePath: shell.path("asked")))
      let output = try shell.bash("(cat $HERE/asked; sleep 3) | $SSH -s $WHO sftp | od -An -tx1")
      #expect(output.errors.contains("nobody approved it within 1 seconds"), "\(output)")
    }
    #expect(try verdicts(shell).contains("expired default other frobnicate@example.com"))
  }

  static let malformed: [[UInt8]] = [
    [0, 8, 0, 0, 3], [0, 0, 0, 0], [0, 0, 0, 5, 99, 0, 0, 0, 1], [0, 0, 0, 5, 1, 0, 0, 0, 3],
    [0, 0, 0, 10, 13, 0, 0, 0, 1, 0, 0, 0, 1, 0], [0, 0, 0, 11, 13, 0, 0, 0, 1, 0, 0, 0, 1, 65, 66],
    [0, 0, 0, 10, 13, 0, 0, 0, 1, 0, 0, 0, 9, 65], [0, 0, 0, 3, 13, 0, 0],
  ]

  @Test(arguments: malformed.indices) func `what is no message ends the channel, and the recording tells`(
    index: Int
  ) throws {
    let (_, shell) = try with(WebGateway.open) { shell, _ in
      var wire = Wire.opening()
      wire.bytes += Self.malformed[index]
      // It would be the next, if anybody listened.
      wire.add(14, 7, Wire.string(shell.path("after")) + Wire.number(0))
      let (answers, output) = try ask(shell, wire)
      #expect(answers == ["2 3"] || answers.isEmpty, "\(answers)")
      #expect(output.errors.contains("exhibit: what the client sends cannot be read: "), "\(output)")
      #expect(!FileManager.default.fileExists(atPath: shell.path("after")))
    }
    let database = try DatabaseQueue(path: shell.gateway.path("case.exhibit"))
    let told = try database.read { database in
      try String.fetchAll(database, sql: "SELECT reason FROM decisions WHERE kind = 'decision' AND outcome = 'denied'")
    }
    #expect(told.contains { $0.contains("what the client sends cannot be read") }, "\(told)")
  }
}
