import Model

/// Parts that several sections share.
extension HTMLWriter {
  mutating func section(
    _ anchor: HTMLAnchor, _ heading: String, content: (inout Self) throws -> Void
  ) rethrows {
    let title = anchor.name + "-title"
    try element("section", .id(anchor), HTMLAttribute("aria-labelledby", title)) { html in
      html.element("h2", HTMLAttribute("id", title), text: heading)
      try content(&html)
    }
    newline()
  }

  /// A table with a caption and a heading row that every printed page repeats. A `titled` one has its heading above it,
  /// so that its caption is for screen readers only.
  mutating func table(
    _ name: String, caption: String, columns: [TableColumn], content: (inout Self) throws -> Void
  ) rethrows {
    try element(
      "div", .class("scroll"), HTMLAttribute("tabindex", "0"), HTMLAttribute("role", "region"),
      HTMLAttribute("aria-label", caption)
    ) { html in
      try html.element("table", .class(name)) { html in
        html.element("caption", .class(name.contains("titled") ? "sr" : "shown"), text: caption)
        html.element("thead") { html in
          html.element("tr") { html in
            for column in columns {
              html.element(
                "th", HTMLAttribute("scope", "col"), .class(column.isNumber ? "n" : "t"), text: column.title)
            }
          }
        }
        try html.element("tbody") { html in try content(&html) }
      }
    }
  }

  /// A statement or another captured text, in full or its beginning with its true size.
  mutating func statement(_ text: String, limit: Int, byteCount: Int? = nil) {
    let excerpt = Excerpt(text, limit: limit)
    let size = byteCount ?? excerpt.byteCount
    guard size > 0 else {
      element("p", .class("soft"), text: "The text of the request was not captured.")
      return
    }
    element("pre") { html in
      html.element("code", HTMLAttribute("dir", "ltr")) { html in html.block(excerpt.text) }
    }
    guard excerpt.isCut || size > excerpt.byteCount else { return }
    element(
      "p", .class("cut"),
      text: "The first \(Figures.bytes(UInt64(excerpt.text.utf8.count))); \(Figures.count(size, "byte")) in all.")
  }

  /// What the policy says, in a word that is also coloured.
  mutating func outcome(_ outcome: Decision.Outcome) {
    let name =
      switch outcome {
      case .allowed, .approved: "word ok"
      case .unapproved, .denied: "word bad"
      case .undecidable: "word warn"
      }
    element("span", .class(name), text: Wording.outcome(outcome))
  }

  /// Links to actions by their times, and whether there are more.
  mutating func others(_ actions: [(id: String, time: Timestamp)], of count: Int, _ clock: CaseClock) {
    for (place, action) in actions.enumerated() {
      if place > 0 { text(", ") }
      element("a", .link(.action(action.id)), text: clock.time(action.time))
    }
    if count > actions.count { text(", …") }
  }

  /// A cell with a number.
  mutating func number(_ text: String) { element("td", .class("n"), text: text) }
  mutating func number(_ number: some BinaryInteger) { self.number(Figures.count(number)) }
}

struct TableColumn: ExpressibleByStringLiteral {
  let title: String
  var isNumber = false

  init(stringLiteral value: String) { title = value }
  init(_ title: String, isNumber: Bool) { (self.title, self.isNumber) = (title, isNumber) }

  static func number(_ title: String) -> TableColumn { TableColumn(title, isNumber: true) }
}
