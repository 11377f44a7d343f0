import Model

/// One picture of everything, and its table.
struct TimelineSection {
  let survey: CaseSurvey

  func write(to html: inout HTMLWriter<some ReportSink>) {
    guard !survey.sessions.isEmpty else { return }
    html.section(HTMLAnchor("timeline"), "What happened when") { html in
      html.element("div", .class("card")) { html in
        writeControls(to: &html)
        html.element(
          "div", .class("scroll"), HTMLAttribute("id", "timeline-view"), HTMLAttribute("tabindex", "0"),
          HTMLAttribute("role", "region"), HTMLAttribute("aria-label", "Timeline")
        ) { html in
          TimelineDrawing(survey: survey).write(to: &html)
        }
        writeLegend(to: &html)
        html.markup(
          "<div id=\"timeline-detail\"></div><p id=\"status\" class=\"sr\" role=\"status\" aria-live=\"polite\"></p>")
        writeTable(to: &html)
        writePrompts(to: &html)
      }
    }
  }

  /// Rows of the table of prompts.
  private static let prompts = 500

  /// The marks above the lanes as a table.
  private func writePrompts(to html: inout HTMLWriter<some ReportSink>) {
    let book = survey.prompts
    guard !book.listed.isEmpty else { return }
    html.element("details", .class("more")) { html in
      html.element("summary", text: "The prompts as a table")
      let columns: [TableColumn] =
        ["Asked", "Prompt", "First action", "Last action"]
        + ["Reads", "Changes", "Ambiguous", "Not approved"].map { .number($0) }
      html.table("list", caption: "Prompts in order of time", columns: columns) { html in
        for place in book.listed.prefix(Self.prompts) {
          let entry = book.entries[place]
          html.element("tr") { html in
            html.element("td") { html in PromptCard.time(entry, survey, to: &html) }
            html.element("th", HTMLAttribute("scope", "row")) { html in html.promptLink(place, in: book, limit: 120) }
            for time in [entry.firstAction, entry.lastAction] {
              html.element("td") { html in if let time { html.time(time, survey.clock) } }
            }
            html.number(entry.effects.counts[.read] ?? 0)
            html.number(entry.effects.changeCount)
            html.number(entry.effects.ambiguousCount)
            html.number(entry.refused)
          }
        }
      }
      let left = book.listed.count - Self.prompts + book.omittedCount
      if left > 0 {
        html.element("p", .class("cut"), text: "\(Figures.count(left, "more prompt")) are in the case file.")
      }
    }
  }

  /// What only works with the script; it takes the `hidden` away.
  private func writeControls(to html: inout HTMLWriter<some ReportSink>) {
    html.markup(
      """
      <div class="controls" id="timeline-controls" role="toolbar" aria-label="Replay and zoom" hidden>\
      <button type="button" id="play" aria-pressed="false">▶ Replay</button>\
      <label>Speed <select id="speed"><option value="1">1×</option><option value="4">4×</option>\
      <option value="16" selected>16×</option><option value="60">60×</option><option value="600">600×</option></select>\
      </label><label><input type="checkbox" id="skip-idle" checked> Skip idle</label>\
      <span class="spacer"></span><button type="button" id="zoom-in" aria-label="Zoom in">+</button>\
      <button type="button" id="zoom-out" aria-label="Zoom out">−</button>\
      <button type="button" id="zoom-all">Whole</button>\
      <p id="playing" class="playing">Select a mark to see its action; drag to zoom in. With the keyboard: ← → ↑ ↓, Enter, \
      + − 0, space.</p></div>
      """)
    guard !survey.prompts.listed.isEmpty else { return }
    html.markup(
      """
      <p id="prompt-keys" class="soft" hidden>Select a prompt to see what it caused, an action to see who asked for it. \
      With the keyboard: ↑ above the first lane goes to the prompts, P from an action to its prompt.</p>
      """)
  }

  private func writeLegend(to html: inout HTMLWriter<some ReportSink>) {
    html.element("ul", .class("legend"), HTMLAttribute("aria-label", "Legend")) { html in
      let counted = Effect.allCases.filter { $0.isChange && survey.total[$0] > 0 }
      for effect in [.read] + counted {
        entry(effect, Self.word(effect), to: &html)
      }
      if !survey.prompts.listed.isEmpty { speech(to: &html) }
      sample("hollow", "hollow: left no effect", to: &html)
      sample("cross", "cross: failed", to: &html)
      sample("ring bad", "ring: not approved", to: &html)
      sample("ok", "tick: approved", to: &html)
      if survey.total.undecidable > 0 { sample("open", "dashed edge: cannot be decided", to: &html) }
      if !survey.gaps.isEmpty { sample("gap", "not captured", to: &html) }
      if !survey.opaqueSessions.isEmpty { sample("opaque", "opaque", to: &html) }
    }
  }

  static func word(_ effect: Effect) -> String {
    switch effect {
    case .execute: "code run"
    case .transfer: "data moved"
    case .unknown: "effect unknown"
    default: effect.rawValue
    }
  }

  private func entry(_ effect: Effect, _ word: String, to html: inout HTMLWriter<some ReportSink>) {
    let shape = MarkShape(effect: effect, x: 9, y: 9)
    html.element("li") { html in
      html.element("svg", HTMLAttribute("width", 18), HTMLAttribute("height", 18), HTMLAttribute("aria-hidden", "true"))
      { html in
        let isTick = effect == .read
        html.empty(
          "path", .class(isTick ? "m-read" : "m \(effect.rawValue)"), HTMLAttribute("d", shape.path(radius: 6)),
          HTMLAttribute("fill", isTick ? "none" : shape.colour), HTMLAttribute("stroke", shape.colour))
      }
      html.text(word)
    }
  }

  private func speech(to html: inout HTMLWriter<some ReportSink>) {
    html.markup(
      """
      <li><svg width="22" height="18" aria-hidden="true"><path class="speech" d="M2 5a3 3 0 0 1 3 -3h12a3 3 0 0 1 3 3v4\
      a3 3 0 0 1 -3 3h-10l-5 5z" fill="#ffffff" stroke="#0b5fa5"></path></svg>prompt, red: unapproved changes came of it</li>
      """)
  }

  private func sample(_ name: String, _ words: String, to html: inout HTMLWriter<some ReportSink>) {
    let shape = MarkShape(effect: .write, x: 9, y: 9)
    html.element("li") { html in
      html.element("svg", HTMLAttribute("width", 18), HTMLAttribute("height", 18), HTMLAttribute("aria-hidden", "true"))
      { html in
        switch name {
        case "gap":
          html.markup(
            "<rect class=\"gap\" x=\"1\" y=\"3\" width=\"16\" height=\"12\" fill=\"url(#hatch)\" stroke=\"#8a5a00\"></rect>"
          )
        case "opaque":
          html.markup("<rect class=\"opaque\" x=\"1\" y=\"3\" width=\"16\" height=\"12\" fill=\"url(#dots)\"></rect>")
        case "cross":
          html.empty(
            "path", .class("cross"), HTMLAttribute("d", MarkShape.cross(9, 9)), HTMLAttribute("stroke", "#b3261e"),
            HTMLAttribute("fill", "none"))
        case "ring bad":
          html.empty(
            "path", .class("m neutral"), HTMLAttribute("d", shape.path(radius: 4)), HTMLAttribute("fill", "#6f737c"))
          html.empty(
            "path", .class("ring bad"), HTMLAttribute("d", shape.path(radius: 7.5)), HTMLAttribute("fill", "none"),
            HTMLAttribute("stroke", "#b3261e"))
        default:
          html.empty(
            "path", .class("m neutral \(name)"),
            HTMLAttribute(
              "d", (name == "ok" ? MarkShape(effect: .write, x: 7, y: 11) : shape).path(radius: name == "ok" ? 5 : 6)),
            HTMLAttribute("fill", name == "hollow" ? "#ffffff" : "#6f737c"),
            HTMLAttribute("stroke", name == "ok" ? "#1b6e46" : "#6f737c"))
          guard name == "ok" else { return }
          html.empty(
            "path", .class("check"), HTMLAttribute("d", MarkShape.check(7, 13)), HTMLAttribute("stroke", "#1b6e46"),
            HTMLAttribute("fill", "none"))
        }
      }
      html.text(words)
    }
  }

  /// The picture's facts as a table: the same lanes, the same numbers.
  private func writeTable(to html: inout HTMLWriter<some ReportSink>) {
    let lanes = survey.timeline.lanes.lanes
    let damage = Dictionary(grouping: survey.gaps) { $0.sessionID }
    html.element("details", .class("more")) { html in
      html.element("summary", text: "The picture as a table")
      let columns: [TableColumn] =
        ["Lane", "From", "Until"]
        + ["Reads", "Writes", "Schema", "Privilege", "Other changes", "Failed", "Not approved", "Not captured"].map {
          .number($0)
        }
      html.table("list", caption: "Timeline, one row a lane", columns: columns) { html in
        for lane in lanes {
          let sessions = lane.sessions.map { survey.sessions[$0] }
          let tallies = lane.sessions.map { survey.tallies[$0] }
          func sum(_ value: (Tally) -> Int) -> Int { tallies.reduce(0) { $0 + value($1) } }
          html.element("tr") { html in
            html.element(
              "th", HTMLAttribute("scope", "row"), text: lane.label + (sessions.count > 1 ? " (\(lane.note))" : ""))
            html.element("td") { html in
              if let first = sessions.map(\.startedAt).min() { html.time(first, survey.clock) }
            }
            html.element("td") { html in
              if let last = sessions.map(\.endedAt).max() { html.time(last, survey.clock) }
            }
            html.number(sum { $0[.read] })
            html.number(sum { $0[.write] })
            html.number(sum { $0[.schema] })
            html.number(sum { $0[.privilege] })
            html.number(sum { $0[.execute] + $0[.transfer] + $0[.unknown] })
            html.number(sum(\.errors))
            html.number(sum(\.refused))
            let missing = sessions.flatMap { damage[$0.id] ?? [] }.reduce(UInt64(0)) {
              $0.addingReportingOverflow($1.byteCount).partialValue
            }
            html.number(missing == 0 ? "0" : Figures.bytes(missing))
          }
        }
      }
    }
  }
}
