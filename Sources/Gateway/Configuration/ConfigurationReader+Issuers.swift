import Bytes
import Foundation
import Policy
import Yams

/// Whose JSON Web Tokens count.
extension ConfigurationReader {
  /// By their names, as they stand in tokens.
  func issuers(_ node: Node) throws(PolicyError) -> [String: TokenIssuer] {
    var found: [String: TokenIssuer] = [:]
    for item in try nodes.sequence(node, "token-issuers") {
      let issuer = try issuer(item)
      guard found.updateValue(issuer, forKey: issuer.issuer) == nil else {
        throw nodes.error(item, "there are two issuers \(issuer.issuer)")
      }
    }
    guard !found.isEmpty else { throw nodes.error(node, "there is no issuer") }
    return found
  }

  private func issuer(_ node: Node) throws(PolicyError) -> TokenIssuer {
    let members = try nodes.mapping(node, "an issuer")
    try nodes.expect(
      members,
      [
        "issuer", "audience", "keys", "authority", "refresh", "human", "agent", "run", "require", "longest",
        "listeners", "revoked",
      ], "an issuer")
    let name = try word(try needed(members, "issuer", node))
    // A token for somebody else, who could use it here, must not count.
    let audiences = try words(try needed(members, "audience", node))
    var issuer = TokenIssuer(issuer: name, audiences: Set(audiences), keys: try keys(members, name, node))
    if let node = members["human"] { issuer.human = try word(node) }
    if let node = members["agent"] { issuer.agent = try words(node) }
    if let node = members["run"] { issuer.run = try word(node) }
    if let node = members["require"] {
      for (claim, wanted) in try nodes.mapping(node, "require") { issuer.demands[claim] = try word(wanted) }
    }
    if let node = members["longest"] { issuer.longestSeconds = try nodes.seconds(node) }
    if let node = members["listeners"] { issuer.listeners = Set(try words(node)) }
    if let node = members["revoked"] { issuer.revoked = try ids(node) }
    return issuer
  }

  private func words(_ node: Node) throws(PolicyError) -> [String] {
    var words: [String] = []
    for item in nodes.items(node) { words.append(try word(item)) }
    guard !words.isEmpty else { throw nodes.error(node, "takes a text, or a list of them") }
    return words
  }

  /// Of a file, of an address, or of what the issuer's own document names.
  private func keys(_ members: [String: Node], _ name: String, _ node: Node) throws(PolicyError) -> IssuerKeys {
    let authority = try members["authority"].map { node throws(PolicyError) in try file(node) }
    let seconds = try members["refresh"].map { node throws(PolicyError) in try nodes.seconds(node) } ?? 600
    guard (10...86_400).contains(seconds) else {
      throw nodes.error(members["refresh"] ?? node, "takes 10 s to 86400 s")
    }
    let place = try members["keys"].map { node throws(PolicyError) in try word(node) }
    if let place, let node = members["keys"], !place.hasPrefix("https://"), !place.hasPrefix("http://") {
      for (key, node) in members where key == "authority" || key == "refresh" {
        throw nodes.error(node, "\(key) is for keys at an address; those of a file are read again on reload")
      }
      let path = try file(node)
      do {
        return IssuerKeys(file: try JSONWebKeySet(parsing: try read(path, node)))
      } catch let error as PolicyError {
        throw error
      } catch {
        throw nodes.error(node, "\(path): \(error)")
      }
    }
    let text = place ?? (name.hasSuffix("/") ? String(name.dropLast()) : name) + "/.well-known/openid-configuration"
    let own = members[place == nil ? "issuer" : "keys"] ?? node
    guard var address = WebAddress(text) else {
      throw nodes.error(own, place == nil ? "is no address; give keys: FILE or https://…" : "takes a file or https://…")
    }
    guard address.isEncrypted || address.isLoopback else {
      throw nodes.error(own, "\(address.host) is another machine; keys are taken from there by https only")
    }
    address.authorityFile = authority
    do {
      return try IssuerKeys(
        place == nil ? .discovery(address, issuer: name) : .address(address), refreshSeconds: seconds)
    } catch {
      throw nodes.error(members["authority"] ?? own, "\(error)")
    }
  }
}
