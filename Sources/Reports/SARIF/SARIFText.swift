import Model

/// Captured text in the places where SARIF or its readers would take it for something else.
enum SARIFText {
  /// Bytes of one message.
  static let messageLimit = 4000
  /// Bytes of a name of a rule (GitHub: 255 characters).
  private static let idLimit = 200

  /// One line, hidden characters marked, cut.
  static func line(_ text: String, limit: Int = 500) -> String {
    let excerpt = Excerpt(VisibleText.marked(text), limit: limit)
    return String(excerpt.text) + (excerpt.isCut ? "…" : "")
  }

  static func id(_ text: String) -> String { line(text, limit: idLimit) }

  /// Plain text of a message: what would be a link (SARIF §3.11.6) or a place for an argument (§3.11.5) is pulled
  /// apart.
  static func message(_ text: String) -> String {
    let excerpt = Excerpt(VisibleText.marked(text, shape: .block), limit: messageLimit)
    var out = String.UnicodeScalarView()
    var previous: Unicode.Scalar = " "
    for scalar in excerpt.text.unicodeScalars {
      let isLink = previous == "]" && scalar == "("
      let isPlace = previous == "{" && ("0"..."9").contains(scalar)
      if isLink || isPlace { out.append(" ") }
      out.append(scalar)
      previous = scalar
    }
    return String(out) + (excerpt.isCut ? "…" : "")
  }

  static func level(_ severity: Finding.Severity) -> String {
    switch severity {
    case .critical, .high: "error"
    case .medium: "warning"
    case .low, .info: "note"
    }
  }
}
