import Bytes
public import Model

extension RemoteClassifier {
  /// A fetch or push of git.
  ///
  /// - Parameter host: of the repository; the name of the resource is `host/path`.
  public func part(of exchange: RepositoryExchange, _ whole: Exchange, on host: String) -> ActionPart {
    let path = exchange.repository.hasPrefix("/") ? exchange.repository : "/" + exchange.repository
    let repository = host + path
    var part: ActionPart
    switch exchange.operation {
    case .push: part = push(exchange, repository)
    case .list: part = reading("git ls-refs", exchange, repository)
    case .fetch: part = reading("git fetch", exchange, repository)
    case .archive: part = reading("git archive", exchange, repository)
    }
    if let error = exchange.error {
      part.status = .error
      part.message = error
    } else if part.status == .ok, whole.incompleteReason != nil {
      part.status = .incomplete
    }
    if !exchange.notes.isEmpty {
      part.classification.note =
        [part.classification.note, exchange.notes.joined(separator: "; ")].compactMap(\.self).joined(separator: "; ")
    }
    part.rowCount = exchange.pack.map { UInt64($0.commitCount) }
    part.searchText = Self.words(of: exchange)
    mask(exchange, &part)
    bound(&part)
    return part
  }

  private func reading(_ verb: String, _ exchange: RepositoryExchange, _ repository: String) -> ActionPart {
    let what = Classification(
      verb: verb, effect: .read, resources: [Resource("read", "repository", repository)], fingerprint: verb)
    return ActionPart(kind: "git", text: "\(verb) \(repository)", classification: what, status: .ok)
  }

  private func push(_ exchange: RepositoryExchange, _ repository: String) -> ActionPart {
    var what = Classification(verb: "git push", effect: .write, fingerprint: "git push \(repository)")
    var notes: [String] = []
    for update in exchange.updates {
      let access = update.new == nil ? "drop" : update.old == nil ? "create" : "write"
      what.resources.append(Resource(access, "ref", "\(repository) \(update.name)"))
      if update.new == nil { notes.append("deletes \(update.name)") }
      if update.isForced == true { notes.append("\(update.name) is rewritten: the new commits do not descend from the old") }
    }
    if what.resources.isEmpty { what.resources = [Resource("write", "repository", repository)] }
    what.note = notes.isEmpty ? nil : notes.joined(separator: "; ")
    var part = ActionPart(kind: "git", text: "git push \(repository)", classification: what, status: .ok)
    let names = exchange.updates.map(\.name)
    if !names.isEmpty { part.text += " " + names.prefix(8).joined(separator: " ") + (names.count > 8 ? " …" : "") }
    let none = String(repeating: "0", count: exchange.objectFormat == "sha256" ? 64 : 40)
    var json = JSONWriter()
    json.value(exchange.updates.map { "\($0.old ?? none) \($0.new ?? none) \($0.name)" })
    part.parameters = exchange.updates.isEmpty ? nil : json.text
    var refused: [String] = []
    var isUnknown = exchange.updates.isEmpty
    for update in exchange.updates {
      if case .refused(let reason) = update.outcome { refused.append("\(update.name): \(reason)") }
      if case .unknown = update.outcome { isUnknown = true }
    }
    if let status = exchange.unpackStatus, status != "ok" { refused.insert("unpack: \(status)", at: 0) }
    if !refused.isEmpty {
      part.status = refused.contains { $0.contains("declined") || $0.contains("denied") } ? .denied : .error
      part.message = refused.joined(separator: "; ")
    } else if isUnknown {
      part.status = .incomplete
    }
    return part
  }

  /// What a push or fetch is found by: ids, authors, subjects, trailers and paths of its commits.
  private static func words(of exchange: RepositoryExchange) -> [UInt8] {
    var bytes: [UInt8] = []
    for commit in exchange.commits {
      guard bytes.count < WebClassifier.searchLimit else { break }
      var line = "\(commit.id) \(commit.author) \(commit.subject)"
      for trailer in commit.trailers { line += " \(trailer.name) \(trailer.value)" }
      for change in commit.changes ?? [] { line += " \(change.path)" }
      bytes += Array((line + "\n").utf8.prefix(WebClassifier.searchLimit - bytes.count))
    }
    return Array(String(decoding: bytes, as: UTF8.self).utf8)
  }
}
