import Bytes
import Foundation
import Policy
import SSHKeys
import Yams

/// Listeners for SSH.
extension ConfigurationReader {
  private static let fileLimit = 1 << 20

  func ssh(_ members: [String: Node], _ node: Node) throws(PolicyError) -> SSHRules {
    let wayNode = try needed(members, "authentication", node)
    var means: Set<SSHRules.Means> = []
    for item in nodes.items(wayNode) {
      means.insert(
        try nodes.choice(item, SSHRules.Means.allCases.map(\.rawValue)) { SSHRules.Means(rawValue: $0) })
    }
    guard !means.isEmpty else {
      throw nodes.error(wayNode, "takes public-key, certificate, password, or a list of them")
    }
    var files: [String] = []
    let keysNode = try needed(members, "host-keys", node)
    for item in nodes.items(keysNode) { files.append(try privateKey(item)) }
    guard !files.isEmpty else {
      throw nodes.error(keysNode, "the gateway needs a host key; ssh-keygen -t ed25519 -N ''")
    }
    let targetNode = try needed(members, "target", node)
    var rules = SSHRules(means: means, hostKeyFiles: files, target: try sshTarget(targetNode))
    if let node = members["certificates"] {
      guard means.contains(.certificate) else {
        throw nodes.error(node, "nobody is asked for a certificate; write authentication: [certificate]")
      }
      try certificates(node, &rules)
    } else if means.contains(.certificate) {
      throw nodes.error(
        wayNode, "certificates take certificates: { authorities: FILE }, the keys of who certifies users")
    }
    if let node = members["unmasked"] {
      for item in nodes.items(node) {
        rules.unmasked.insert(
          try nodes.choice(item, SSHRules.Unmasked.allCases.map(\.rawValue)) { SSHRules.Unmasked(rawValue: $0) })
      }
    }
    if let node = members["lines"] {
      rules.lines = try nodes.choice(node, SSHRules.Lines.allCases.map(\.rawValue)) { SSHRules.Lines(rawValue: $0) }
    }
    return rules
  }

  /// Whether a token could be used at a listener for SSH.
  static func isUsable(_ token: Token, at rules: SSHRules) -> Bool {
    rules.means.contains(.password) && token.digest != nil
      || rules.means.contains(.publicKey) && !token.sshKeys.isEmpty
      || rules.means.contains(.certificate) && !token.sshPrincipals.isEmpty
  }

  static func needs(_ rules: SSHRules) -> String {
    let needs: [(SSHRules.Means, String)] = [
      (.publicKey, "ssh-keys"), (.certificate, "ssh-principals"), (.password, "sha256"),
    ]
    return needs.filter { rules.means.contains($0.0) }.map(\.1).joined(separator: " or ")
  }

  private func certificates(_ node: Node, _ rules: inout SSHRules) throws(PolicyError) {
    let members = try nodes.mapping(node, "certificates")
    try nodes.expect(members, ["authorities", "revoked"], "certificates")
    rules.authorities = try publicKeys(try needed(members, "authorities", node))
    if let node = members["revoked"] {
      let path = try file(node)
      do {
        rules.revoked = try RevokedKeys(try contents(path, node))
      } catch let error as PolicyError {
        throw error
      } catch {
        throw nodes.error(node, "\(path): \(error)")
      }
    }
  }

  private func sshTarget(_ node: Node) throws(PolicyError) -> SSHTarget {
    let members = try nodes.mapping(node, "a target")
    try nodes.expect(
      members, ["name", "server", "host-keys", "user", "key", "password-file", "password-environment", "relay"],
      "a target")
    let placeNode = try needed(members, "server", node)
    let place = try self.place(placeNode)
    guard !place.isUnix, place.port > 0 else {
      throw nodes.error(placeNode, "takes host:port, such as build.internal:22")
    }
    let credential: SSHTarget.Credential
    if let keyNode = members["key"] {
      guard members["password-file"] == nil, members["password-environment"] == nil else {
        throw nodes.error(keyNode, "give key or a password")
      }
      credential = .key(try privateKey(keyNode))
    } else if let password = try secret(members, "password") {
      credential = .password(password)
    } else {
      throw nodes.error(node, "takes key: FILE, by which the gateway is let in, or password-file")
    }
    return SSHTarget(
      name: try word(try needed(members, "name", node)), place: place,
      hostKeys: try publicKeys(try needed(members, "host-keys", node)),
      user: try word(try needed(members, "user", node)), credential: credential,
      relay: try relay(members, to: place))
  }

  /// Keys as lines `ssh-ed25519 AAAA…`, or a file of such lines.
  func publicKeys(_ node: Node) throws(PolicyError) -> [SSHPublicKey] {
    var keys: [SSHPublicKey] = []
    for item in nodes.items(node) {
      guard let text = item.string else { throw nodes.error(item, "takes a public key or a file of them") }
      var lines = [text]
      if !text.contains(" ") {
        let path = try file(item)
        lines = String(decoding: try contents(path, item), as: UTF8.self).split(whereSeparator: \.isNewline).map {
          $0.trimmingCharacters(in: .whitespaces)
        }
        lines.removeAll { $0.isEmpty || $0.hasPrefix("#") }
      }
      for line in lines {
        do throws(DecodeError) {
          let key = try SSHPublicKey(line: line)
          guard !key.isCertificate else { throw DecodeError(.mismatch, "key", offset: 0, expected: "a plain key") }
          keys.append(key)
        } catch {
          throw nodes.error(item, "\(text): no public key of the form ssh-ed25519 AAAA…: \(error)")
        }
      }
    }
    guard !keys.isEmpty else { throw nodes.error(node, "no key would be the right one") }
    return keys
  }

  /// A file with a private key that libssh can use.
  private func privateKey(_ node: Node) throws(PolicyError) -> String {
    let path = try file(node, isSecret: true)
    do throws(SSHFault) {
      _ = try LibsshKey(file: path)
    } catch {
      throw nodes.error(node, "\(path) has no private key without a passphrase; ssh-keygen -t ed25519 -N '' makes one")
    }
    return path
  }

  private func contents(_ path: String, _ node: Node) throws(PolicyError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path), data.count <= Self.fileLimit else {
      throw nodes.error(node, "\(path) cannot be read, or is longer than \(Self.fileLimit >> 20) MiB")
    }
    return Array(data)
  }
}
