import Model

/// Tool calls that claim what the captures do not show.
struct ClaimsTable {
  let survey: CaseSurvey

  private static let (open, folded) = (8, 300)

  private var book: PromptBook { survey.prompts }

  func write(to html: inout HTMLWriter<some ReportSink>) {
    guard book.callCount > 0 else { return }
    html.element("h3", text: "Calls that claim what the wire does not show")
    guard book.claimCount > 0 else {
      return html.element(
        "p", .class("calm"),
        text: "None. What the captures could show of the tool calls, they show.")
    }
    html.element("p") { html in
      html.element("b", text: "\(Figures.count(book.claimCount)) of \(Figures.count(book.callCount, "tool call"))")
      html.text(": \(sentence).")
    }
    let sorted = book.claims.enumerated().sorted {
      let (one, two) = ($0.element.witness == .mismatched ? 0 : 1, $1.element.witness == .mismatched ? 0 : 1)
      return (one, $0.offset) < (two, $1.offset)
    }.map(\.element)
    table(sorted.prefix(Self.open), caption: "Calls and captures that do not agree", to: &html)
    let rest = sorted.dropFirst(Self.open)
    if !rest.isEmpty {
      html.element("details", .class("more")) { html in
        html.element("summary", text: Figures.count(rest.count, "more call"))
        table(rest.prefix(Self.folded), caption: "Further calls and captures that do not agree", to: &html)
      }
    }
    let left = book.claimCount - min(sorted.count, Self.open + Self.folded)
    guard left > 0 else { return }
    html.element(
      "p", .class("cut"),
      prose: """
        \(Figures.count(left, "more call")) are in the case file: \
        \(code: "SELECT * FROM tool_calls WHERE witness IN ('unwitnessed', 'mismatched')")
        """)
  }

  private var sentence: String {
    let unseen = book.claimCount - book.mismatchCount
    let missed =
      "what \(unseen == 1 ? "it" : "they") should have done was not seen, though the captures show that server then"
    if book.mismatchCount == 0 { return missed }
    if unseen == 0 { return "the captures show something else in \(book.mismatchCount == 1 ? "its" : "their") place" }
    return
      "of \(Figures.count(unseen)) \(missed); in place of \(Figures.count(book.mismatchCount)) they show something else"
  }

  private func table(
    _ calls: ArraySlice<CallNote>, caption: String, to html: inout HTMLWriter<some ReportSink>
  ) {
    html.table("list card told", caption: caption, columns: ["Called", "Call", "In the captures", "Asked by"]) { html in
      for call in calls {
        html.element("tr") { html in
          html.element("td") { html in
            if let at = call.at {
              html.time(at, survey.promptClock)
            } else {
              html.element("span", .class("soft"), text: "time not known")
            }
          }
          html.element("td") { html in
            html.element("code", HTMLAttribute("dir", "ltr"), text: call.command + (call.isCut ? "…" : ""))
            html.element("div", .class("soft"), text: call.tool)
          }
          html.element("td") { html in
            if let witness = call.witness {
              html.element(
                "span", .class(witness == .mismatched ? "word bad" : "word warn"),
                text: AttributionWords.witness(witness))
            }
            if !call.detail.isEmpty { html.element("div", .class("soft"), text: call.detail) }
          }
          html.element("td") { html in html.promptLink(call.prompt, in: book, limit: 120) }
        }
      }
    }
  }
}
