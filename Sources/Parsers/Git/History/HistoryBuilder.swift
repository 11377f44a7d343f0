import Bytes
import Model

/// Tells of the commits of a pack, newest first, and writes them as
/// `git log -p --format=raw --full-index --no-renames --diff-merges=first-parent` does.
struct HistoryBuilder {
  private(set) var commits: [CommitFacts] = []
  private(set) var text: Payload?
  private(set) var notes: [String] = []
  private let objects: ObjectLookup
  private var payload: PayloadBuilder
  private var patches: PatchWriter
  private var entriesLeft = GitLimits.comparedEntries
  private var changesLeft = GitLimits.changes
  private var untoldCommits = 0
  private var unpatchedCommits = 0

  init(objects: ObjectLookup, bodyLimit: Int) {
    self.objects = objects
    payload = PayloadBuilder(layout: .text, limit: bodyLimit)
    patches = PatchWriter(objects: objects)
  }

  mutating func build(commits ids: [ObjectID], tips: [ObjectID]) {
    var tips = tips
    for index in tips.indices { tips[index] = peeled(tips[index]) }
    CommitWalk.walk(ids, tips: tips, objects: objects) { id, bytes, commit in
      add(id, bytes, commit)
      return true
    }
    if untoldCommits > 0 { notes.append("\(untoldCommits) more commits are not told one by one") }
    if unpatchedCommits > 0 { notes.append("changes of \(unpatchedCommits) commits were not compared: too many") }
    if patches.absentCount > 0 { notes.append("content of \(patches.absentCount) changed files is not at hand") }
    if patches.largeCount > 0 { notes.append("\(patches.largeCount) changed files are too large to compare") }
    if !payload.isEmpty { text = payload.finish() }
  }

  private func peeled(_ tip: ObjectID) -> ObjectID {
    guard let bytes = objects.content(tip, .tag) else { return tip }
    let line = bytes.prefix { $0 != 0x0a }
    return ObjectID(hex: String(decoding: line.dropFirst(7), as: UTF8.self)) ?? tip
  }

  private mutating func add(_ id: ObjectID, _ bytes: [UInt8], _ commit: CommitObject) {
    guard commits.count < GitLimits.commits, payload.byteCount < GitLimits.historyLength else {
      untoldCommits += 1
      return
    }
    let message = CommitMessage(bytes, commit)
    var facts = CommitFacts(
      id: id.hex, parents: commit.parents.map(\.hex), author: commit.author?.text ?? "",
      committer: commit.committer?.text ?? "", subject: message.subject)
    facts.authoredAt = commit.author?.at
    facts.committedAt = commit.committer?.at
    facts.authorZone = commit.author?.zone
    facts.committerZone = commit.committer?.zone
    facts.trailers = Trailers.read(message.text)
    facts.signature = commit.signature
    if !payload.isEmpty { payload.append([0x0a].span) }
    payload.append(message.raw(id).span)
    let changes = compare(commit, &facts)
    if let changes {
      facts.changes = changes.prefix(changesLeft).map { .init($0.kind, path: String(decoding: $0.path, as: UTF8.self)) }
      changesLeft -= facts.changes?.count ?? 0
    }
    commits.append(facts)
    if let changes { write(changes) }
    if let note = facts.changesNote {
      payload.append(Array("\n\(facts.changes == nil ? "Changes" : "Some changes") are not told: \(note)\n".utf8).span)
    }
  }

  /// Against the first parent; nil, with a note, when that cannot be done.
  private mutating func compare(_ commit: CommitObject, _ facts: inout CommitFacts) -> [PathChange]? {
    guard entriesLeft > 0, changesLeft > 0 else {
      unpatchedCommits += 1
      facts.changesNote = "too many changes in all"
      return nil
    }
    var old: ObjectID?
    if let parent = commit.parents.first {
      guard let bytes = objects.content(parent, .commit), let found = CommitObject(bytes) else {
        facts.changesNote = "the parent \(parent.hex) is not at hand"
        return nil
      }
      old = found.tree
    }
    var comparison = TreeComparison(objects, limit: GitLimits.changesOfCommit, entries: entriesLeft)
    defer { entriesLeft = comparison.entries }
    guard comparison.compare(old, commit.tree) else {
      facts.changesNote = "a tree is not at hand"
      return nil
    }
    var lacks: [String] = []
    if !comparison.missing.isEmpty {
      let shown = comparison.missing.prefix(20).joined(separator: ", ")
      let more = comparison.missing.count > 20 ? " and \(comparison.missing.count - 20) more" : ""
      lacks.append("directories that are not at hand: \(shown)\(more)")
    }
    if comparison.uncounted > 0 { lacks.append("\(comparison.uncounted) paths over the limit") }
    if comparison.isCut { lacks.append("too many entries to compare") }
    if !lacks.isEmpty { facts.changesNote = lacks.joined(separator: "; ") }
    return comparison.changes
  }

  private mutating func write(_ changes: [PathChange]) {
    guard !changes.isEmpty else { return }
    payload.append([0x0a].span)
    for (index, change) in changes.enumerated() {
      guard payload.byteCount < GitLimits.historyLength else {
        notes.append("the history is cut: \(changes.count - index) files of a commit and what follows are not written")
        return
      }
      payload.append(patches.patch(change).span)
    }
  }
}
