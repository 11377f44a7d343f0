import SSHKeys

/// Which principals are one person: those of one line of the allowed signers, and those of all lines with one key.
struct PeopleIndex: Sendable {
  private var groups: [String: Set<String>] = [:]

  init(_ signers: AllowedSigners) {
    var byKey: [SSHPublicKey: Set<String>] = [:]
    for signer in signers.signers where !signer.isAuthority {
      byKey[signer.key.plain, default: []].formUnion(PeopleIndex.names(of: signer).map { $0.lowercased() })
    }
    for names in byKey.values {
      let merged = names.reduce(into: names) { $0.formUnion(groups[$1] ?? []) }
      for name in merged { groups[name] = merged }
    }
  }

  /// All names of whoever has one of these.
  func person(_ names: Set<String>) -> Set<String> {
    names.reduce(into: names) { $0.formUnion(groups[$1.lowercased()] ?? []) }
  }

  /// The principals of a line; a pattern stands for itself, as `ssh-keygen -Y find-principals` has it.
  static func names(of signer: AllowedSigner) -> [String] {
    signer.principalPatterns.split(separator: ",").map(String.init).filter { !$0.hasPrefix("!") }
  }
}
