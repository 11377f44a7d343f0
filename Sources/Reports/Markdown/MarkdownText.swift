/// Captured text in Markdown: nothing in it is markup, a link, somebody's name to be called or the end of a table's
/// cell.
enum MarkdownText {
  /// Words of a sentence. Marks that mean something are written by number; those by which platforms find people and
  /// issues are set apart from what follows.
  static func words(_ text: some StringProtocol, limit: Int = 600) -> String {
    let excerpt = Excerpt(VisibleText.marked(text), limit: limit)
    var out = ""
    var before = ""
    for scalar in excerpt.text.unicodeScalars {
      switch scalar {
      case "@", "#", "!": out += "<span>&#\(scalar.value);</span>"
      // `www.` begins a link by itself (GFM §6.9).
      case "." where before == "www": out += "&#46;"
      case " ", ",", ".", ";", "-", "/", "(", ")", "%", "?", "'": out.unicodeScalars.append(scalar)
      case _ where scalar.isASCII && !scalar.properties.isAlphabetic && !("0"..."9").contains(scalar):
        out += "&#\(scalar.value);"
      default: out.unicodeScalars.append(scalar)
      }
      before = String((before + scalar.properties.lowercaseMapping).suffix(3))
    }
    return out + (excerpt.isCut ? "…" : "")
  }

  /// One line of code. Where a span of backticks would not do in a table, an element with every mark by number.
  static func code(_ text: some StringProtocol, limit: Int = 200) -> String {
    let excerpt = Excerpt(VisibleText.marked(text), limit: limit)
    let kept = String(excerpt.text) + (excerpt.isCut ? "…" : "")
    guard !kept.allSatisfy({ $0 == " " }) else { return "" }
    guard kept.utf8.contains(where: { $0 == 0x60 || $0 == 0x7C || $0 == 0x5C }) else {
      // A space at both ends would be taken away (CommonMark §6.1).
      return kept.hasPrefix(" ") && kept.hasSuffix(" ") ? "` \(kept) `" : "`\(kept)`"
    }
    var out = "<code>"
    for scalar in kept.unicodeScalars {
      let isPlain = !scalar.isASCII || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == " "
      if isPlain { out.unicodeScalars.append(scalar) } else { out += "&#\(scalar.value);" }
    }
    return out + "</code>"
  }
}

extension Excerpt {
  /// The beginning of marked text.
  init(_ text: Substring, limit: Int) { self.init(String(text), limit: limit) }
}
