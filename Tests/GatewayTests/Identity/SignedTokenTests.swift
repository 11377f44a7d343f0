import Bytes
import Foundation
import Model
import SSHKeys
import TestKit
import Testing

@testable import Gateway

/// Tokens that people sign with their SSH keys.
@Suite(.enabled(if: ScratchPostgres.isPresent)) struct SignedTokenTests {
  /// A folder with keys by ssh-keygen, and a gateway that knows some of them.
  private final class Place {
    let folder: URL
    let gateway: RunningGateway
    private let server: ScratchPostgres

    init(revoked: String = "", longest: String = "1h") throws {
      let folder = URL(filePath: "/tmp/exhibit-keys-\(UUID().uuidString.prefix(8))")
      self.folder = folder
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (name, kind) in [
        ("lin", ["ed25519"]), ("kim", ["rsa", "-b", "3072"]), ("eve", ["ed25519"]), ("jo", ["ecdsa"]),
      ] {
        try Self.keygen(["-q", "-t"] + kind + ["-N", "", "-f", folder.appending(path: name).path])
      }
      let authority = try OpenSSLAuthority()
      let own = try authority.issue("localhost", names: "DNS:localhost", usage: "serverAuth")
      let lines = try [
        ("lin@shop.example", "lin", "token@exhibit"), ("kim@shop.example", "kim", "*"),
        ("jo@shop.example", "jo", "approve@exhibit"),
      ]
      .map {
        "\($0) namespaces=\"\($2)\" " + (try String(contentsOf: folder.appending(path: "\($1).pub"), encoding: .utf8))
      }
      server = try ScratchPostgres()
      gateway = try RunningGateway(
        server: "\(server.folder.path):5432", listener: "tls: { certificate: c.pem, key: k.pem }",
        authentication: "password",
        files: [
          "c.pem": own.certificate, "k.pem": own.key, "allowed_signers": lines.joined(), "revoked-tokens": revoked,
          "revoked_keys": "",
        ],
        more:
          "token-signers: { file: allowed_signers, longest: \(longest), revoked: revoked-tokens, revoked-keys: revoked_keys }"
      )
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static func keygen(_ arguments: [String]) throws {
      try ScratchPostgres.check(try ScratchPostgres.run("/usr/bin/ssh-keygen", arguments))
    }

    static func claims(
      _ id: String = "abc", human: String = "lin@shop.example", from: Int64 = -10, to: Int64 = 600
    ) -> TokenClaims {
      var claims = TokenClaims(
        id: id, user: "claude", human: human, listener: "shop", issuedAt: RunningGateway.now().adding(seconds: from),
        expiresAt: RunningGateway.now().adding(seconds: to))
      (claims.agent, claims.run) = ("claude-code", "nightly-9")
      return claims
    }

    func token(_ claims: TokenClaims, by key: String = "lin", as namespace: String = "token@exhibit") throws -> String {
      let file = try Data(contentsOf: folder.appending(path: key))
      let signature = try SSHPrivateKey(file: Array(file)).sign(Array(claims.text.utf8), namespace: namespace)
      return SignedToken(claims, signature).text
    }

    func psql(_ token: String, user: String = "claude") throws -> ScratchPostgres.Output {
      try gateway.psql(["-c", "SELECT 40 + 2"], ["PGPASSWORD": token, "PGUSER": user, "PGSSLMODE": "require"])
    }
  }

  @Test func `a token that somebody signed lets in as he says, and is told as evidence`() throws {
    let place = try Place()
    let token = try place.token(Place.claims())
    #expect(try place.psql(token).text == "42\n")
    // As often as one likes, until it is over.
    #expect(try place.psql(token).text == "42\n")
    #expect(try place.psql(try place.token(Place.claims(human: "kim@shop.example"), by: "kim")).text == "42\n")
    // Those of the configuration go on.
    #expect(try place.psql(place.gateway.token.secret, user: "agent").text == "42\n")
    try place.gateway.stop()
    let text = try place.gateway.segments.map { try String(contentsOf: URL(filePath: $0), encoding: .isoLatin1) }
      .joined()
    let key = try SSHPrivateKey(file: Array(try Data(contentsOf: place.folder.appending(path: "lin")))).publicKey
    #expect(text.contains("\"authentication\":\"ssh-key:\(key.fingerprint)\""))
    for member in [
      "\"human\":\"lin@shop.example\"", "\"agent\":\"claude-code\"", "\"run\":\"nightly-9\"", "\"token\":\"abc\"",
    ] {
      #expect(text.contains(member))
    }
    #expect(!text.contains(token) && !place.gateway.log.all.contains(token))
  }

  @Test func `what is signed otherwise, for others or for another time lets nobody in`() throws {
    let place = try Place(revoked: "# taken back\ngone\n")
    var (elsewhere, other, gateway) = (Place.claims(), Place.claims(), Place.claims())
    elsewhere.listener = "crm"
    other.user = "codex"
    gateway.gateway = "gateway.example/other"
    var own = Place.claims()
    own.user = "agent"
    let good = try place.token(Place.claims())
    let parts = good.split(separator: ".").map(String.init)
    let changed = SignedToken(Place.claims("xyz"), try SignedToken(parsing: Array(good.utf8)).signature).text
    let bad: [(String, String, String)] = [
      (try place.token(Place.claims(), by: "eve"), "claude", "no allowed signer has"),
      (try place.token(Place.claims(), by: "kim"), "claude", "the key is another's"),
      (try place.token(Place.claims(human: "jo@shop.example"), by: "jo"), "claude", "does not allow the namespace"),
      (try place.token(Place.claims(), as: "approve@exhibit"), "claude", "signed for approve@exhibit"),
      (changed, "claude", "the key did not sign this message"),
      (try place.token(Place.claims(to: -1)), "claude", "the token is over"),
      (try place.token(Place.claims(from: 300)), "claude", "was not issued yet"),
      (try place.token(Place.claims(to: 4_000)), "claude", "is for longer than 3600 seconds"),
      (try place.token(elsewhere), "claude", "is for the listener crm"),
      (try place.token(other), "claude", "is for the user codex"),
      (try place.token(gateway), "claude", "is for the gateway gateway.example/other"),
      (try place.token(own), "agent", "the token's secret is wrong"),
      (try place.token(Place.claims("gone")), "claude", "the token gone was revoked"),
      ("exs1." + parts[1], "claude", "expected exs1."),
      ("exs1." + parts[1] + "." + String(repeating: "A", count: 9_000), "claude", "8192 bytes"),
    ]
    for (token, user, why) in bad {
      let output = try place.psql(token, user: user)
      #expect(output.text.isEmpty && output.status != 0, "\(why)")
      #expect(place.gateway.log.all.contains(why), "\(why): \(place.gateway.log.all.suffix(400))")
    }
    #expect(try place.psql(good).text == "42\n")
    try place.gateway.stop()
  }

  @Test func `a token that lets in once does so once, a restart included`() throws {
    let place = try Place()
    var claims = Place.claims("once")
    claims.isOnce = true
    let token = try place.token(claims)
    #expect(try place.psql(token).text == "42\n")
    let again = try place.psql(token)
    #expect(again.errors.contains("authentication failed"), "\(again)")
    #expect(place.gateway.log.all.contains("let in once, and was used"))
    let state = place.gateway.folder.appending(path: "state").path
    #expect(try !SpentTokens(folder: state, at: RunningGateway.now()).spend(claims))
    // What is over is forgotten; it lets nobody in anyway.
    #expect(try SpentTokens(folder: state, at: claims.expiresAt).spend(claims))
    try place.gateway.stop()
  }

  @Test(arguments: ["revoked-tokens", "revoked_keys", "allowed_signers"])
  func `a token that is taken back ends what it let in`(file: String) throws {
    let place = try Place()
    let client = try LivePsql(
      place.gateway, ["PGPASSWORD": try place.token(Place.claims()), "PGUSER": "claude", "PGSSLMODE": "require"])
    try client.expect("SELECT 'here'", "here")
    let key = try String(contentsOf: place.folder.appending(path: "lin.pub"), encoding: .utf8)
    try place.gateway.reload(file) { text in
      switch file {
      case "revoked-tokens": "abc\n"
      case "revoked_keys": key
      default: text.replacing("lin@shop.example", with: "lin@home.example")
      }
    }
    let rest = try client.end("SELECT 'again'")
    #expect(rest.contains("what you were let in by was revoked"), "\(rest)")
    #expect(!rest.contains("again\n"))
    try place.gateway.stop()
  }

  @Test func `ssh-keygen alone makes a token`() throws {
    let place = try Place()
    let script = """
      set -e
      cd '\(place.folder.path)'
      cat > claims <<END
      exhibit token 1
      id: $(openssl rand -hex 8)
      user: claude
      human: lin@shop.example
      agent: claude-code
      listener: shop
      issued: $(date -u +%Y-%m-%dT%H:%M:%SZ)
      expires: $(date -u -d '+30 minutes' +%Y-%m-%dT%H:%M:%SZ)
      END
      ssh-keygen -q -Y sign -n token@exhibit -f lin claims 2>/dev/null
      printf 'exs1.%s.%s' "$(base64 -w0 < claims)" "$(grep -v -- ----- claims.sig | tr -d '\\n')"
      """
    let made = try ScratchPostgres.run("/bin/sh", ["-c", script])
    #expect(made.text.hasPrefix("exs1."), "\(made)")
    #expect(try place.psql(made.text).text == "42\n", "\(place.gateway.log.all)")
    // And it reads ours.
    let file = place.folder.appending(path: "ours")
    let claims = Place.claims()
    try claims.text.write(to: file, atomically: true, encoding: .utf8)
    let signature = try SignedToken(parsing: Array(try place.token(claims).utf8)).signature
    try signature.armored.write(to: place.folder.appending(path: "ours.sig"), atomically: true, encoding: .utf8)
    let checked = try ScratchPostgres.run(
      "/bin/sh",
      [
        "-c",
        "ssh-keygen -Y verify -f '\(place.gateway.folder.path)/allowed_signers' -I lin@shop.example -n token@exhibit -s '\(file.path).sig' < '\(file.path)'",
      ])
    #expect(checked.status == 0, "\(checked)")
    try place.gateway.stop()
  }

  @Test func `claims have one meaning`() throws {
    var claims = Place.claims()
    (claims.gateway, claims.isOnce) = ("gateway.example/test", true)
    let text = claims.text
    let read = try TokenClaims(parsing: Array(text.utf8))
    #expect(read.text == text && read.isOnce && read.run == "nightly-9")
    let bad = [
      text.replacing("exhibit token 1", with: "exhibit token 2"), text + "\n", String(text.dropLast()),
      text + "user: root\n", text + "sudo: yes\n", text.replacing("once: true", with: "once: maybe"),
      text.replacing("user: claude", with: "user: claude "), text.replacing("user: claude", with: "user:claude"),
      text.replacing("user: claude", with: "user: cl\u{202e}aude"), text.replacing("id: abc\n", with: ""),
      text.replacing("\n", with: "\r\n"), text.replacing("issued: 2", with: "issued: x"),
      text.replacing("nightly-9", with: String(repeating: "n", count: 5_000)),
    ]
    for one in bad { #expect(throws: DecodeError.self, "\(one)") { try TokenClaims(parsing: Array(one.utf8)) } }
    #expect(throws: DecodeError.self) { try TokenClaims(parsing: [0xFF, 0x0A]) }
  }
}
