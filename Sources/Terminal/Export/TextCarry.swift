/// Bytes to text in pieces: what a piece leaves unfinished of a character waits for the next.
struct TextCarry: Sendable {
  private var held: [UInt8] = []

  /// The text that is whole with these bytes; what is not UTF-8 becomes U+FFFD.
  mutating func decode(_ bytes: [UInt8]) -> String {
    let all = held + bytes
    let end = all.count - Self.unfinishedCount(all)
    held = Array(all[end...])
    return String(decoding: all[..<end], as: UTF8.self)
  }

  /// What is left, which nothing will finish.
  mutating func finish() -> String {
    defer { held = [] }
    return String(decoding: held, as: UTF8.self)
  }

  /// Bytes at the end that may begin a character whose rest is still to come.
  private static func unfinishedCount(_ bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let byte = bytes[bytes.count - count]
      if byte & 0xC0 == 0x80 { continue }
      let length =
        byte >= 0xF0 && byte <= 0xF4 ? 4 : byte >= 0xE0 && byte < 0xF0 ? 3 : byte >= 0xC2 && byte < 0xE0 ? 2 : 1
      return length > count ? count : 0
    }
    return 0
  }
}
