import Foundation
import Model
import SSHKeys
import TestKit
import Testing

@testable import Gateway

/// Tokens that people sign, given to the listeners of HTTP and SSH.
@Suite(.enabled(if: ScratchSSHD.isPresent, Comment(rawValue: ScratchSSHD.absence))) struct SignedTokenEverywhereTests {
  /// Lin's key, and the gateway's lines that let him sign.
  private final class Signing {
    let folder = URL(filePath: "/tmp/exhibit-keys-\(UUID().uuidString.prefix(8))")
    let key: SSHPrivateKey

    init() throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try ScratchSSHD.makeKey(folder.appending(path: "lin").path)
      key = try SSHPrivateKey(file: Array(try Data(contentsOf: folder.appending(path: "lin"))))
      let own = try String(contentsOf: folder.appending(path: "lin.pub"), encoding: .utf8)
      try "lin@shop.example namespaces=\"token@exhibit\" \(own)".write(
        to: folder.appending(path: "signers"), atomically: true, encoding: .utf8)
      try "gone\n".write(to: folder.appending(path: "revoked"), atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var rules: String {
      "token-signers: { file: \(folder.path)/signers, longest: 1h, revoked: \(folder.path)/revoked }"
    }

    func token(_ id: String, listener: String, until seconds: Int64 = 600, isOnce: Bool = false) throws -> String {
      var claims = TokenClaims(
        id: id, user: "claude", human: "lin@shop.example", listener: listener,
        issuedAt: RunningGateway.now().adding(seconds: -10), expiresAt: RunningGateway.now().adding(seconds: seconds))
      (claims.agent, claims.run, claims.isOnce) = ("claude-code", "nightly-9", isOnce)
      return SignedToken(claims, try key.sign(Array(claims.text.utf8), namespace: "token@exhibit")).text
    }

    /// What is said of him in the recording, and that no token is in it.
    func check(_ gateway: WebGateway, _ tokens: [String]) throws {
      let recorded = try gateway.recordedBytes()
      for member in [
        #""human":"lin@shop.example""#, #""agent":"claude-code""#, #""run":"nightly-9""#, #""token":"abc""#,
        "\"authentication\":\"ssh-key:\(key.publicKey.fingerprint)\"",
      ] {
        #expect(recorded.firstRange(of: Data(member.utf8)) != nil, "\(member)")
      }
      for token in tokens {
        #expect(recorded.firstRange(of: Data(token.utf8)) == nil && !gateway.log.all.contains(token))
      }
    }
  }

  @Test func `HTTP takes them as Bearer and as a password`() throws {
    let signing = try Signing()
    let server = try WebTarget()
    let gateway = try WebGateway(WebGateway.reverse("http://127.0.0.1:\(server.port)"), more: signing.rules)
    func ask(_ arguments: [String], times: Int = 1) throws -> String {
      let urls = [String](repeating: "http://127.0.0.1:\(gateway.port())/bytes/3", count: times)
      return try WebGateway.curl(arguments + ["-w", " %{http_code} "] + urls).text
    }
    let good = try signing.token("abc", listener: "web")
    #expect(try ask(["-H", "Authorization: Bearer \(good)"]) == "012 200 ")
    #expect(try ask(["-u", "claude:\(good)"], times: 2) == "012 200 012 200 ")
    // One connection, and what it asks.
    let once = try signing.token("once", listener: "web", isOnce: true)
    #expect(try ask(["-u", "claude:\(once)"], times: 3) == "012 200 012 200 012 200 ")
    #expect(try ask(["-u", "claude:\(once)"]).hasSuffix(" 401 "))
    let bad = [
      try signing.token("a", listener: "crm"), try signing.token("b", listener: "web", until: -1),
      try signing.token("gone", listener: "web"), String(good.dropLast(8)) + "AAAAAAAA",
    ]
    for token in bad { #expect(try ask(["-H", "Authorization: Bearer \(token)"]).hasSuffix(" 401 ")) }
    #expect(try ask(["-u", "codex:\(good)"]).hasSuffix(" 401 "))
    try gateway.stop()
    try signing.check(gateway, [good, once] + bad)
    #expect(server.asked.allSatisfy { !$0.contains("exs1.") })
  }

  @Test func `SSH takes them as a password`() throws {
    let signing = try Signing()
    let server = try ScratchSSHD()
    let shell = try ShellGateway(server, authentication: "[public-key, password]", more: signing.rules)
    func ask(_ token: String, as user: String = "claude") throws -> ScratchPostgres.Output {
      try shell.bash(
        """
        printf '#!/bin/sh\\nprintf %s "$SECRET"\\n' > $HERE/ask; chmod 700 $HERE/ask
        ${SSH/BatchMode=yes/BatchMode=no} -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 $USER_NAME@127.0.0.1 'echo in'
        """,
        ["USER_NAME": user, "SECRET": token, "SSH_ASKPASS": shell.path("ask"), "SSH_ASKPASS_REQUIRE": "force"])
    }
    let good = try signing.token("abc", listener: "build")
    #expect(try ask(good).text == "in\n")
    let once = try signing.token("once", listener: "build", isOnce: true)
    #expect(try ask(once).text == "in\n")
    let bad = [
      once, try signing.token("a", listener: "web"), try signing.token("b", listener: "build", until: -1),
      try signing.token("gone", listener: "build"),
    ]
    for token in bad {
      let answer = try ask(token)
      #expect(answer.status == 255 && answer.errors.contains("Permission denied"), "\(answer.errors)")
    }
    #expect(try ask(good, as: "codex").status == 255)
    try shell.gateway.stop()
    try signing.check(shell.gateway, [good] + bad)
  }
}
