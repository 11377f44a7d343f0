import Model

/// Parts that sections of a compliance report share.
extension HTMLWriter {
  /// How the evidence stands, in a word that is coloured and marked.
  mutating func state(_ state: ControlState) {
    let tone =
      switch state {
      case .supported: "ok"
      case .exception: "bad"
      case .notCovered: "warn"
      }
    element("span", .class("state \(tone)"), text: state.rawValue)
  }

  /// Points, or nothing.
  mutating func points(_ items: some Sequence<Prose>) {
    let items = Array(items)
    guard !items.isEmpty else { return }
    element("ul", .class("plain")) { html in for item in items { html.element("li", prose: item) } }
  }

  /// Ids of actions in a line.
  mutating func ids(_ ids: [String], of count: Int) {
    for (index, id) in ids.enumerated() {
      if index > 0 { text(" ") }
      element("code", text: id)
    }
    if count > ids.count, !ids.isEmpty { text(" …") }
  }

  /// Lines for a shell.
  mutating func command(_ lines: [String]) {
    element("pre", .class("command")) { html in
      html.element("code", HTMLAttribute("dir", "ltr")) { html in html.block(lines.joined(separator: "\n")) }
    }
  }
}
