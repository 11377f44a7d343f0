import Model

/// One prompt: the text as typed, what came of it, who asked whom.
struct PromptCard {
  let survey: CaseSurvey
  let place: Int

  /// Bytes of the text that stand open.
  private static let openBytes = 420
  private static let openLines = 6
  /// Actions that stand open; the next ones fold out.
  private static let openDeeds = 5

  private var book: PromptBook { survey.prompts }
  private var entry: PromptEntry { book.entries[place] }

  func write(to html: inout HTMLWriter<some ReportSink>) {
    let entry = entry
    html.element("article", .class("ask"), .id(.prompt(entry.id))) { html in
      html.element("div", .class("when")) { html in
        if entry.refused > 0 {
          html.element("span", .class("word bad"), text: "\(Figures.count(entry.refused)) not approved")
          html.text(" ")
        } else if entry.unaccepted > 0 {
          html.element("span", .class("word warn"), text: "\(Figures.count(entry.unaccepted)) cannot be decided")
          html.text(" ")
        }
        Self.time(entry, survey, to: &html)
      }
      html.element("div", .class("what")) { html in
        writeText(entry, to: &html)
        writeEffects(entry, to: &html)
        writeClaims(entry, to: &html)
        // The script puts a button here that shows it with all its arrows.
        if !entry.deeds.isEmpty {
          html.empty("p", .class("all-of"), HTMLAttribute("data-prompt", book.turn(of: place)))
        }
      }
      html.element("dl", .class("who")) { html in writeWho(entry, to: &html) }
    }
  }

  static func time(_ entry: PromptEntry, _ survey: CaseSurvey, to html: inout HTMLWriter<some ReportSink>) {
    guard entry.isTimed else { return html.element("span", .class("soft"), text: "time not known") }
    html.element("a", .link(.prompt(entry.id)), HTMLAttribute("title", "this prompt")) { html in
      html.time(entry.time, survey.promptClock, fractionDigits: 0)
    }
  }

  private func writeText(_ entry: PromptEntry, to html: inout HTMLWriter<some ReportSink>) {
    guard entry.byteCount > 0 else { return html.element("p", .class("soft"), text: "The prompt is empty.") }
    let opening = Self.opening(entry.text)
    html.element("pre", .class("quote"), HTMLAttribute("dir", "auto")) { html in
      html.block(opening.isCut ? opening.text + "…" : opening.text)
    }
    guard opening.isCut || entry.text.utf8.count < entry.byteCount else { return }
    let isWhole = entry.text.utf8.count == entry.byteCount
    if !isWhole, !opening.isCut {
      return html.element(
        "p", .class("cut"), prose: "\(Figures.count(entry.byteCount, "byte")) in all: \(code: show(entry.id))")
    }
    html.element("details", .class("preview")) { html in
      html.element(
        "summary",
        text: isWhole
          ? "All of it, \(Figures.count(entry.byteCount, "byte"))"
          : "The first \(Figures.count(entry.text.utf8.count)) of \(Figures.count(entry.byteCount, "byte"))")
      html.element("pre", .class("quote"), HTMLAttribute("dir", "auto")) { html in html.block(entry.text) }
      if !isWhole { html.element("p", .class("cut"), prose: "All of it: \(code: show(entry.id))") }
    }
  }

  private func show(_ id: String) -> String {
    "exhibit show \(ShellQuoting.word(id)) --case \(ShellQuoting.word(survey.name + ".exhibit"))"
  }

  /// The beginning that stands open: some bytes of some lines.
  private static func opening(_ text: String) -> (text: String, isCut: Bool) {
    let bytes = Excerpt(text, limit: openBytes)
    var end = bytes.text.endIndex
    var lines = 0
    for place in bytes.text.unicodeScalars.indices where bytes.text.unicodeScalars[place] == "\n" {
      lines += 1
      guard lines == openLines else { continue }
      end = place
      break
    }
    return (String(bytes.text[..<end]), end < text.endIndex)
  }

  private func writeEffects(_ entry: PromptEntry, to html: inout HTMLWriter<some ReportSink>) {
    html.element("p", .class("came")) { html in
      html.element("b", text: AttributionWords.cameOf(entry.effects))
      var notes: [String] = []
      if entry.failed > 0 { notes.append("\(Figures.count(entry.failed)) failed") }
      if entry.withoutEffect > 0 { notes.append("\(Figures.count(entry.withoutEffect, "change")) left no effect") }
      if !notes.isEmpty { html.text(" · " + notes.joined(separator: ", ")) }
      if !entry.readNames.isEmpty {
        html.write(" · data of " + .list(entry.readNames.map { "\(code: $0)" }) + (entry.hasMoreNames ? ", …" : ""))
      }
    }
    let deeds = entry.deeds.sorted { ($0.time, $0.actionID) < ($1.time, $1.actionID) }
    // What nobody approved stands open before what someone did, and that before what only read.
    let ranked = deeds.filter { $0.weight > 0 }.enumerated().sorted {
      ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset)
    }.map(\.element)
    let opened = Set((ranked.isEmpty ? deeds : ranked).prefix(Self.openDeeds).map(\.actionID))
    list(deeds.filter { opened.contains($0.actionID) }, to: &html)
    let rest = deeds.filter { !opened.contains($0.actionID) }
    let left = entry.actionCount + entry.effects.ambiguousCount - deeds.count - (entry.effects.counts[.session] ?? 0)
    if !rest.isEmpty {
      html.element("details", .class("preview")) { html in
        html.element(
          "summary",
          text:
            "\(Figures.count(rest.count, "more action"))\(left > 0 ? " of \(Figures.count(rest.count + left))" : "")")
        list(rest, to: &html)
        if left > 0 { html.element("p", .class("cut"), prose: "All of them: \(code: show(entry.id))") }
      }
    }
  }

  private func list(_ deeds: [PromptEntry.Deed], to html: inout HTMLWriter<some ReportSink>) {
    guard !deeds.isEmpty else { return }
    // What was done over and over is told once, with its times.
    var groups: [[PromptEntry.Deed]] = []
    for deed in deeds {
      if let last = groups.last?.first, last.isLike(deed) {
        groups[groups.count - 1].append(deed)
      } else {
        groups.append([deed])
      }
    }
    html.element("ul", .class("deeds")) { html in
      for group in groups {
        guard let deed = group.first else { continue }
        html.element("li") { html in
          html.element("a", .link(.action(deed.actionID))) { html in html.time(deed.time, survey.clock) }
          html.text(" ")
          html.element("code", HTMLAttribute("dir", "ltr"), text: deed.text)
          if group.count > 1 {
            html.element("span", .class("soft")) { html in
              html.text(" and again ")
              for (turn, other) in group.dropFirst().enumerated() {
                if turn > 0 { html.text(", ") }
                html.element("a", .link(.action(other.actionID))) { html in html.time(other.time, survey.clock) }
              }
            }
          }
          if let outcome = deed.outcome {
            html.text(" ")
            html.outcome(outcome)
          }
          let notes = [
            deed.status == .ok ? nil : deed.status == .incomplete ? "outcome missing" : "failed",
            deed.isWithoutEffect && deed.status == .ok ? "left no effect" : nil,
            deed.isAmbiguous ? "ambiguous: another prompt, or nobody, may be as likely" : nil,
          ].compactMap(\.self)
          if !notes.isEmpty { html.element("span", .class("soft"), text: " " + notes.joined(separator: ", ")) }
        }
      }
    }
  }

  /// Times that lead to actions, in a line.
  static func links(
    _ deeds: some Collection<PromptEntry.Deed>, _ survey: CaseSurvey, to html: inout HTMLWriter<some ReportSink>
  ) {
    guard !deeds.isEmpty else { return }
    html.element("div", .class("soft")) { html in
      for (turn, deed) in deeds.enumerated() {
        if turn > 0 { html.text(", ") }
        html.element("a", .link(.action(deed.actionID)), HTMLAttribute("title", deed.text)) { html in
          html.time(deed.time, survey.clock)
        }
      }
    }
  }

  private func writeClaims(_ entry: PromptEntry, to html: inout HTMLWriter<some ReportSink>) {
    guard entry.claimCount > 0 else { return }
    html.element("p", .class("loud")) { html in
      html.text(
        "\(Figures.count(entry.claimCount, "call")) \(entry.claimCount == 1 ? "claims" : "claim") what the captures do not show:"
      )
    }
    html.element("ul", .class("deeds")) { html in
      for claim in entry.claims {
        let call = book.claims[claim]
        html.element("li") { html in
          html.element("code", HTMLAttribute("dir", "ltr"), text: call.tool + " " + call.command)
          if let witness = call.witness {
            html.element("span", .class("soft"), text: " " + AttributionWords.witness(witness))
          }
        }
      }
      if entry.claimCount > entry.claims.count { html.element("li", text: "…") }
    }
  }

  private func writeWho(_ entry: PromptEntry, to html: inout HTMLWriter<some ReportSink>) {
    fact("Person", "\(String(Excerpt(entry.asker, limit: 200).text))", to: &html)
    fact("Agent", "\(String(Excerpt(entry.program, limit: 200).text))", to: &html)
    let turn =
      entry.number > 0 ? "\(entry.turn), \(AttributionWords.kind(entry.kind))" : AttributionWords.kind(entry.kind)
    fact("Turn", "\(turn)", to: &html)
    fact("In", "\(code: String(Excerpt(entry.conversation, limit: 80).text))", to: &html)
    if let folder = entry.workingDirectory, !folder.isEmpty {
      fact("Folder", "\(code: String(Excerpt(folder, limit: 200).text))", to: &html)
    }
    let agents = entry.delegated > 0 ? ", \(Figures.count(entry.delegated, "task")) to sub-agents" : ""
    fact("Calls", "\(Figures.count(entry.callCount))\(agents)", to: &html)
    fact("Id", "\(code: entry.id)", to: &html)
  }

  private func fact(_ name: String, _ value: Prose, to html: inout HTMLWriter<some ReportSink>) {
    html.element("div") { html in
      html.element("dt", text: name)
      html.element("dd", prose: value)
    }
  }
}
