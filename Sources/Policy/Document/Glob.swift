/// A pattern with `*` (any characters) and `?` (one), without regard to case.
struct Glob: Sendable, Hashable {
  private let pattern: [Character]

  init(_ pattern: String) { self.pattern = Array(pattern.lowercased()) }

  /// Matches in time proportional to both lengths at worst: of several stars only the last is tried again.
  func matches(_ text: String) -> Bool {
    let text = Array(text.lowercased())
    var (at, star, mark) = (0, -1, 0)
    var index = 0
    while index < text.count {
      if at < pattern.count, pattern[at] == "*" {
        (star, mark) = (at, index)
        at += 1
      } else if at < pattern.count, pattern[at] == "?" || pattern[at] == text[index] {
        at += 1
        index += 1
      } else if star >= 0 {
        at = star + 1
        mark += 1
        index = mark
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == "*" }
  }
}
