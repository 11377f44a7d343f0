import Bytes
import Foundation
import Model
import TestKit

@testable import Gateway

/// An issuer of JSON Web Tokens: keys and tokens by a library of others (joserfc).
final class JoseIssuer {
  static let name = "https://login.example/realms/agents"

  private static let program = """
    import json, sys
    from joserfc import jwk, jws
    order = json.load(sys.stdin)
    def make(a):
        if a[0] in 'RP': return jwk.RSAKey.generate_key(2048)
        if a[0] == 'E' and a[1] == 'S': return jwk.ECKey.generate_key({'ES256': 'P-256', 'ES384': 'P-384', 'ES512': 'P-521'}[a])
        return jwk.OKPKey.generate_key('Ed25519')
    def load(d): return {'RSA': jwk.RSAKey, 'EC': jwk.ECKey, 'OKP': jwk.OKPKey}[d['kty']].import_key(d)
    names = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
    if 'make' in order:
        out = {k: make(a).as_dict(private=True) for k, a in order['make'].items()}
    else:
        out = []
        for t in order['sign']:
            header = {'alg': t['alg'], 'kid': t['kid'], **t.get('header', {})}
            out.append(jws.serialize_compact(header, json.dumps(t['claims']).encode(), load(t['key']), algorithms=names))
    json.dump(out, sys.stdout)
    """

  /// Private keys as JSON, by their `kid`.
  private var keys: [String: [String: Any]]
  private let algorithms: [String: String]

  /// `keys`: the algorithm of each, by its `kid`.
  init(_ keys: [String: String]) throws {
    algorithms = keys
    let made = try Self.run(["make": keys])
    guard let made = made as? [String: [String: Any]] else { throw GatewayInProcess.Failure(description: "no keys") }
    self.keys = made
  }

  private static func run(_ order: [String: Any]) throws -> Any {
    let input = String(decoding: try JSONSerialization.data(withJSONObject: order), as: UTF8.self)
    let folder = URL(filePath: "/tmp/exhibit-jose-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "order.json").path
    try input.write(toFile: file, atomically: true, encoding: .utf8)
    let output = try ScratchPostgres.run(
      "/bin/sh", ["-c", "exec \"$0\" -c \"$1\" <\"$2\"", RunningGateway.python, program, file])
    try ScratchPostgres.check(output)
    return try JSONSerialization.jsonObject(with: Data(output.text.utf8))
  }

  /// What is public of them.
  func keySet(without names: Set<String> = []) throws -> String {
    let list = keys.filter { !names.contains($0.key) }.map { name, key -> [String: Any] in
      var open = key.filter { ["kty", "crv", "x", "y", "n", "e"].contains($0.key) }
      (open["kid"], open["use"]) = (name, "sig")
      return open
    }
    return String(decoding: try JSONSerialization.data(withJSONObject: ["keys": list]), as: UTF8.self)
  }

  /// Claims of a token that counts, with others in their place; `NSNull` takes one out.
  static func claims(_ more: [String: Any] = [:]) -> [String: Any] {
    let now = RunningGateway.now().seconds
    let claims: [String: Any] = [
      "iss": name, "aud": "exhibit", "sub": "lin@shop.example", "iat": now - 10, "exp": now + 600, "jti": "t-1",
      "act": ["sub": "claude-code"], "run": "nightly-9",
    ]
    return claims.merging(more) { $1 }.filter { !($0.value is NSNull) }
  }

  /// Tokens with these claims, each by the key of that name.
  func tokens(_ wanted: [(kid: String, claims: [String: Any])], header: [String: Any] = [:]) throws -> [String] {
    let orders = wanted.map { one -> [String: Any] in
      [
        "kid": one.kid, "alg": algorithms[one.kid] ?? "", "key": keys[one.kid] ?? [:], "claims": one.claims,
        "header": header,
      ]
    }
    return try Self.run(["sign": orders]) as? [String] ?? []
  }

  func token(_ kid: String, _ claims: [String: Any] = JoseIssuer.claims(), header: [String: Any] = [:]) throws -> String
  {
    try tokens([(kid, claims)], header: header).first ?? ""
  }
}
