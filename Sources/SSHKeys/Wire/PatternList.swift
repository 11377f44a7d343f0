/// A list of patterns between commas (ssh_config(5), PATTERNS): `*` is any bytes, `?` one byte, and what matches a
/// pattern behind `!` is not in the list, whatever else matches.
struct PatternList: Hashable, Sendable {
  /// OpenSSH's buffer for one pattern; a list with a longer one matches nothing, as there.
  static let patternLimit = 1022

  struct Pattern: Hashable, Sendable {
    var bytes: [UInt8]
    var isNegated: Bool
  }

  let patterns: [Pattern]
  /// As written.
  let text: [UInt8]

  init(_ text: [UInt8]) {
    self.text = text
    patterns = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { part in
      let isNegated = part.first == UInt8(ascii: "!")
      return Pattern(bytes: Array(isNegated ? part.dropFirst() : part), isNegated: isNegated)
    }
  }

  func matches(_ name: String) -> Bool {
    let name = Array(name.utf8)
    guard !text.isEmpty else { return false }
    var isFound = false
    for pattern in patterns {
      guard pattern.bytes.count <= Self.patternLimit else { return false }
      guard Self.matches(name, pattern.bytes) else { continue }
      if pattern.isNegated { return false }
      isFound = true
    }
    return isFound
  }

  /// Whether the pattern is the whole name. Of several `*` only the last needs to be tried again, so the time is bounded
  /// by the product of both lengths.
  static func matches(_ name: [UInt8], _ pattern: [UInt8]) -> Bool {
    var (place, mark): (Int, Int) = (0, 0)
    var retry: (place: Int, mark: Int)?
    while place < name.count {
      if mark < pattern.count, pattern[mark] == UInt8(ascii: "*") {
        retry = (place, mark)
        mark += 1
      } else if mark < pattern.count, pattern[mark] == UInt8(ascii: "?") || pattern[mark] == name[place] {
        place += 1
        mark += 1
      } else if let last = retry {
        place = last.place + 1
        mark = last.mark + 1
        retry = (place, last.mark)
      } else {
        return false
      }
    }
    return pattern[mark...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
