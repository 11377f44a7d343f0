/// Where two texts begin to differ, for a person.
enum TextDifference {
  /// Characters that are shown on each side of the place.
  static let context = 24

  /// `at byte 57: approved “…”, ran “…”`
  static func description(approved: String, ran: String) -> String {
    let a = Array(approved.utf8)
    let b = Array(ran.utf8)
    var start = 0
    while start < a.count, start < b.count, a[start] == b[start] { start += 1 }
    return "at byte \(start + 1): approved \(excerpt(a, start)), ran \(excerpt(b, start))"
  }

  /// How much of the longer text the two share at its beginning and end, 0 to 1.
  static func likeness(_ first: String, _ second: String) -> Double {
    let a = Array(first.utf8)
    let b = Array(second.utf8)
    let limit = min(a.count, b.count)
    guard limit > 0 else { return 0 }
    var start = 0
    while start < limit, a[start] == b[start] { start += 1 }
    var end = 0
    while end < limit - start, a[a.count - 1 - end] == b[b.count - 1 - end] { end += 1 }
    return Double(start + end) / Double(max(a.count, b.count))
  }

  /// Whatever is not plain is its number: a letter of another script looks like the right one.
  private static func excerpt(_ bytes: [UInt8], _ place: Int) -> String {
    let place = min(place, bytes.count)
    var from = max(0, place - context)
    // Not within a character.
    while from < place, bytes[from] & 0xC0 == 0x80 { from += 1 }
    var to = min(bytes.count, place + context)
    while to < bytes.count, bytes[to] & 0xC0 == 0x80 { to += 1 }
    let text = ApprovalText.quoted(String(decoding: bytes[from..<to], as: UTF8.self)).dropFirst().dropLast()
    return
      "\"\(from > 0 ? "…" : "")\(text)\(to < bytes.count ? "…" : "")\"\(place == bytes.count ? " and no more" : "")"
  }
}
