import Policy
import Yams

/// Where people see what waits.
extension ConfigurationReader {
  func page(_ node: Node) throws(PolicyError) -> PageRules {
    let members = try nodes.mapping(node, "page")
    try nodes.expect(members, ["listen", "tls", "address", "longest"], "page")
    let placeNode = try needed(members, "listen", node)
    let place = try self.place(placeNode)
    guard !place.isUnix else { throw nodes.error(placeNode, "a page takes host:port") }
    var rules = PageRules(place: place)
    rules.tls = try members["tls"].map { node throws(PolicyError) in
      let files = try serverTLS(node)
      guard files.clients == nil else {
        throw nodes.error(node, "people log in to the page with their SSH keys; take clients out")
      }
      return files
    }
    if let node = members["address"] {
      guard let address = WebAddress(try word(node)), address.target == "/" else {
        throw nodes.error(node, "takes https://host[:port], as people type it")
      }
      guard address.isEncrypted || address.isLoopback else {
        throw nodes.error(node, "browsers keep no keys for a page without TLS; write https://\(address.authority)")
      }
      rules.origin = address
    }
    guard place.isLoopback || rules.tls != nil else {
      throw nodes.error(placeNode, "\(place) is reached from other machines; give tls: { certificate: …, key: … }")
    }
    guard place.isLoopback || rules.origin != nil else {
      throw nodes.error(placeNode, "\(place) is reached from other machines; give address: https://… as people type it")
    }
    if let node = members["longest"] {
      rules.longestSeconds = try nodes.seconds(node)
      guard (60...7 * 86_400).contains(rules.longestSeconds) else { throw nodes.error(node, "takes 1 m to 7 d") }
    }
    return rules
  }
}
