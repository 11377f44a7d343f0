import Model

/// A commit as it stands in the text of a push: `git log -p --format=raw`.
struct CommitRecord {
  var id: String
  var parents: [String] = []
  /// `Name <mail>`.
  var author = ""
  /// Seconds since the epoch.
  var authoredAt: Int64 = 0
  /// `+0100`.
  var zone = "+0000"
  /// Lines of the message, without their indentation.
  var message: [[UInt8]] = []
  /// Lines of the changes, from the first `diff --git`.
  var diff: [[UInt8]] = []
  /// Lines that say which changes are not told.
  var notes: [String] = []

  /// The first paragraph of the message on one line.
  var subject: String {
    String(decoding: Array(message.prefix { !$0.isEmpty }.joined(separator: [0x20])), as: UTF8.self)
  }

  /// A file that was changed: how, and its path as git writes it.
  struct Change: Hashable {
    /// `A`, `M`, `D`.
    var kind: Character
    var path: String
  }

  var changes: [Change] {
    var changes: [Change] = []
    for line in diff {
      if line.starts(with: "diff --git ".utf8) {
        changes.append(Change(kind: "M", path: Self.path(of: line)))
      } else if let last = changes.indices.last {
        if line.starts(with: "new file mode ".utf8) { changes[last].kind = "A" }
        if line.starts(with: "deleted file mode ".utf8) { changes[last].kind = "D" }
      }
    }
    return changes
  }

  /// The path of `diff --git a/x b/x`: both halves are the same but for their first letters.
  private static func path(of line: [UInt8]) -> String {
    let names = String(decoding: line.dropFirst(11), as: UTF8.self).unicodeScalars
    let isQuoted = names.first == "\""
    let half = names.suffix((names.count - 1) / 2).dropFirst(isQuoted ? 3 : 2)
    return String(String.UnicodeScalarView(isQuoted ? half.dropLast() : half))
  }
}

extension CommitRecord {
  /// Reads the commits of a push, newest first. Whatever stands before the first is passed over.
  static func read(_ text: [UInt8]) -> [CommitRecord] {
    enum Part { case head, message, changes }
    var commits: [CommitRecord] = []
    var part = Part.head
    for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
      // Lines of a message are indented and those of a change have a sign before them: only a commit begins so.
      if line.starts(with: "commit ".utf8) {
        commits.append(CommitRecord(id: String(decoding: line.dropFirst(7), as: UTF8.self)))
        part = .head
        continue
      }
      guard let last = commits.indices.last else { continue }
      if line.starts(with: "diff --git ".utf8) { part = .changes }
      switch part {
      case .head:
        if line.isEmpty { part = .message } else { commits[last].takeHead(String(decoding: line, as: UTF8.self)) }
      case .message:
        if line.starts(with: "    ".utf8) {
          commits[last].message.append(Array(line.dropFirst(4)))
        } else {
          commits[last].takeNote(line)
        }
      case .changes:
        if line.first == 0x43 || line.first == 0x53 { commits[last].takeNote(line) }
        commits[last].diff.append(Array(line))
      }
    }
    for index in commits.indices {
      while commits[index].diff.last?.isEmpty == true { commits[index].diff.removeLast() }
      while let line = commits[index].diff.last, String(decoding: line, as: UTF8.self).contains("are not told: ") {
        commits[index].diff.removeLast()
        while commits[index].diff.last?.isEmpty == true { commits[index].diff.removeLast() }
      }
    }
    return commits
  }

  private mutating func takeHead(_ line: String) {
    if line.hasPrefix("parent ") { parents.append(String(line.dropFirst(7))) }
    guard line.hasPrefix("author ") else { return }
    let words = line.dropFirst(7).split(separator: " ", omittingEmptySubsequences: false)
    guard words.count >= 3, let seconds = Int64(words[words.count - 2]) else {
      author = String(line.dropFirst(7))
      return
    }
    author = words.dropLast(2).joined(separator: " ")
    authoredAt = seconds
    let zone = String(words[words.count - 1])
    if zone.utf8.count == 5, Int(zone) != nil { self.zone = zone }
  }

  /// `Changes are not told: …`, `Some changes are not told: …`.
  private mutating func takeNote(_ line: ArraySlice<UInt8>) {
    let text = String(decoding: line, as: UTF8.self)
    if text.contains("hanges are not told: ") { notes.append(text) }
  }
}
