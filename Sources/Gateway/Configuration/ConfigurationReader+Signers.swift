import Bytes
import Foundation
import Policy
import SSHKeys
import Yams

/// Who may sign tokens.
extension ConfigurationReader {
  private static let byteLimit = 16 << 20

  func signers(
    _ node: Node, _ policy: PolicyDocument, _ policyFolder: URL, gateway: String, taken: Set<String>
  ) throws(PolicyError) -> (signers: TokenSigners, problems: [String]) {
    var members: [String: Node] = [:]
    if node.string != nil {
      members["file"] = node
    } else {
      members = try nodes.mapping(node, "token-signers")
      try nodes.expect(members, ["file", "longest", "revoked", "revoked-keys"], "token-signers")
    }
    let fileNode = try needed(members, "file", node)
    let path = try file(fileNode)
    let namespace = TokenSigners.namespace(of: policy.approvals.namespace)
    let allowed = try allowedSigners(path, fileNode)
    try check(allowed, fileNode, path, namespace)
    try compare(allowed, fileNode, path, policy, policyFolder)
    var revoked = RevokedKeys.none
    if let node = members["revoked-keys"] {
      let path = try file(node)
      do {
        revoked = try RevokedKeys(try read(path, node))
      } catch let error as PolicyError {
        throw error
      } catch {
        throw nodes.error(node, "\(path): \(error)")
      }
    }
    var signers = TokenSigners(
      verifier: SignatureVerifier(allowedSigners: allowed, revoked: revoked), namespace: namespace, gateway: gateway)
    if let node = members["longest"] { signers.longestSeconds = try nodes.seconds(node) }
    if let node = members["revoked"] { signers.revoked = try ids(node) }
    signers.taken = taken
    return (signers, allowed.problems.map { "\(URL(filePath: path).lastPathComponent): \($0)" })
  }

  private func allowedSigners(_ path: String, _ node: Node) throws(PolicyError) -> AllowedSigners {
    do {
      return try AllowedSigners(try read(path, node))
    } catch let error as PolicyError {
      throw error
    } catch {
      throw nodes.error(node, "\(path): \(error)")
    }
  }

  /// A line that is for anybody would let whoever has its key be anybody.
  private func check(
    _ allowed: AllowedSigners, _ node: Node, _ path: String, _ namespace: String
  ) throws(PolicyError) {
    let own = allowed.signers.filter { $0.allows(namespace: namespace) }
    guard !own.isEmpty else { throw nodes.error(node, "\(path): nobody in it may sign for \(namespace)") }
    for signer in own where !signer.isAuthority && signer.principalPatterns.contains(where: { "*?!".contains($0) }) {
      throw nodes.error(
        node, "\(path): line \(signer.line): \(signer.principalPatterns) names no single person; write the name out")
    }
  }

  /// Who is one person here and another among those who approve could approve what he asks for.
  private func compare(
    _ allowed: AllowedSigners, _ node: Node, _ path: String, _ policy: PolicyDocument, _ folder: URL
  ) throws(PolicyError) {
    let approvers = try approvers(policy, folder, node)
    for signer in allowed.signers where !signer.isAuthority {
      guard let known = approvers[signer.key.plain], known.isDisjoint(with: Self.names(signer)) else { continue }
      throw nodes.error(
        node,
        "\(path): line \(signer.line): \(signer.principalPatterns) is \(known.sorted().joined(separator: ", ")) among those who approve, and could approve what he asks for; give the same name in both"
      )
    }
  }

  /// The same of tokens that are proven with a key.
  func compare(_ tokens: [(Token, Node)], _ policy: PolicyDocument, _ folder: URL) throws(PolicyError) {
    for (token, node) in tokens where !token.sshKeys.isEmpty {
      let approvers = try approvers(policy, folder, node)
      for key in token.sshKeys {
        guard let known = approvers[key.plain], !known.contains(token.human.lowercased()) else { continue }
        throw nodes.error(
          node,
          "token \(token.name): its key is that of \(known.sorted().joined(separator: ", ")) among those who approve, and \(token.human) could approve what he asks for; give that name as human, or another key"
        )
      }
    }
  }

  /// Names of those who approve, in lower case, by their keys.
  private func approvers(
    _ policy: PolicyDocument, _ folder: URL, _ node: Node
  ) throws(PolicyError) -> [SSHPublicKey: Set<String>] {
    guard let name = policy.approvals.signersFile else { return [:] }
    let path = folder.appending(path: name).path
    guard FileManager.default.isReadableFile(atPath: path) else { return [:] }
    var names: [SSHPublicKey: Set<String>] = [:]
    for signer in try allowedSigners(path, node).signers where !signer.isAuthority {
      names[signer.key.plain, default: []].formUnion(Self.names(signer))
    }
    return names
  }

  private static func names(_ signer: AllowedSigner) -> Set<String> {
    Set(signer.principalPatterns.lowercased().split(separator: ",").map(String.init))
  }

  /// Ids, one a line.
  func ids(_ node: Node) throws(PolicyError) -> Set<String> {
    let path = try file(node)
    guard let text = String(validating: try read(path, node), as: UTF8.self) else {
      throw nodes.error(node, "\(path): takes an id a line")
    }
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    return Set(lines.filter { !$0.isEmpty && !$0.hasPrefix("#") })
  }

  func read(_ path: String, _ node: Node) throws(PolicyError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path), data.count <= Self.byteLimit else {
      throw nodes.error(node, "\(path) cannot be read, or is longer than \(Self.byteLimit >> 20) MiB")
    }
    return Array(data)
  }
}
