/// Dates of HTTP fields (RFC 9110 §5.6.7).
enum HTTPDate {
  private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

  /// `2026-10-21T07:28:00Z` of `Wed, 21 Oct 2026 07:28:00 GMT`, also with the dashes that cookies have; nil for others.
  static func isoText(_ text: String) -> String? {
    let words = text.unicodeScalars.split { $0 == " " || $0 == "-" || $0 == "," }.map(String.init)
    guard words.count >= 5, let day = Int(words[1]), (1...31).contains(day),
      let month = months.firstIndex(of: words[2].lowercased()), let year = Int(words[3]), (1601...9999).contains(year)
    else { return nil }
    let clock = words[4].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard clock.count == 3, let hour = clock[0], (0..<24).contains(hour), let minute = clock[1],
      (0..<60).contains(minute), let second = clock[2], (0..<61).contains(second)
    else { return nil }
    func two(_ number: Int) -> String { Figures.padded(Int64(number), 2) }
    return "\(year)-\(two(month + 1))-\(two(day))T\(two(hour)):\(two(minute)):\(two(second))Z"
  }
}
