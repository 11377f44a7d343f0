import Bytes

/// Ids that somebody took out of a transcript before it was handed over: many calls bear the same, so that it names none.
enum ScrubbedID {
  /// Whether a text stands in the place of an id: `REDACTED`, `<redacted>`, `call_[redacted]`, `****`.
  static func isOne(_ id: some StringProtocol) -> Bool {
    let bytes = id.utf8
    guard let first = bytes.first else { return false }
    if first == UInt8(ascii: "*") || first == UInt8(ascii: "x") || first == UInt8(ascii: "X") {
      if bytes.count >= 3, bytes.allSatisfy({ $0 == first }) { return true }
    }
    return String(id).mentions("redacted")
  }

  /// The id, or nil for what names nothing.
  static func named(_ id: String?) -> String? { id.flatMap { $0.isEmpty || isOne($0) ? nil : $0 } }
}
