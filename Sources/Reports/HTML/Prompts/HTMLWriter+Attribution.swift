import Model

/// How an action names the prompt that it goes back to.
extension HTMLWriter {
  /// Prompts that an ambiguous action names.
  private static var candidates: Int { 4 }
  /// Bytes of a prompt's text beside an action.
  private static var beside: Int { 140 }

  /// One line under an action.
  mutating func attribution(of action: Action, in book: PromptBook) {
    guard book.isPresent else { return }
    let marks = book.marks(of: action.id)
    guard let best = marks.first else {
      // What concerns the session only is nothing that anyone would ask for.
      if action.effect != .session { element("p", .class("by none"), text: AttributionWords.unknown) }
      return
    }
    element("p", .class(best.isAmbiguous ? "by open" : "by"), HTMLAttribute("title", best.reason)) { html in
      guard best.isAmbiguous, marks.count > 1 else {
        html.prompt(best, in: book)
        html.element("span", .class("soft")) { html in
          html.text(" \(AttributionWords.sure(best.confidence)), \(AttributionWords.method(best.method))")
          html.via(best)
          if best.isAmbiguous { html.text("; it may as well be nobody's") }
        }
        return
      }
      html.element(
        "span", .class("soft"),
        text: "one of \(Figures.count(marks.count)) prompts, which the evidence does not tell apart: ")
      for (turn, mark) in marks.prefix(Self.candidates).enumerated() {
        if turn > 0 { html.text("; ") }
        html.prompt(mark, in: book)
        html.element("span", .class("soft"), text: " \(Attribution.percent(mark.confidence))")
      }
      if marks.count > Self.candidates { html.text("; …") }
    }
  }

  private mutating func prompt(_ mark: PromptBook.Mark, in book: PromptBook) {
    guard let place = mark.prompt else { return text("a tool call whose prompt is not known") }
    promptLink(place, in: book, limit: Self.beside)
  }

  /// The prompt's beginning, as a link where the page tells of it.
  mutating func promptLink(_ place: Int, in book: PromptBook, limit: Int) {
    let entry = book.entries[place]
    let words = entry.byteCount == 0 ? "an empty prompt" : entry.excerpt(limit)
    guard book.isListed(place) else { return element("q", text: words) }
    element("a", .link(.prompt(entry.id)), HTMLAttribute("dir", "auto"), text: words)
  }

  private mutating func via(_ mark: PromptBook.Mark) {
    guard let via = mark.viaActionID else { return }
    write(" \("through a request of the agent's", to: .action(via))")
  }

  /// The block that an exception has: the text, the call, how sure that is and why.
  mutating func cause(of action: Action, in book: PromptBook) {
    guard book.isPresent else { return }
    let marks = book.marks(of: action.id)
    guard let best = marks.first else {
      return element(
        "p", .class("by none"),
        prose: "\(strong: "Not from any known prompt"): no tool call of the transcripts explains it.")
    }
    guard !best.isAmbiguous || marks.count == 1, let place = best.prompt else {
      return attribution(of: action, in: book)
    }
    let entry = book.entries[place]
    element("pre", .class("quote"), HTMLAttribute("dir", "auto")) { html in
      html.block(entry.byteCount == 0 ? "(an empty prompt)" : entry.excerpt(400))
    }
    element("p", .class("soft")) { html in
      let wait = action.startedAt.nanoseconds.subtractingReportingOverflow(entry.time.nanoseconds)
      let earlier =
        entry.isTimed && !wait.overflow && wait.partialValue >= 0
        ? ", \(Figures.span(nanoseconds: wait.partialValue)) earlier" : ""
      if book.isListed(place) {
        html.element("a", .link(.prompt(entry.id)), text: entry.turn)
      } else {
        html.text(entry.turn)
      }
      html.text(" to \(entry.program)\(earlier)")
      if let call = book.call(best.callID) {
        html.write(" · tool call \(code: String(Excerpt(call.tool + " " + call.command, limit: 240).text))")
      }
      html.text(" · \(AttributionWords.sure(best.confidence)), \(AttributionWords.method(best.method))")
      html.via(best)
      if !best.reason.isEmpty { html.text(": \(AttributionWords.reasons(best.reason))") }
    }
  }
}
