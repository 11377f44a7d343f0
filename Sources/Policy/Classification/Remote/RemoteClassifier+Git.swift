public import Model

extension RemoteClassifier {
  /// A fetch or push of git. The resource is named `host/path`.
  public func part(of exchange: RepositoryExchange, _ whole: Exchange, on host: String) -> ActionPart {
    var mask = SecretMask(hasher: secrets)
    let masked = GitMask.apply(to: exchange, &mask)
    let path = masked.repository.hasPrefix("/") ? masked.repository : "/" + masked.repository
    var part = GitActions.part(of: masked, repository: host + path, incompleteReason: whole.incompleteReason)
    part.secretHashes = mask.hashes
    bound(&part)
    return part
  }
}
