import Foundation

/// Finds in the results of calls what the wire answered. Agents and applications are told the same few things over and over
/// (`UPDATE 1`), so what was looked for in a call's result is kept as long as there is room.
struct EchoSearch {
  /// Pairs of call and echo that are kept.
  private static let pairLimit = 1 << 18
  /// Longer echoes, in bytes, are looked for each time, by a search that is slower.
  private static let echoLimit = 64

  private struct Pair: Hashable {
    var call: Int32
    var echo: String
  }

  private var known: [Pair: Bool] = [:]

  /// Whether an echo stands in the result of a call.
  mutating func holds(_ echo: String, in result: String, of call: Int32) -> Bool {
    guard echo.utf8.count <= Self.echoLimit, echo.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
      return result.contains(echo)
    }
    let pair = Pair(call: call, echo: echo)
    if let known = known[pair] { return known }
    if known.count >= Self.pairLimit { known.removeAll(keepingCapacity: true) }
    let isHeld = Self.find(Array(echo.utf8), in: result)
    known[pair] = isHeld
    return isHeld
  }

  /// Byte by byte: echoes are short, and most bytes of a result are not their first.
  private static func find(_ echo: [UInt8], in result: String) -> Bool {
    let text = result.utf8.span
    guard let first = echo.first, text.count >= echo.count else { return false }
    for start in 0...(text.count - echo.count) where text[start] == first {
      var length = 1
      while length < echo.count, text[start + length] == echo[length] { length += 1 }
      guard length == echo.count else { continue }
      let end = start + length
      // What follows may belong to the last letter, which then is another.
      return end == text.count || text[end] < 0x80 || result.contains(String(decoding: echo, as: UTF8.self))
    }
    return false
  }
}
