import Bytes
import Foundation
import Model
import SSHKeys
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// The page with what waits, in headless Chromium, with a real server behind the gateway.
@Suite(.enabled(if: ScratchPostgres.isPresent && Browser.chromium != nil && Browser.node != nil))
struct ApprovalPageTests {
  private static let namespaces = #"namespaces="approval@test,rejection@test,login@test""#

  /// A gateway with a page, and a person whose key may certify browsers.
  private func with(
    count: Int = 1, signers: (URL) throws -> [String] = { _ in [] },
    _ body: (RunningGateway, Signer, URL) throws -> Void
  ) throws {
    try TemporaryFolder.with { folder in
      let bob = try Signer("bob", in: folder)
      let publicKey = try String(contentsOfFile: bob.key + ".pub", encoding: .utf8)
      let lines =
        [try bob.line, "bob@example.com cert-authority,\(Self.namespaces) \(publicKey)"] + (try signers(folder))
      let server = try ScratchPostgres()
      let gateway = try RunningGateway(
        server, policy: ControlTests.policy(count: count), limits: "hold: 120s", approvals: true,
        durability: "strict", files: ["allowed_signers": lines.joined()],
        more: "socket: gateway.sock\npage: { listen: 127.0.0.1:0, longest: 2h }")
      try withExtendedLifetime(server) { try body(gateway, bob, folder) }
      try gateway.stop()
    }
  }

  private func page(_ gateway: RunningGateway, host: String = "localhost") throws -> URL {
    try #require(URL(string: "http://\(host):\(gateway.port(of: "page"))/"))
  }

  /// Does something with what the browser writes to a file, on a thread of its own, while the browser is driven.
  private final class Watch: Sendable {
    private let isOver = Mutex(false)
    private let hasEnded = DispatchSemaphore(value: 0)

    init(_ file: URL, _ body: @escaping @Sendable (String) throws -> Void) {
      let thread = Thread { [self] in
        defer { hasEnded.signal() }
        while !isOver.withLock({ $0 }) {
          if let data = FileManager.default.contents(atPath: file.path) {
            do { try body(String(decoding: data, as: UTF8.self)) } catch { Issue.record("\(error)") }
            return
          }
          usleep(10_000)
        }
      }
      thread.start()
    }

    func end() {
      isOver.withLock { $0 = true }
      hasEnded.wait()
    }
  }

  /// Answers the code that the page shows as `exhibit approvals login` does.
  private func certify(
    _ gateway: RunningGateway, by signer: Signer, name: String = "bob@example.com", when file: URL
  ) -> Watch {
    let (socket, path) = (gateway.path("gateway.sock"), signer.key)
    return Watch(file) { code in
      let key = try SSHPrivateKey(file: Array(FileManager.default.contents(atPath: path) ?? Data()))
      let client = ControlClient(path: socket)
      let login = try client.ask("login", ["code": code, "authority": "\(key.publicKey)"])
      let browser = try SSHPublicKey(line: login["key"]?.string ?? "")
      let now = UInt64(Date().timeIntervalSince1970)
      let draft = try CertificateDraft(
        of: browser, keyID: "page", principal: name, valid: now - 60..<now + 3_600, authority: key.publicKey)
      _ = try client.ask("login", ["code": code, "certificate": "\(try key.certify(draft))"])
    }
  }

  private static func login(_ folder: URL) -> [BrowserDriver.Step] {
    [
      .evaluate(#"document.getElementById("with-key").click()"#),
      .save(#"document.getElementById("code").textContent"#, folder.appending(path: "code")),
    ]
  }
  private static let isIn = #"!document.getElementById("app").hidden"#

  @Test func `a browser logs in by a key's certificate, shows what waits, and what it signs lets it go on`() throws {
    try with { gateway, bob, folder in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      let text = "CREATE TABLE made (id int) -- \u{202e}dlo"
      client.query(text)
      let watch = certify(gateway, by: bob, when: folder.appending(path: "code"))
      defer { watch.end() }
      let said = try BrowserDriver.run(
        try page(gateway),
        Self.login(folder) + [
          .until(Self.isIn), .until(#"document.querySelector(".bar #approve") !== null"#),
          .evaluate(#"document.getElementById("name").textContent"#), .evaluate("document.title"),
          .evaluate(#"document.querySelector(".statement pre").textContent"#),
          .evaluate(#"document.querySelector("nav .text").textContent"#),
          .evaluate(#"document.querySelector(".statement .effect").textContent"#),
          .evaluate(#"[...document.querySelectorAll("article dl")].map(list => list.textContent).join(" ")"#),
          .key("a"),
          .until(#"document.activeElement?.id === "sign""#), .key("Enter"),
          .until(#"document.getElementById("notice").textContent.startsWith("Signed by")"#),
          .evaluate(#"document.getElementById("notice").textContent"#),
          .until(#"document.getElementById("waiting").textContent === "Nothing waits""#),
          .evaluate(#"document.getElementById("over").textContent"#),
        ])
      #expect(said.dropLast().contains("true"), "\(said)")
      #expect(said.last == "", "what the console said: \(said)")
      #expect(said.contains { $0.hasPrefix("bob@example.com until ") }, "\(said)")
      #expect(said.contains("(1) Approvals"), "\(said)")
      // What turns text round is shown and does not.
      #expect(said.count { $0 == "CREATE TABLE made (id int) -- \u{27e8}202E\u{27e9}dlo" } == 2, "\(said)")
      #expect(said.contains("schema"), "\(said)")
      #expect(said.contains { $0.contains("alice@example.com") && $0.contains("claude, run run-7") }, "\(said)")
      #expect(said.contains("Signed by bob@example.com; it is over: approved."), "\(said)")
      #expect(said.contains { $0.hasPrefix("approved CREATE TABLE made") }, "\(said)")
      #expect(try client.answers() == ["C CREATE TABLE", "Z I"])
      client.send("X")
      // The evidence is one that ssh-keygen verifies.
      let folder = gateway.path("approvals/held")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      let signature = try #require(names.first { $0.hasSuffix(".sig") })
      let request = try #require(names.first { $0.hasSuffix(".approval") })
      let verified = try ScratchPostgres.run(
        "/bin/sh",
        [
          "-c",
          "ssh-keygen -Y verify -f \(gateway.path("allowed_signers")) -I bob@example.com -n approval@test -s '\(folder)/\(signature)' <'\(folder)/\(request)'",
        ])
      #expect(verified.status == 0, "\(verified)")
      #expect(gateway.log.all.contains("page login"))
    }
  }

  @Test func `a denial by keyboard says why, and a certificate for somebody else lets nobody in`() throws {
    try with { gateway, bob, folder in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.query("CREATE TABLE never (id int)")
      let watch = certify(gateway, by: bob, when: folder.appending(path: "code"))
      defer { watch.end() }
      let said = try BrowserDriver.run(
        try page(gateway),
        Self.login(folder) + [
          .until(Self.isIn), .until(#"document.querySelector(".bar #deny") !== null"#),
          .key("d"), .until(#"document.activeElement?.id === "reason""#), .key("Enter"),
          .until(#"document.getElementById("notice").textContent === "A denial says why.""#),
          .type("not on a Friday"), .key("Enter"),
          .until(#"document.getElementById("notice").textContent.startsWith("Signed by")"#),
          .evaluate(#"document.getElementById("notice").textContent"#),
          // The login outlives the page, and ends when it is told to.
          .evaluate("location.reload()"), .until(Self.isIn), .evaluate(#"document.getElementById("leave").click()"#),
          .until(#"!document.getElementById("login").hidden"#),
        ])
      #expect(said.contains("Signed by bob@example.com; it is over: denied."), "\(said)")
      #expect(said.dropLast().last == "true", "\(said)")
      var message = try client.receive()
      while message.type != "E" { message = try client.receive() }
      #expect(RawClient.field("M", message.body)?.contains("bob@example.com rejected it: not on a Friday") == true)
      client.send("X")
    }
    try with { gateway, bob, folder in
      let watch = certify(gateway, by: bob, name: "carol@example.com", when: folder.appending(path: "code"))
      defer { watch.end() }
      let said = try BrowserDriver.run(
        try page(gateway),
        Self.login(folder) + [
          .until(#"document.getElementById("notice").className === "notice bad""#),
          .evaluate(#"document.getElementById("notice").textContent"#), .evaluate(Self.isIn),
        ])
      #expect(said.contains("nobody among the signers has the key"), "\(said)")
      #expect(said.contains("false"), "\(said)")
    }
  }

  @Test func `a security key that the browser asks logs in and signs each decision`() throws {
    try with { gateway, _, folder in
      let client = try RawClient(port: gateway.port, token: gateway.token)
      client.query("CREATE TABLE touched (id int)")
      let (signers, core) = (gateway.path("allowed_signers"), gateway.gateway.core)
      let file = folder.appending(path: "line")
      let watch = Watch(file) { line in
        // Whoever keeps the policy adds the line that the page gives.
        let handle = try FileHandle(forWritingTo: URL(filePath: signers))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("\(line)\n".utf8))
        try handle.close()
        core.lookAtApprovals()
      }
      defer { watch.end() }
      let token =
        #"{"options":{"protocol":"ctap2","transport":"internal","hasResidentKey":true,"hasUserVerification":true,"isUserVerified":true,"automaticPresenceSimulation":true}}"#
      let said = try BrowserDriver.run(
        try page(gateway),
        [
          .command("WebAuthn.enable", "{}"), .command("WebAuthn.addVirtualAuthenticator", token),
          // Nobody knows the key yet.
          .evaluate(#"document.getElementById("principal").value = "carol@example.com""#),
          .evaluate(#"document.getElementById("register").click()"#),
          .save(#"document.getElementById("line").textContent"#, file),
          .evaluate(
            """
            (async () => { for (let n = 0; n < 30 && document.getElementById("app").hidden; n++) {
            document.getElementById("with-token").click(); await new Promise(done => setTimeout(done, 500)); } })()
            """),
          .until(Self.isIn), .until(#"document.querySelector(".bar #approve") !== null"#),
          .evaluate(#"document.getElementById("name").textContent"#), .key("a"),
          .until(#"document.activeElement?.id === "sign""#), .key("Enter"),
          .until(#"document.getElementById("notice").textContent.startsWith("Signed by")"#),
          .evaluate(#"document.getElementById("notice").textContent"#),
        ])
      #expect(said.contains("Signed by carol@example.com; it is over: approved."), "\(said)")
      #expect(try client.answers() == ["C CREATE TABLE", "Z I"])
      client.send("X")
      let folder = gateway.path("approvals/held")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      let signature = try #require(names.first { $0.hasSuffix(".sig") })
      let request = try #require(names.first { $0.hasSuffix(".approval") })
      let verified = try ScratchPostgres.run(
        "/bin/sh",
        [
          "-c",
          "ssh-keygen -Y verify -f \(gateway.path("allowed_signers")) -I carol@example.com -n approval@test -s '\(folder)/\(signature)' <'\(folder)/\(request)'",
        ])
      #expect(verified.status == 0, "\(verified)")
    }
  }
}
