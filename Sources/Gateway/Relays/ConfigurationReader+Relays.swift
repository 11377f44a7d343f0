import Policy
import Yams

/// Relays, and the targets that have one.
extension ConfigurationReader {
  func relays(_ node: Node) throws(PolicyError) -> RelayRules {
    let members = try nodes.mapping(node, "relays")
    try nodes.expect(members, ["listen", "tls", "names"], "relays")
    let placeNode = try needed(members, "listen", node)
    let place = try self.place(placeNode)
    guard !place.isUnix else { throw nodes.error(placeNode, "relays connect to host:port") }
    let tlsNode = try needed(members, "tls", node)
    let tls = try serverTLS(tlsNode)
    guard tls.clients != nil else {
      throw nodes.error(tlsNode, "anybody could be a relay; give clients: the file of who certifies them")
    }
    let namesNode = try needed(members, "names", node)
    var names: [String] = []
    for item in nodes.items(namesNode) {
      let name = try word(item).lowercased()
      guard !names.contains(name) else { throw nodes.error(item, "there are two relays \(name)") }
      names.append(name)
    }
    guard !names.isEmpty else {
      throw nodes.error(namesNode, "names lists the relays, by the names of their certificates")
    }
    return RelayRules(place: place, tls: tls, names: names)
  }

  /// The relay by which a target is reached, and no other way; nil where it is reached directly.
  func relay(
    _ members: [String: Node], to place: SocketPlace, _ encryption: TargetServer.Encryption? = nil
  ) throws(PolicyError) -> String? {
    guard let node = members["relay"] else { return nil }
    guard !place.isUnix, place.port > 0 else { throw nodes.error(node, "a relay leads to host:port") }
    let name = try word(node).lowercased()
    guard relayNames.contains(name) else {
      throw nodes.error(node, "there is no relay \(name); write relays: { names: [\(name)], … }")
    }
    if case .verified(_, name: nil)? = encryption, place.isAddress {
      throw nodes.error(
        node, "\(place.host) is the relay's to know, and no certificate is held against it; give tls: { name: … }")
    }
    return name
  }

  /// A place that is connected to over TCP.
  func reachable(_ node: Node) throws(PolicyError) -> SocketPlace {
    let place = try self.place(node)
    guard !place.isUnix, place.port > 0 else { throw nodes.error(node, "takes host:port, such as db.internal:5432") }
    return place
  }

  /// A name that a certificate is for.
  func serverName(_ node: Node) throws(PolicyError) -> String {
    let name = try word(node)
    guard !SocketPlace(host: name, port: 0).isAddress else {
      throw nodes.error(node, "takes a name; an address is taken from the connection")
    }
    return name
  }
}
