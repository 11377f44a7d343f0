import Foundation
import Model

/// The plain words of a query, to find which action of a document of many matched.
struct SearchWords {
  let words: [String]

  init(_ query: String) {
    let operators: Set<String> = ["and", "or", "not", "near"]
    words = query.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
      .filter { !operators.contains($0) }
  }

  /// Whether the action's own text, parameters or result hold one of the words.
  func match(_ action: Action, in file: CaseFile) throws -> Bool {
    let text = (action.text + " " + (action.parameters ?? "")).lowercased()
    if words.contains(where: { text.contains($0) }) { return true }
    guard action.hasResponsePayload, let payload = try file.responsePayload(of: action.id) else { return false }
    let result = String(decoding: payload.bytes, as: UTF8.self).lowercased()
    return words.contains { result.contains($0) }
  }

  /// The text around the first word found, marked as FTS5's snippet marks it.
  func excerpt(of text: String) -> String {
    for word in words {
      guard let hit = text.range(of: word, options: .caseInsensitive) else { continue }
      let start = text.index(hit.lowerBound, offsetBy: -40, limitedBy: text.startIndex) ?? text.startIndex
      let end = text.index(hit.upperBound, offsetBy: 60, limitedBy: text.endIndex) ?? text.endIndex
      return (start > text.startIndex ? "…" : "") + text[start..<hit.lowerBound] + "\u{e000}" + text[hit] + "\u{e001}"
        + text[hit.upperBound..<end] + (end < text.endIndex ? "…" : "")
    }
    return String(text.prefix(120))
  }
}
