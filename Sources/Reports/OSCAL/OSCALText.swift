import Model

/// Text as OSCAL's types of strings have it: nothing hidden, no space or line break at either end, never empty.
enum OSCALText {
  static func line(_ text: String, limit: Int = 2000) -> String {
    let marked = VisibleText.marked(text)
    let excerpt = Excerpt(marked, limit: limit)
    let kept = excerpt.text.drop { $0 == " " }
    let end = kept.lastIndex { $0 != " " }.map { kept.index(after: $0) } ?? kept.startIndex
    let trimmed = kept[..<end]
    if trimmed.isEmpty { return "unknown" }
    return String(trimmed) + (excerpt.isCut ? "…" : "")
  }

  /// A sentence whose words are read as Markdown (OSCAL's markup): marks that mean something are escaped.
  static func markup(_ text: String, limit: Int = 2000) -> String {
    var out = ""
    for character in line(text, limit: limit) {
      if "\\`*_{}[]<>#|~$".contains(character) { out.append("\\") }
      out.append(character)
    }
    return out
  }

  /// Whole seconds; OSCAL's type is of the years 1900 to 2999, and evidence has none before 1970.
  static func time(_ time: Timestamp) -> String { max(.epoch, time).formatted(fractionDigits: 3) }
}
