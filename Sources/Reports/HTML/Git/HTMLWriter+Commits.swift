import Model

extension HTMLWriter {
  /// References and commits of a push, each folded out with one click.
  mutating func pushes(_ log: PushLog, _ updates: [RefUpdate]) {
    if !updates.isEmpty {
      element("ul", .class("refs")) { html in
        for update in updates { html.reference(update) }
      }
    }
    guard !log.commits.isEmpty else { return }
    element("details", .class("commits"), HTMLAttribute("open")) { html in
      html.element("summary", text: Figures.count(log.commits.count + log.omittedCount, "commit"))
      for commit in log.commits { html.commit(commit) }
      if log.omittedCount > 0 {
        html.element(
          "p", .class("cut"), text: "\(Figures.count(log.omittedCount, "further commit")) are in the case file.")
      }
      if log.isCut {
        html.element(
          "p", .class("cut"), text: "Changes that had no room here are in the case file, as far as they were captured.")
      }
    }
  }

  private mutating func reference(_ update: RefUpdate) {
    element("li") { html in
      html.element("code", text: String(Excerpt(update.name, limit: 300).text))
      html.element("span", .class("soft")) { html in
        html.element("code", text: update.old.map { String($0.prefix(10)) } ?? "none")
        html.text(" → ")
        html.element("code", text: update.new.map { String($0.prefix(10)) } ?? "none")
      }
      if let (word, isBad) = update.verdict {
        html.element("span", .class(isBad ? "word bad" : "word ok"), text: word)
      }
    }
  }

  private mutating func commit(_ commit: PushLog.Commit) {
    element("details", .class("commit")) { html in
      html.element("summary") { html in
        html.element("code", .class("soft"), text: String(commit.id.prefix(10)))
        html.text(" ")
        html.element(
          "b", text: commit.subject.isEmpty ? "(no message)" : String(Excerpt(commit.subject, limit: 300).text))
        html.element("span", .class("soft")) { html in
          html.text(" \(Excerpt(commit.author.name, limit: 120).text)")
          if let at = commit.author.at { html.text(", " + CommitDate.text(at, zone: commit.author.zone)) }
          html.text(" · " + commit.changeSummary + " ")
        }
        for trailer in commit.trailers where trailer.isAttribution {
          html.element(
            "span", .class("trailer"), text: "\(trailer.name): \(Excerpt(trailer.value, limit: 200).text)")
        }
      }
      html.element("dl", .class("commit-facts")) { html in
        html.commitFact("Commit", commit.id)
        if !commit.parents.isEmpty { html.commitFact("Parents", commit.parents.joined(separator: " ")) }
        html.person("Author", commit.author)
        html.person("Committer", commit.committer)
        if commit.isSigned { html.commitFact("Signature", "present; not verified") }
        for trailer in commit.trailers { html.commitFact(trailer.name, trailer.value) }
      }
      let body = commit.body
      if !body.isEmpty {
        html.element("pre") { html in html.element("code", HTMLAttribute("dir", "ltr")) { $0.block(body) } }
      }
      for change in commit.changes { html.change(change, isOpen: commit.opens(change)) }
      if commit.omittedChanges > 0 {
        html.element("p", .class("cut"), text: "\(Figures.count(commit.omittedChanges)) more files are not shown here.")
      }
      if let note = commit.note { html.element("p", .class("cut"), text: note) }
    }
  }

  private mutating func commitFact(_ name: String, _ value: String) {
    element("dt", text: name)
    element("dd", text: String(Excerpt(value, limit: 600).text))
  }

  private mutating func person(_ name: String, _ person: PushLog.Person) {
    guard !person.name.isEmpty || !person.mail.isEmpty else { return }
    let date = person.at.map { ", " + CommitDate.text($0, zone: person.zone) } ?? ""
    commitFact(name, "\(person.name) <\(person.mail)>\(date)")
  }

  private mutating func change(_ change: PushLog.Change, isOpen: Bool) {
    element("details", [.class("change")] + (isOpen ? [HTMLAttribute("open")] : [])) { html in
      html.element("summary") { html in
        html.element("b", .class("kind-\(change.kind.rawValue)"), text: change.kind.rawValue)
        html.text(" ")
        html.element("code", text: String(Excerpt(change.path, limit: 400).text))
        html.element("span", .class("counts")) { html in
          html.element("span", .class("plus"), text: "+\(Figures.count(change.addedCount))")
          html.text(" ")
          html.element("span", .class("minus"), text: "−\(Figures.count(change.deletedCount))")
        }
        if !change.notes.isEmpty {
          html.element("span", .class("soft"), text: " " + change.notes.joined(separator: " "))
        }
      }
      if !change.lines.isEmpty {
        html.element("pre", .class("diff")) { html in
          html.element("code", HTMLAttribute("dir", "ltr")) { html in html.diff(change.lines) }
        }
      }
      if change.omittedCount > 0 {
        html.element("p", .class("cut"), text: "\(Figures.count(change.omittedCount, "further line")) not shown here.")
      }
    }
  }

  /// Lines of one kind that follow each other are one element.
  private mutating func diff(_ lines: [String]) {
    var start = lines.startIndex
    while start < lines.endIndex {
      let kind = DiffLine.kind(lines[start])
      let end = lines[start...].firstIndex { DiffLine.kind($0) != kind } ?? lines.endIndex
      let text = lines[start..<end].joined(separator: "\n") + "\n"
      element("span", .class(kind)) { $0.block(text) }
      start = end
    }
  }
}

enum DiffLine {
  static func kind(_ line: String) -> String {
    switch line.utf8.first {
    case UInt8(ascii: "+"): "d-add"
    case UInt8(ascii: "-"): "d-del"
    case UInt8(ascii: "@"): "d-hunk"
    default: "d-same"
    }
  }
}

enum CommitDate {
  /// In UTC, with the zone as it was written.
  static func text(_ time: Timestamp, zone: String) -> String {
    Figures.date(time) + " " + time.clock(fractionDigits: 0) + " UTC" + (zone.isEmpty ? "" : " (written \(zone))")
  }
}

extension PushLog.Commit {
  /// `2 files, +3 −1`.
  var changeSummary: String {
    let added = changes.reduce(0) { $0 + $1.addedCount }
    let deleted = changes.reduce(0) { $0 + $1.deletedCount }
    return Figures.count(changes.count + omittedChanges, "file")
      + ", +\(Figures.count(added)) −\(Figures.count(deleted))"
  }

  /// Short changes of a small commit are seen at once.
  func opens(_ change: PushLog.Change) -> Bool { changes.count <= 8 && change.lines.count <= 60 }
}
