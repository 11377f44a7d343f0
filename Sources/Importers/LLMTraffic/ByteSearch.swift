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
