import Bytes

/// How a secret is shown: what stands in a stored text in its place.
public enum Redaction {
  public static let mark = "[redacted]"
  /// The same, where a query was encoded again.
  public static let encodedMark = "%5Bredacted%5D"

  /// Whether secrets were taken out of the text.
  ///
  /// By bytes, not characters: a mark that combines with its bracket does not hide it.
  public static func isIn(_ text: some StringProtocol) -> Bool {
    let found = text.utf8.withContiguousStorageIfAvailable { bytes in
      let bytes = unsafe Span(_unsafeElements: bytes)
      return bytes.contains("[redacted]", from: UInt8(ascii: "["))
        || bytes.contains("%5Bredacted%5D", from: UInt8(ascii: "%"))
    }
    return found ?? isIn(String(decoding: Array(text.utf8), as: UTF8.self))
  }
}

extension Span where Element == UInt8 {
  /// Whether the text, which begins with the byte, is in the bytes.
  fileprivate func contains(_ text: StaticString, from first: UInt8) -> Bool {
    var start = 0
    while let place = firstIndex(of: first, from: start) {
      if extracting(place..<count).starts(with: text) { return true }
      start = place + 1
    }
    return false
  }
}
