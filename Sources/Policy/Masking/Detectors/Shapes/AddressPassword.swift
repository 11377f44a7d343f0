/// The password of `scheme://user:password@host` (RFC 3986 §3.2.1), of databases' addresses above all.
enum AddressPassword {
  private static let limit = 512
  /// What ends the part before the path; a password that holds one of them has to be escaped.
  private static let ends = ByteSet(" /?#\"'<>\\`", hasControls: true)

  /// Of the address whose two slashes end at `start`.
  static func find(_ bytes: Span<UInt8>, from start: Int) -> Range<Int>? {
    let stop = min(bytes.count, start + limit)
    var index = start
    var colon: Int?
    var mark: Int?
    while index < stop, !ends.contains(bytes[index]) {
      if bytes[index] == 0x3A, colon == nil { colon = index }
      if bytes[index] == 0x40 { mark = index }
      index += 1
    }
    guard let colon, let mark, colon + 1 < mark else { return nil }
    let password = (colon + 1)..<mark
    return Placeholder.isOne(bytes, password) ? nil : password
  }
}
