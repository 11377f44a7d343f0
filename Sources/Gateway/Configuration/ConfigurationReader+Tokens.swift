import Bytes
import Model
import Policy
import Yams

/// Those who may connect.
extension ConfigurationReader {
  func tokens(_ node: Node) throws(PolicyError) -> [(Token, Node)] {
    var tokens: [(Token, Node)] = []
    for item in try nodes.sequence(node, "tokens") {
      let token = try token(item)
      guard !tokens.contains(where: { $0.0.name == token.name }) else {
        throw nodes.error(item, "there are two tokens \(token.name)")
      }
      tokens.append((token, item))
    }
    guard !tokens.isEmpty else { throw nodes.error(node, "there is no token, so nobody could connect") }
    return tokens
  }

  private func token(_ node: Node) throws(PolicyError) -> Token {
    let members = try nodes.mapping(node, "a token")
    try nodes.expect(
      members,
      [
        "name", "sha256", "scram", "certificate", "ssh-keys", "ssh-principals", "human", "agent", "run", "expires",
        "listeners",
      ], "a token")
    var token = Token(
      name: try word(try needed(members, "name", node)), human: try word(try needed(members, "human", node)))
    if let node = members["sha256"] {
      guard let digest = Digest(hexadecimal: try word(node)) else {
        throw nodes.error(node, "takes 64 hexadecimal digits")
      }
      let isWeak = ["", token.name, "password", "secret", "token"].contains { SHA256.digest(of: $0) == digest }
      guard !isWeak else { throw nodes.error(node, "the digest is that of a word that everybody guesses") }
      token.digest = digest
    }
    if let node = members["scram"] {
      guard let verifier = ScramVerifier(try word(node)) else {
        throw nodes.error(node, "takes what exhibit gateway token prints: SCRAM-SHA-256$…")
      }
      token.scram = verifier
    }
    token.certificate = try members["certificate"].map { node throws(PolicyError) in try certificateNames(node) }
    token.sshKeys = try members["ssh-keys"].map { node throws(PolicyError) in try publicKeys(node) } ?? []
    token.sshPrincipals = try nodes.strings(members["ssh-principals"])
    guard token.hasProof else {
      throw nodes.error(
        node,
        "token \(token.name) has neither sha256 nor scram nor certificate, and for SSH neither ssh-keys nor ssh-principals; exhibit gateway token makes the first two"
      )
    }
    token.agent = try members["agent"].map { node throws(PolicyError) in try word(node) }
    token.run = try members["run"].map { node throws(PolicyError) in try word(node) }
    if let node = members["expires"] {
      guard let time = node.string.flatMap({ Timestamp(utc: $0) }) else {
        throw nodes.error(node, "takes a time such as 2026-12-31T00:00:00Z")
      }
      token.expiresAt = time
    }
    token.listeners = Set(try nodes.strings(members["listeners"]))
    return token
  }

  private func certificateNames(_ node: Node) throws(PolicyError) -> CertificateNames {
    let members = try nodes.mapping(node, "certificate")
    try nodes.expect(members, ["common-name", "email", "dns", "uri", "sha256"], "certificate")
    var names = CertificateNames()
    names.commonName = try members["common-name"].map { node throws(PolicyError) in try word(node) }
    names.email = try members["email"].map { node throws(PolicyError) in try word(node) }
    names.host = try members["dns"].map { node throws(PolicyError) in try word(node) }
    names.uri = try members["uri"].map { node throws(PolicyError) in try word(node) }
    if let node = members["sha256"] {
      guard let digest = Digest(hexadecimal: try word(node)) else {
        throw nodes.error(node, "takes 64 hexadecimal digits")
      }
      names.digest = digest
    }
    for node in members.values where node.string?.contains("*") == true {
      throw nodes.error(node, "is a name, not a pattern: a certificate that it matches would be anybody's")
    }
    guard !names.isEmpty else {
      throw nodes.error(node, "says nothing of the certificate; give common-name, email, dns, uri or sha256")
    }
    return names
  }
}

extension Token {
  /// Whether a client could prove by it who he is.
  func isUsable(by way: GatewayConfiguration.Authentication) -> Bool {
    (!way.wantsCertificate || certificate != nil) && (!way.wantsScram || scram != nil)
      && (!way.wantsPassword || digest != nil)
  }

  /// Whether anybody could prove that it is his.
  var hasProof: Bool {
    digest != nil || scram != nil || certificate != nil || !sshKeys.isEmpty || !sshPrincipals.isEmpty
  }

  static func needs(_ way: GatewayConfiguration.Authentication) -> String {
    let needs = [(way.wantsCertificate, "certificate"), (way.wantsScram, "scram"), (way.wantsPassword, "sha256")]
    return needs.filter(\.0).map(\.1).joined(separator: " and ")
  }
}
