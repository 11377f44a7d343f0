import Foundation
import NIOSSL
import Policy
import Yams

/// Certificates, keys and authorities: what is read here can be used later.
extension ConfigurationReader {
  /// A listener's own certificate, and who certifies its clients.
  func serverTLS(_ node: Node) throws(PolicyError) -> GatewayConfiguration.ServerTLS {
    let members = try nodes.mapping(node, "tls")
    try nodes.expect(members, ["certificate", "key", "clients", "revoked"], "tls")
    let (chain, key) = try pair(members, node)
    var files = GatewayConfiguration.ServerTLS(certificateFile: chain, keyFile: key)
    if let node = members["clients"] {
      files.clients = try clients(node, members["revoked"])
    } else if let node = members["revoked"] {
      throw nodes.error(node, "clients are asked for no certificate; give clients: the file of who certifies them")
    }
    return files
  }

  private func clients(
    _ node: Node, _ revokedNode: Node?
  ) throws(PolicyError) -> GatewayConfiguration.ServerTLS.Clients {
    let path = try file(node)
    let authorities = try bytes(path, node)
    guard ClientAuthorities(authorities: authorities, revoked: nil) != nil else {
      throw nodes.error(node, "\(path) has no certificate of an authority, or one that is none; it takes PEM")
    }
    let revokedPath = try revokedNode.map { node throws(PolicyError) in try file(node) }
    let revoked = try revokedPath.map { path throws(PolicyError) in try bytes(path, revokedNode ?? node) }
    guard let found = ClientAuthorities(authorities: authorities, revoked: revoked) else {
      throw nodes.error(revokedNode ?? node, "\(revokedPath ?? path) has no list of revoked certificates; it takes PEM")
    }
    return GatewayConfiguration.ServerTLS.Clients(file: path, authorities: found)
  }

  /// How a way of proving goes with TLS.
  func check(
    _ way: GatewayConfiguration.Authentication, _ node: Node, _ tls: GatewayConfiguration.ServerTLS?, _ tlsNode: Node?
  ) throws(PolicyError) {
    if way.wantsCertificate, tls?.clients == nil {
      throw nodes.error(node, "certificates take tls: { clients: … }, the file of who certifies clients")
    }
    if way.wantsPassword, tls == nil {
      throw nodes.error(node, "passwords are sent as they are, which takes tls; without it use scram-sha-256")
    }
    if !way.wantsCertificate, tls?.clients != nil, let tlsNode {
      throw nodes.error(
        tlsNode,
        "clients would be asked for certificates that nobody looks at; write authentication: certificate, or take clients out"
      )
    }
  }

  /// The certificate by which the gateway proves itself to a target.
  func certificate(_ node: Node?) throws(PolicyError) -> TargetServer.Certificate? {
    guard let node, node.mapping != nil else { return nil }
    let members = try nodes.mapping(node, "tls")
    guard members["certificate"] != nil || members["key"] != nil else { return nil }
    let (chain, key) = try pair(members, node)
    return TargetServer.Certificate(file: chain, keyFile: key)
  }

  /// A chain and its key, which go together.
  func pair(_ members: [String: Node], _ node: Node) throws(PolicyError) -> (chain: String, key: String) {
    let (chainNode, keyNode) = (try needed(members, "certificate", node), try needed(members, "key", node))
    let (chain, key) = (try file(chainNode), try file(keyNode, isSecret: true))
    let certificates: [NIOSSLCertificate]
    do {
      certificates = try NIOSSLCertificate.fromPEMFile(chain)
    } catch {
      throw nodes.error(chainNode, "\(chain) has no certificate; it takes PEM")
    }
    guard let certificate = certificates.first else {
      throw nodes.error(chainNode, "\(chain) has no certificate; it takes PEM")
    }
    let secret: NIOSSLPrivateKey
    do {
      secret = try NIOSSLPrivateKey(file: key, format: .pem)
    } catch {
      throw nodes.error(keyNode, "\(key) has no private key without a passphrase; it takes PEM")
    }
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [.certificate(certificate)], privateKey: .privateKey(secret))
    configuration.minimumTLSVersion = .tlsv12
    do {
      _ = try NIOSSLContext(configuration: configuration)
    } catch {
      throw nodes.error(keyNode, "\(key) is not the key of \(chain)")
    }
    return (chain, key)
  }

  private func bytes(_ path: String, _ node: Node) throws(PolicyError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path), data.count <= ClientAuthorities.byteLimit else {
      throw nodes.error(node, "\(path) cannot be read, or is longer than \(ClientAuthorities.byteLimit >> 20) MiB")
    }
    return Array(data)
  }
}
