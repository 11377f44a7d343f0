/// A text with wildcards, matched in time linear in both.
public struct TextPattern: Sendable {
  /// Stands for any bytes, none included; it occurs in no UTF-8.
  public static let wildcard: UInt8 = 0xFF

  private let anchoredStart: [UInt8]
  private let middle: [[UInt8]]
  private let anchoredEnd: [UInt8]
  private let isLiteral: Bool
  /// How much of it is known.
  public let literalByteCount: Int

  /// Takes the text, with `wildcard` where anything may stand.
  public init(_ bytes: [UInt8]) {
    var parts: [[UInt8]] = [[]]
    for byte in bytes {
      if byte == TextPattern.wildcard { parts.append([]) } else { parts[parts.count - 1].append(byte) }
    }
    literalByteCount = parts.reduce(0) { $0 + $1.count }
    isLiteral = parts.count == 1
    anchoredStart = parts.first ?? []
    anchoredEnd = isLiteral ? [] : parts.last ?? []
    middle = parts.count > 2 ? parts[1..<(parts.count - 1)].filter { !$0.isEmpty } : []
  }

  /// Whether the pattern is the whole text.
  public func matches(_ text: [UInt8]) -> Bool {
    if isLiteral { return text == anchoredStart }
    guard text.count >= literalByteCount, text.starts(with: anchoredStart),
      text[(text.count - anchoredEnd.count)...].elementsEqual(anchoredEnd)
    else { return false }
    // The leftmost place of each piece leaves most room for those behind it.
    var rest = text[anchoredStart.count..<(text.count - anchoredEnd.count)]
    for piece in middle {
      guard let end = TextPattern.end(of: piece, in: rest) else { return false }
      rest = rest[end...]
    }
    return true
  }

  /// Behind the first occurrence (Knuth, Morris, Pratt).
  public static func end(of piece: [UInt8], in text: ArraySlice<UInt8>) -> Int? {
    var borders = [Int](repeating: 0, count: piece.count)
    var length = 0
    for index in piece.indices.dropFirst() {
      while length > 0, piece[index] != piece[length] { length = borders[length - 1] }
      if piece[index] == piece[length] { length += 1 }
      borders[index] = length
    }
    length = 0
    for index in text.indices {
      while length > 0, text[index] != piece[length] { length = borders[length - 1] }
      if text[index] == piece[length] { length += 1 }
      if length == piece.count { return index + 1 }
    }
    return nil
  }
}
