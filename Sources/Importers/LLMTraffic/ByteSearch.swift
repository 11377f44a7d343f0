import Bytes

extension [UInt8] {
  /// The index at which `text` begins first, at or after `start`.
  func firstIndex(of text: String, from start: Int = 0) -> Int? {
    let wanted = Array(text.utf8)
    guard let first = wanted.first else { return start }
    var start = start
    while let hit = span.firstIndex(of: first, from: start) {
      guard wanted.count <= count - hit else { return nil }
      if self[hit..<(hit + wanted.count)].elementsEqual(wanted) { return hit }
      start = hit + 1
    }
    return nil
  }
}

extension [UInt8] {
  /// The whole number that follows `text` at its first place, or at its last one; nil where there is none.
  func number(after text: String, last: Bool = false) -> Int? {
    var found: Int?
    var start = 0
    while let place = firstIndex(of: text, from: start) {
      found = place + text.utf8.count
      start = place + 1
      if !last { break }
    }
    guard let found else { return nil }
    let digits = self[found...].prefix { (0x30...0x39).contains($0) || $0 == 0x2D }
    return Int(String(decoding: digits, as: UTF8.self))
  }
}
