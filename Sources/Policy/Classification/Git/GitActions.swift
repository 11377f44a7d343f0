import Bytes
import Model

/// Says what a conversation of git did, however it came: over SSH, HTTP or git://.
enum GitActions {
  /// The action of an exchange whose secrets are hidden. The repository's name has the host: `git.internal/shop.git`.
  static func part(of exchange: RepositoryExchange, repository: String, incompleteReason: String?) -> ActionPart {
    var part: ActionPart
    switch exchange.operation {
    case .push: part = push(exchange, repository)
    case .list: part = reading("git ls-refs", repository)
    case .fetch: part = reading("git fetch", repository)
    case .archive: part = reading("git archive", repository)
    }
    if let error = exchange.error {
      part.status = .error
      part.message = error
    } else if part.status == .ok, incompleteReason != nil {
      part.status = .incomplete
    }
    if !exchange.notes.isEmpty {
      let notes: [String?] = [part.classification.note, exchange.notes.joined(separator: "; ")]
      part.classification.note = notes.compactMap(\.self).joined(separator: "; ")
    }
    part.rowCount = exchange.pack.map { UInt64($0.commitCount) }
    part.searchText = words(of: exchange)
    if exchange.operation == .push {
      (part.request, part.response) = (exchange.history, exchange.messages)
    } else {
      part.response = exchange.history
    }
    return part
  }

  private static func reading(_ verb: String, _ repository: String) -> ActionPart {
    let what = Classification(
      verb: verb, effect: .read, resources: [Resource("read", "repository", repository)], fingerprint: verb)
    return ActionPart(kind: "git", text: "\(verb) \(repository)", classification: what, status: .ok)
  }

  private static func push(_ exchange: RepositoryExchange, _ repository: String) -> ActionPart {
    var what = Classification(verb: "git push", effect: .write, fingerprint: "git push \(repository)")
    var notes: [String] = []
    for update in exchange.updates {
      let access = update.new == nil ? "drop" : "write"
      what.resources.append(Resource(access, "ref", "\(repository) \(update.name)"))
      if update.new == nil { notes.append("deletes \(update.name)") }
      if update.isForced == true {
        notes.append("\(update.name) is rewritten: the new commits do not descend from the old")
      }
    }
    if what.resources.isEmpty { what.resources = [Resource("write", "repository", repository)] }
    what.note = notes.isEmpty ? nil : notes.joined(separator: "; ")
    var part = ActionPart(kind: "git", text: "git push \(repository)", classification: what, status: .ok)
    let names = exchange.updates.map(\.name)
    if !names.isEmpty { part.text += " " + names.prefix(8).joined(separator: " ") + (names.count > 8 ? " …" : "") }
    let none = String(repeating: "0", count: exchange.objectFormat == "sha256" ? 64 : 40)
    var json = JSONWriter()
    json.value(
      exchange.updates.map {
        "\($0.old ?? none) \($0.new ?? none) \($0.name)\($0.isForced == true ? " forced" : "")"
      })
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
