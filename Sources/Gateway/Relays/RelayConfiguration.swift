import Foundation
import NIOSSL
public import Policy
import Yams

/// What a relay does: the file that `exhibit relay --config` reads.
public struct RelayConfiguration: Sendable {
  /// Limits; each has a value without being given.
  struct Limits: Sendable {
    /// Connections to targets at a time.
    var connections = 1_000
    /// For a target to take a connection.
    var connectSeconds: Int64 = 10
    /// How long connections have to end after SIGTERM.
    var drainSeconds: Int64 = 30
    /// How long a target may be silent before it is asked whether it is still there.
    var probeSeconds: Int64 = 60
  }

  /// Where the gateway takes relays.
  public var gateway: SocketPlace
  var certificateFile: String
  var keyFile: String
  /// Who certifies the gateway, PEM.
  var authorityFile: String
  /// What the gateway's certificate must be for; nil for an address, which NIOSSL takes from the connection.
  var serverName: String?
  /// What may be reached, hosts in lower case; all else is refused.
  public var targets: [SocketPlace]
  var limits = Limits()

  /// Reads a relay's file and those that it names.
  ///
  /// - Throws: `PolicyError` with file, line and column for what is not understood, not safe, or cannot be read.
  public init(file path: String) throws(PolicyError) {
    let name = URL(filePath: path).lastPathComponent
    guard let data = FileManager.default.contents(atPath: path) else {
      throw PolicyError(file: path, line: 1, column: 1, "cannot be read; check the path and its permissions")
    }
    let reader = ConfigurationReader(
      nodes: PolicyNodes(file: name), base: URL(filePath: path).deletingLastPathComponent())
    try self.init(reader, try PolicyNodes.root(of: String(decoding: data, as: UTF8.self), name: name))
  }

  private init(_ reader: ConfigurationReader, _ root: Node) throws(PolicyError) {
    let nodes = reader.nodes
    let members = try nodes.mapping(root, "the configuration")
    try nodes.expect(members, ["version", "gateway", "tls", "targets", "limits"], "the configuration")
    guard let version = members["version"] else { throw nodes.error(root, "version is missing; write: version: 1") }
    guard version.int == 1 else { throw nodes.error(version, "this exhibit knows version 1 of configurations only") }
    let placeNode = try reader.needed(members, "gateway", root)
    gateway = try reader.reachable(placeNode)
    let node = try reader.needed(members, "tls", root)
    let tls = try nodes.mapping(node, "tls")
    try nodes.expect(tls, ["certificate", "key", "authority", "name"], "tls")
    (certificateFile, keyFile) = try reader.pair(tls, node)
    let authorityNode = try reader.needed(tls, "authority", node)
    authorityFile = try reader.file(authorityNode)
    do {
      guard try !NIOSSLCertificate.fromPEMFile(authorityFile).isEmpty else { throw GatewayError("none") }
    } catch {
      throw nodes.error(authorityNode, "\(authorityFile) has no certificate; it takes PEM")
    }
    serverName = gateway.isAddress ? nil : gateway.host
    if let node = tls["name"] { serverName = try reader.serverName(node) }
    let targetsNode = try reader.needed(members, "targets", root)
    targets = []
    for item in nodes.items(targetsNode) {
      let place = try reader.reachable(item)
      targets.append(SocketPlace(host: place.host.lowercased(), port: place.port))
    }
    guard !targets.isEmpty else { throw nodes.error(targetsNode, "targets lists what may be reached, as host:port") }
    guard let node = members["limits"] else { return }
    let given = try nodes.mapping(node, "limits")
    try nodes.expect(given, ["connections", "connect", "drain", "keepalive"], "limits")
    if let node = given["connections"] { limits.connections = try nodes.number(node, 1...100_000) }
    if let node = given["connect"] { limits.connectSeconds = try nodes.seconds(node) }
    if let node = given["drain"] { limits.drainSeconds = try nodes.seconds(node) }
    if let node = given["keepalive"] { limits.probeSeconds = try nodes.seconds(node) }
  }
}
