import Model

/// The commits of a push or fetch, out of what `git log -p --format=raw` would show.
///
/// The text is captured and may say anything. A commit begins at a line `commit` and an object id at the margin, where
/// neither a message (indented by four) nor a change (marked in its first column) can put one.
struct PushLog {
  struct Person {
    var name = ""
    var mail = ""
    var at: Timestamp?
    var zone = ""
  }

  struct Trailer {
    let name: String
    let value: String

    /// It says who, or which machine, had a part in it.
    var isAttribution: Bool {
      let name = name.lowercased()
      return name == "co-authored-by" || name.hasPrefix("agent") || name.hasPrefix("generated")
        || name.hasPrefix("assisted")
    }
  }

  struct Change {
    enum Kind: String {
      case added = "A"
      case modified = "M"
      case deleted = "D"
    }

    var kind = Kind.modified
    var path = ""
    var addedCount = 0
    var deletedCount = 0
    /// The hunks, line by line.
    var lines: [String] = []
    /// Lines that are not kept here.
    var omittedCount = 0
    /// `mode 100644 → 100755`, `binary`.
    var notes: [String] = []
  }

  struct Commit {
    let id: String
    var parents: [String] = []
    var author = Person()
    var committer = Person()
    var isSigned = false
    var message: [String] = []
    var changes: [Change] = []
    var omittedChanges = 0
    /// What the log says of changes that it cannot tell.
    var note: String?
  }

  private(set) var commits: [Commit] = []
  /// Commits over the limit.
  private(set) var omittedCount = 0
  /// Lines were left out because of the limit on all of them, or the payload is not whole.
  private(set) var isCut = false
  /// About what it costs to keep it.
  private(set) var cost = 0

  static let commitLimit = 1000
  /// Commits of a push, files of a commit, when there is no room for more than their names.
  private static let barelyKept = 10
  private static let changeLimit = 500
  private static let lineLimit = 2000
  private static let lineBytes = 1000
  private static let messageLines = 200

  /// Where in the text the reading is.
  private enum Place {
    case outside
    case head
    case message
    case changes
    /// Lines still to come of the old and the new side.
    case hunk(old: Int, new: Int)
  }

  private var place = Place.outside
  private let byteLimit: Int

  init(_ payload: StoredPayload, byteLimit: Int) {
    self.byteLimit = byteLimit
    isCut = payload.isCut
    guard payload.layout == .text || payload.layout == .bytes else { return }
    for line in payload.bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
      take(String(decoding: line.prefix(Self.lineBytes), as: UTF8.self), isShort: line.count > Self.lineBytes)
    }
  }

  private mutating func take(_ line: String, isShort: Bool) {
    if case .hunk(let old, let new) = place, continueHunk(line, isShort: isShort, old, new) { return }
    if let id = Self.commitID(line) {
      place = .head
      guard commits.count < (cost < byteLimit ? Self.commitLimit : Self.barelyKept) else {
        omittedCount += 1
        place = .outside
        return
      }
      commits.append(Commit(id: id))
      cost += 200
      return
    }
    switch place {
    case .outside: return
    case .head: takeHead(line)
    case .message: takeMessage(line)
    case .changes, .hunk: takeChange(line)
    }
  }

  /// `commit` and 40 or 64 hexadecimal digits.
  private static func commitID(_ line: String) -> String? {
    guard line.hasPrefix("commit ") else { return nil }
    let id = line.dropFirst(7)
    return isObjectID(id) ? String(id) : nil
  }

  static func isObjectID(_ text: some StringProtocol) -> Bool {
    (text.utf8.count == 40 || text.utf8.count == 64) && text.utf8.allSatisfy(isHexadecimal)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
  }

  private mutating func change(_ body: (inout Commit) -> Void) {
    if !commits.isEmpty { body(&commits[commits.count - 1]) }
  }

  private mutating func takeHead(_ line: String) {
    if line.isEmpty {
      place = .message
      return
    }
    if line.hasPrefix("diff --git ") { return takeChange(line) }
    let (name, rest) = Self.halves(line, at: " ")
    change { commit in
      switch name {
      case "parent" where commit.parents.count < 16 && Self.isObjectID(rest): commit.parents.append(rest)
      case "author": commit.author = Self.person(rest)
      case "committer": commit.committer = Self.person(rest)
      case "gpgsig", "gpgsig-sha256": commit.isSigned = true
      default: break
      }
    }
  }

  private static func halves(_ line: String, at separator: Character) -> (String, String) {
    guard let place = line.firstIndex(of: separator) else { return (line, "") }
    return (String(line[..<place]), String(line[line.index(after: place)...]))
  }

  /// `Name <mail> seconds zone`.
  private static func person(_ text: String) -> Person {
    var person = Person()
    guard let close = text.lastIndex(of: ">"), let open = text[..<close].lastIndex(of: "<") else {
      person.name = text
      return person
    }
    person.name = String(text[..<open].drop { $0 == " " })
    while person.name.last == " " { person.name.removeLast() }
    person.mail = String(text[text.index(after: open)..<close])
    let words = text[text.index(after: close)...].split(separator: " ")
    if let seconds = words.first.flatMap({ Int64($0) }), (0...9_000_000_000).contains(seconds) {
      person.at = Timestamp(nanoseconds: seconds * 1_000_000_000)
    }
    if words.count > 1 { person.zone = String(words[1].prefix(8)) }
    return person
  }

  private mutating func takeMessage(_ line: String) {
    if line.hasPrefix("diff --git ") { return takeChange(line) }
    if line.hasPrefix("    ") {
      let text = String(line.dropFirst(4))
      let room = cost < byteLimit ? Self.messageLines : 1
      cost += text.utf8.count
      change { if $0.message.count < room { $0.message.append(text) } }
    } else if line.isEmpty {
      change { if !$0.message.isEmpty { $0.message.append("") } }
    } else {
      takeNote(line)
    }
  }

  private mutating func takeNote(_ line: String) {
    guard line.contains("are not told") else { return }
    change { $0.note = line }
  }

  // MARK: Changes

  private mutating func takeChange(_ line: String) {
    if line.hasPrefix("diff --git ") {
      place = .changes
      let path = GitPath.common(in: line.dropFirst(11))
      let room = cost < byteLimit ? Self.changeLimit : Self.barelyKept
      cost += path.utf8.count + 40
      change { commit in
        guard commit.changes.count < room else {
          commit.omittedChanges += 1
          return
        }
        commit.changes.append(Change(path: path))
      }
      return
    }
    if line.hasPrefix("@@ "), let (old, new) = Self.hunkCounts(line) {
      place = .hunk(old: old, new: new)
      keep(line, isShort: false)
      return
    }
    place = .changes
    if line.contains("are not told") { return takeNote(line) }
    let (name, rest) = Self.halves(line, at: " ")
    if name == "---" || name == "+++", rest != "/dev/null" {
      let path = GitPath.plain(rest.hasPrefix("\"") ? rest : Self.halves(rest, at: "\t").0, hasSide: true)
      if !path.isEmpty { edit { $0.path = path } }
      return
    }
    if line.hasPrefix("new file mode") { return edit { $0.kind = .added } }
    if line.hasPrefix("deleted file mode") { return edit { $0.kind = .deleted } }
    if line.hasPrefix("old mode ") { return edit { $0.notes.append("mode " + line.dropFirst(9)) } }
    if line.hasPrefix("new mode ") { return edit { $0.notes.append("→ " + line.dropFirst(9)) } }
    if line.hasPrefix("Binary files ") { return edit { $0.notes.append("binary") } }
  }

  /// Changes the file that was begun last, unless it is one over the limit.
  private mutating func edit(_ body: (inout Change) -> Void) {
    change { commit in
      guard commit.omittedChanges == 0, !commit.changes.isEmpty else { return }
      let last = commit.changes.count - 1
      if commit.changes[last].notes.count < 8 { body(&commit.changes[last]) }
    }
  }

  /// `@@ -1,5 +1,6 @@`; a count that is not there is 1.
  private static func hunkCounts(_ line: String) -> (Int, Int)? {
    let words = line.split(separator: " ", maxSplits: 4)
    guard words.count >= 4, words[1].hasPrefix("-"), words[2].hasPrefix("+"), words[3].hasPrefix("@@") else {
      return nil
    }
    func count(_ word: Substring) -> Int? {
      let parts = word.dropFirst().split(separator: ",", omittingEmptySubsequences: false)
      guard parts.count <= 2, parts.first.flatMap({ Int($0) }) != nil else { return nil }
      guard parts.count == 2 else { return 1 }
      return Int(parts[1]).flatMap { (0...1_000_000_000).contains($0) ? $0 : nil }
    }
    guard let old = count(words[1]), let new = count(words[2]) else { return nil }
    return (old, new)
  }

  /// Whether the line belongs to the hunk that is open.
  private mutating func continueHunk(_ line: String, isShort: Bool, _ old: Int, _ new: Int) -> Bool {
    switch line.utf8.first {
    case UInt8(ascii: "\\"): break
    case UInt8(ascii: "+") where new > 0:
      place = .hunk(old: old, new: new - 1)
      edit { $0.addedCount += 1 }
    case UInt8(ascii: "-") where old > 0:
      place = .hunk(old: old - 1, new: new)
      edit { $0.deletedCount += 1 }
    case UInt8(ascii: " ") where old > 0 && new > 0: place = .hunk(old: old - 1, new: new - 1)
    default:
      place = .changes
      return false
    }
    keep(line, isShort: isShort)
    return true
  }

  private mutating func keep(_ line: String, isShort: Bool) {
    let isFull = cost >= byteLimit
    if isFull { isCut = true }
    var keptBytes = 0
    edit { change in
      guard !isFull, change.lines.count < Self.lineLimit else {
        change.omittedCount += 1
        return
      }
      change.lines.append(isShort ? line + "…" : line)
      keptBytes = line.utf8.count + 4
    }
    cost += keptBytes
  }
}
