import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Gateway

/// Tokens and keys that a library of others made.
@Suite(
  .enabled(
    if: FileManager.default.isExecutableFile(atPath: RunningGateway.python), "scripts/setup.sh --tests was not run"))
struct JSONWebTokenTests {
  private static let algorithms = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
  ]

  private func verdict(_ token: String, _ keys: JSONWebKeySet) throws -> JSONWebKeySet.Verdict {
    keys.verdict(on: try JSONWebToken(parsing: Array(token.utf8)))
  }

  @Test func `signatures of all algorithms are verified, and none that was changed`() throws {
    let issuer = try JoseIssuer(Dictionary(uniqueKeysWithValues: Self.algorithms.map { ($0, $0) }))
    let keys = try JSONWebKeySet(parsing: Array(try issuer.keySet().utf8))
    let tokens = try issuer.tokens(Self.algorithms.map { ($0, JoseIssuer.claims()) })
    for (algorithm, token) in zip(Self.algorithms, tokens) {
      #expect(JSONWebToken.isMeant(Array(token.utf8)))
      #expect(try verdict(token, keys) == .signed, "\(algorithm)")
      // Each of its bytes counts.
      let parsed = try JSONWebToken(parsing: Array(token.utf8))
      for index in stride(from: 0, to: parsed.signature.count, by: 7) {
        var changed = parsed.signature
        changed[index] ^= 0x10
        let text = token.prefix { $0 != "." } + "." + token.split(separator: ".")[1] + "." + Self.text(changed)
        #expect(try verdict(String(text), keys) == .wrongSignature, "\(algorithm) at \(index)")
      }
      let other = token.replacing(token.split(separator: ".")[1], with: Self.text(Array(#"{"sub":"eve"}"#.utf8)))
      #expect(try verdict(other, keys) == .wrongSignature)
      // A key that is gone, and one of another algorithm by the same name.
      let rest = try JSONWebKeySet(parsing: Array(try issuer.keySet(without: [algorithm]).utf8))
      #expect(try verdict(token, rest) == .unknownKey)
    }
  }

  private static func text(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  @Test func `what is no token, is signed with a shared secret or not at all, or is critical is refused`() throws {
    func token(_ header: String, _ claims: String = #"{"sub":"a"}"#, _ signature: String = "AAAA") -> String {
      Self.text(Array(header.utf8)) + "." + Self.text(Array(claims.utf8)) + "." + signature
    }
    for (text, says) in [
      (token(#"{"alg":"none"}"#), "alg"), (token(#"{"alg":"HS256"}"#), "alg"),
      (token(#"{"alg":"none"}"#, "{}", ""), "alg"),
      (token(#"{"alg":"RS256","crit":["b64"],"b64":false}"#), "crit"),
      (token(#"{"typ":"dpop+jwt","alg":"RS256"}"#), "typ"),
      (token(#"{"alg":"RS256","alg":"none"}"#), "each name once"),
      (token(#"{"alg":"RS256"}"#, #"{"a":1,"a":2}"#), "each name once"),
      (token(#"{"alg":"RS256"}"#, "[]"), "a JSON object"), (token(#"{"alg":"RS256"}"#, "{}", "AA=="), "base64url"),
      (token(#"{"alg":"RS256"}"#, "{}", "A"), "base64url"), ("eyJ.e", "base64url"),
      (token(#"{"alg":"RS256"}"#, #"{"a":""# + String(repeating: "x", count: 9_000) + #""}"#), "8192 bytes"),
    ] {
      #expect(throws: DecodeError.self, "\(text)") { _ = try JSONWebToken(parsing: Array(text.utf8)) }
      do { _ = try JSONWebToken(parsing: Array(text.utf8)) } catch { #expect("\(error)".contains(says), "\(error)") }
    }
  }

  @Test func `keys that are no keys are left out, and a set without any is refused`() throws {
    let point = #"{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}"#
    let off =
      #"{"kty":"EC","crv":"P-256","x":"\#(String(repeating: "A", count: 43))","y":"\#(String(repeating: "B", count: 43))"}"#
    let short = #"{"kty":"RSA","n":"\#(String(repeating: "_", count: 170))","e":"AQAB"}"#
    for text in [
      "", "[]", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[1,null,{}]}"#, #"{"keys":[\#(point)]}"#,
      #"{"keys":[\#(off)]}"#,
      #"{"keys":[\#(short)]}"#, #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#,
      #"{"keys":[{"kty":"OKP","crv":"X25519","x":"AA"}]}"#,
    ] {
      #expect(throws: DecodeError.self, "\(text)") { _ = try JSONWebKeySet(parsing: Array(text.utf8)) }
    }
  }

  @Test func `damaged tokens and key sets are refused, whatever the damage`() throws {
    let issuer = try JoseIssuer(["a": "ES256", "b": "RS256"])
    let set = Array(try issuer.keySet().utf8)
    let keys = try JSONWebKeySet(parsing: set)
    let token = Array(try issuer.token("a").utf8)
    let whole = try JSONWebToken(parsing: token)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      var bytes = token
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if let parsed = try? JSONWebToken(parsing: bytes), bytes != token {
        // Only what the signature does not cover twice over: its last character has bits that say nothing.
        #expect(keys.verdict(on: parsed) != .signed || parsed.signature == whole.signature)
      }
      var damaged = set
      damaged[Int.random(in: 0..<damaged.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      _ = try? JSONWebKeySet(parsing: damaged)
    }
  }
}
