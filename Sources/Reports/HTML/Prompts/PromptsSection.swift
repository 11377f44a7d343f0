import Model

/// What each prompt did; before it, what no prompt explains and what was claimed but not seen.
struct PromptsSection {
  let survey: CaseSurvey
  let limits: HTMLReport.Limits

  /// Prompts that stand open; the next ones fold out.
  private static let open = 12

  private var book: PromptBook { survey.prompts }

  func write(to html: inout HTMLWriter<some ReportSink>) {
    guard book.isPresent else { return }
    html.section(HTMLAnchor("prompts"), "What each prompt did") { html in
      writeSummary(to: &html)
      writeClocks(to: &html)
      UnexplainedTable(survey: survey).write(to: &html)
      ClaimsTable(survey: survey).write(to: &html)
      writePrompts(to: &html)
    }
  }

  private func writeSummary(to html: inout HTMLWriter<some ReportSink>) {
    let typed = book.entries.count(where: \.kind.isTyped)
    html.element("p") { html in
      html.write(
        """
        \(Figures.count(typed, "prompt")) of \(Figures.count(book.conversationCount, "conversation")) and \
        \(Figures.count(book.callCount, "tool call")) are in the transcripts. \(book.attributed) of \
        \(Figures.count(survey.total.actions, "action")) and \(book.attributedChanges) of \
        \(Figures.count(survey.total.changes, "change")) go back to prompts
        """)
      html.text(
        book.ambiguous > 0
          ? "; of \(Figures.count(book.ambiguous, "action")) the evidence does not tell which prompt of several." : ".")
    }
    html.element(
      "p", .class("soft"),
      prose: """
        How sure an attribution is stands beside it; one action with all its reasons: \
        \(code: "exhibit why ACTION --case \(ShellQuoting.word(survey.name + ".exhibit"))"). A prompt is what was asked; \
        what an agent made of it is the agent's.
        """)
  }

  /// What was done about clocks that differ.
  private func writeClocks(to html: inout HTMLWriter<some ReportSink>) {
    let moved = book.offsets
    guard !moved.isEmpty else { return }
    html.element("p", .class("soft")) { html in
      html.text("Times of prompts are moved to the captures' clock: ")
      for (turn, offset) in moved.prefix(6).enumerated() {
        if turn > 0 { html.text("; ") }
        if let source = survey.sourceIndex[offset.sourceID] {
          html.write("\(EvidencePlace.fileName(survey.sources[source]), to: .source(offset.sourceID))")
        } else {
          html.text(offset.sourceID)
        }
        html.text(
          " runs \(Figures.span(nanoseconds: offset.nanoseconds)) \(offset.nanoseconds > 0 ? "ahead" : "behind")")
      }
      html.text(moved.count > 6 ? "; and \(Figures.count(moved.count - 6)) more transcripts." : ".")
    }
  }

  private func writePrompts(to html: inout HTMLWriter<some ReportSink>) {
    let ranked = book.ranked
    guard !ranked.isEmpty else {
      return html.element("p", .class("calm"), text: "No prompt of a person is in the transcripts.")
    }
    html.element("h3", text: "Prompt by prompt, unapproved changes first")
    // What only read, or did nothing that was seen, is told in a line where there is much else.
    let wordy = ranked.count <= Self.open ? ranked : ranked.filter { book.entries[$0].isNotable }
    let cards = wordy.prefix(limits.promptCards)
    let open = cards.prefix(Self.open)
    if !open.isEmpty {
      html.element("div", .class("card")) { html in
        for place in open { PromptCard(survey: survey, place: place).write(to: &html) }
      }
    }
    let folded = cards.dropFirst(Self.open)
    if !folded.isEmpty {
      html.element("details", .class("more")) { html in
        html.element("summary", text: "\(Figures.count(folded.count, "more prompt")) with changes")
        html.element("div", .class("card")) { html in
          for place in folded { PromptCard(survey: survey, place: place).write(to: &html) }
        }
      }
    }
    let shown = Set(cards)
    writeTable(ranked.filter { !shown.contains($0) }, to: &html)
  }

  private func writeTable(_ places: [Int], to html: inout HTMLWriter<some ReportSink>) {
    if !places.isEmpty {
      html.element("details", .class("more")) { html in
        html.element("summary", text: "\(Figures.count(places.count, "further prompt")), those without changes by time")
        html.table(
          "list told", caption: "Further prompts",
          columns: ["Asked", "Prompt", "By", "Came of it", .number("Not approved"), .number("Calls")]
        ) { html in
          for place in places { writeRow(place, to: &html) }
        }
      }
    }
    let left = book.omittedCount
    guard left > 0 else { return }
    html.element(
      "p", .class("cut"),
      prose: """
        \(Figures.count(left, "prompt")) that changed the least are not listed here. All of them: \
        \(code: "exhibit prompts --case \(ShellQuoting.word(survey.name + ".exhibit"))").
        """)
  }

  private func writeRow(_ place: Int, to html: inout HTMLWriter<some ReportSink>) {
    let entry = book.entries[place]
    html.element("tr", .id(.prompt(entry.id))) { html in
      html.element("td") { html in PromptCard.time(entry, survey, to: &html) }
      html.element("td", HTMLAttribute("dir", "auto"), text: entry.excerpt(PromptBook.excerptBytes))
      html.element("td") { html in
        html.text(String(Excerpt(entry.asker, limit: 120).text))
        html.element("div", .class("soft"), text: String(Excerpt(entry.program, limit: 160).text))
      }
      html.element("td") { html in
        html.text(AttributionWords.cameOf(entry.effects))
        PromptCard.links(entry.deeds.prefix(3), survey, to: &html)
      }
      html.element("td", .class(entry.refused > 0 ? "n bad" : "n"), text: Figures.count(entry.refused))
      html.number(entry.callCount)
    }
  }
}
