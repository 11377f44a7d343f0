import Bytes
import Foundation
import Model
import NIOSSL
import Policy
import Yams

/// Listeners for HTTP.
extension ConfigurationReader {
  func http(
    _ members: [String: Node], _ node: Node
  ) throws(PolicyError) -> HTTPRules {
    let way: HTTPRules.Way
    if let node = members["forward"] {
      guard members["target"] == nil else {
        throw nodes.error(node, "give target, for a listener that stands for one server, or forward, for a proxy")
      }
      way = .forward(try forwarding(node))
    } else {
      way = .reverse(try httpTarget(try needed(members, "target", node), isForward: false))
    }
    var rules = HTTPRules(way: way)
    if let node = members["token-header"] {
      let name = try word(node)
      guard name.utf8.allSatisfy(WireLines.isToken), !Self.reservedFields.contains(name.lowercased()) else {
        throw nodes.error(node, "\(name) cannot carry a token; take a field of your own, such as X-Gateway-Token")
      }
      rules.tokenField = name.lowercased()
    }
    if let node = members["limits"] { rules.limits = try httpLimits(node) }
    if let node = members["pass-compressed"] { rules.passesCompressed = try nodes.boolean(node) }
    if let node = members["http2"] { rules.http2 = try nodes.boolean(node) }
    return rules
  }

  private static let reservedFields: Set<String> = [
    "host", "connection", "content-length", "transfer-encoding", "te", "upgrade", "trailer", "expect", "authorization",
    "proxy-authorization", "proxy-connection", "keep-alive", "content-type", "content-encoding", "cookie",
  ]

  private func httpLimits(_ node: Node) throws(PolicyError) -> HTTPLimits {
    let members = try nodes.mapping(node, "limits")
    try nodes.expect(members, ["head-kib", "fields", "body-kib", "head", "body", "idle"], "limits")
    var limits = HTTPLimits()
    if let node = members["head-kib"] { limits.head.byteCount = try nodes.number(node, 1...64) << 10 }
    if let node = members["fields"] { limits.head.fieldCount = try nodes.number(node, 1...1_000) }
    if let node = members["body-kib"] { limits.heldByteCount = try nodes.number(node, 1...65_536) << 10 }
    if let node = members["head"] { limits.headSeconds = try nodes.seconds(node) }
    if let node = members["body"] { limits.heldSeconds = try nodes.seconds(node) }
    if let node = members["idle"] { limits.idleSeconds = try nodes.seconds(node) }
    return limits
  }

  private func forwarding(_ node: Node) throws(PolicyError) -> HTTPForwarding {
    let members = try nodes.mapping(node, "forward")
    try nodes.expect(members, ["authority", "key", "hosts"], "forward")
    let hosts = try needed(members, "hosts", node)
    var targets: [HTTPTarget] = []
    for item in try nodes.sequence(hosts, "hosts") { targets.append(try httpTarget(item, isForward: true)) }
    guard !targets.isEmpty else {
      throw nodes.error(hosts, "a proxy leads to the hosts that stand here, and none does")
    }
    var forwarding = HTTPForwarding(targets: targets, authority: nil)
    if let node = members["authority"] {
      let keyNode = try needed(members, "key", node)
      let (certificate, key) = (try file(node), try file(keyNode, isSecret: true))
      do {
        _ = try CertificateAuthority(certificateFile: certificate, keyFile: key)
      } catch {
        throw nodes.error(node, "\(error); exhibit gateway ca makes both")
      }
      forwarding.authority = HTTPForwarding.Authority(certificateFile: certificate, keyFile: key)
    } else if targets.contains(where: \.isSecure) {
      throw nodes.error(
        node,
        "hosts of https take authority and key, by which the gateway stands for them; exhibit gateway ca makes both")
    }
    return forwarding
  }

  private func httpTarget(_ node: Node, isForward: Bool) throws(PolicyError) -> HTTPTarget {
    let members = try nodes.mapping(node, "a target")
    try nodes.expect(members, ["name", "url", "tls", "credential", "http2", "relay"], "a target")
    let urlNode = try needed(members, "url", node)
    let text = try word(urlNode)
    guard let (isSecure, host, port) = Self.address(text), isForward || !host.isPattern else {
      throw nodes.error(
        urlNode,
        "takes scheme and host, such as https://orders.internal:8443\(isForward ? " or https://*.example.com" : "")")
    }
    let name = try members["name"].map { node throws(PolicyError) in try word(node) }
    let place = SocketPlace(host: host.text, port: port)
    var target = HTTPTarget(
      name: name ?? place.description, isSecure: isSecure, host: host, port: port,
      encryption: try httpEncryption(members["tls"], isSecure: isSecure, place, urlNode),
      certificate: try certificate(members["tls"]))
    target.relay = try relay(members, to: place, target.encryption)
    if let tls = members["tls"], tls.mapping != nil { target.pins = try pins(tls) }
    if let node = members["http2"] { target.http2 = try nodes.boolean(node) }
    target.credential = try members["credential"].map { node throws(PolicyError) in try credential(node) }
    if let node = members["credential"], host.isPattern {
      throw nodes.error(node, "a credential is for one host, and \(host.text) are many")
    }
    return target
  }

  /// Scheme, host and port of `https://host:port`, with nothing behind it.
  private static func address(_ text: String) -> (isSecure: Bool, host: HTTPTarget.Host, port: Int)? {
    let isSecure = text.hasPrefix("https://")
    guard isSecure || text.hasPrefix("http://") else { return nil }
    let rest = String(text.dropFirst(isSecure ? 8 : 7))
    let star = rest == "*" || rest.hasPrefix("*:") ? "*" : rest.hasPrefix("*.") ? "*." : ""
    // A pattern is read as if its star were a name.
    let plain = star.isEmpty ? rest : "star" + rest.dropFirst(1)
    guard let authority = HTTPAuthority(plain) else { return nil }
    let name = star.isEmpty ? authority.host : "*" + authority.host.dropFirst(4)
    guard let host = HTTPTarget.Host(name) else { return nil }
    return (isSecure, host, authority.port ?? (isSecure ? 443 : 80))
  }

  private func httpEncryption(
    _ node: Node?, isSecure: Bool, _ place: SocketPlace, _ urlNode: Node
  ) throws(PolicyError) -> TargetServer.Encryption {
    guard isSecure else {
      if node == nil {
        guard place.isLoopback else {
          throw nodes.error(
            urlNode, "\(place) is another machine; write https, or tls: { insecure: none } to send all in clear")
        }
        return .none
      }
      let members = try node.map { node throws(PolicyError) in try nodes.mapping(node, "tls") } ?? [:]
      guard members.count == 1, members["insecure"]?.string == "none" else {
        throw nodes.error(node ?? urlNode, "http has no TLS; write https")
      }
      return .none
    }
    guard let node else { return .verified(authorityFile: nil, name: nil) }
    if node.string == "verify" { return .verified(authorityFile: nil, name: nil) }
    let members = try nodes.mapping(node, "tls")
    try nodes.expect(members, ["authority", "name", "insecure", "certificate", "key", "pins"], "tls")
    if let insecure = members["insecure"] {
      guard members["authority"] == nil, members["name"] == nil else {
        throw nodes.error(insecure, "what is not verified has no authority and no name")
      }
      return try nodes.choice(insecure, ["unverified"]) { ["unverified": TargetServer.Encryption.unverified][$0] }
    }
    return .verified(
      authorityFile: try members["authority"].map { node throws(PolicyError) in try file(node) },
      name: try members["name"].map { node throws(PolicyError) in try word(node) })
  }

  private func pins(_ node: Node) throws(PolicyError) -> Set<Digest> {
    guard let list = try nodes.mapping(node, "tls")["pins"] else { return [] }
    var pins: Set<Digest> = []
    for text in try nodes.strings(list) {
      guard let pin = Digest(hexadecimal: text) else {
        throw nodes.error(list, "a pin is the SHA-256 of a public key: 64 hexadecimal digits")
      }
      pins.insert(pin)
    }
    guard !pins.isEmpty else { throw nodes.error(list, "no key would be the right one") }
    return pins
  }

  private func credential(_ node: Node) throws(PolicyError) -> HTTPCredential {
    let members = try nodes.mapping(node, "credential")
    try nodes.expect(
      members,
      [
        "bearer-file", "bearer-environment", "user", "password-file", "password-environment", "header", "value-file",
        "value-environment", "aws-access-key", "secret-key-file", "secret-key-environment", "session-token-file",
        "session-token-environment", "region", "service",
      ], "credential")
    if let keyNode = members["aws-access-key"] { return .aws(try keys(members, keyNode)) }
    if let bearer = try secret(members, "bearer") { return .bearer(try line(bearer, node)) }
    if let userNode = members["user"] {
      let user = try word(userNode)
      guard !user.contains(":"), let password = try secret(members, "password") else {
        throw nodes.error(
          userNode, "user is a name without a colon, and goes with password-file or password-environment")
      }
      return .basic(user, password)
    }
    guard let nameNode = members["header"], let value = try secret(members, "value") else {
      throw nodes.error(
        node,
        "takes bearer-file; or user and password-file; or header and value-file; or aws-access-key and secret-key-file; or …-environment in place of …-file"
      )
    }
    let name = try word(nameNode)
    guard name.utf8.allSatisfy(WireLines.isToken) else { throw nodes.error(nameNode, "\(name) is no name of a field") }
    return .field(name: name, try line(value, node))
  }

  private func keys(_ members: [String: Node], _ node: Node) throws(PolicyError) -> AWSCredential {
    let name = try word(node)
    guard name.utf8.allSatisfy({ WireLines.isToken($0) }), let secret = try secret(members, "secret-key") else {
      throw nodes.error(node, "aws-access-key is an id, and goes with secret-key-file or secret-key-environment")
    }
    var credential = AWSCredential(accessKey: name, secretKey: try line(secret, node))
    if let token = try self.secret(members, "session-token") { credential.sessionToken = try line(token, node) }
    guard let region = members["region"], let service = members["service"] else {
      if let only = members["region"] ?? members["service"] {
        throw nodes.error(only, "region and service go together: for requests that their clients do not sign")
      }
      return credential
    }
    credential.scope = AWSCredential.Scope(region: try word(region), service: try word(service))
    guard credential.scope != nil else {
      throw nodes.error(region, "region and service are words, such as eu-central-1 and s3")
    }
    return credential
  }

  /// What can stand in a field.
  private func line(_ secret: Secret, _ node: Node) throws(PolicyError) -> Secret {
    guard secret.value.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw nodes.error(node, "the secret has signs in it that stand in no field")
    }
    return secret
  }

  /// How clients of HTTP prove who they are.
  func check(
    http way: GatewayConfiguration.Authentication, _ node: Node, _ tls: GatewayConfiguration.ServerTLS?,
    _ tlsNode: Node?
  ) throws(PolicyError) {
    guard !way.wantsScram else {
      throw nodes.error(node, "HTTP takes password, certificate or certificate+password")
    }
    if way.wantsCertificate, tls?.clients == nil {
      throw nodes.error(node, "certificates take tls: { clients: … }, the file of who certifies clients")
    }
    if !way.wantsCertificate, tls?.clients != nil, let tlsNode {
      throw nodes.error(
        tlsNode,
        "clients would be asked for certificates that nobody looks at; write authentication: certificate, or take clients out"
      )
    }
  }
}
