/// Secrets of applications in Microsoft Entra: forty characters, of which the fourth to the sixth are a digit and `Q~`.
enum EntraSecret {
  private static let characters = ByteSet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~")

  /// The secret around the tilde at `index`.
  static func find(_ bytes: Span<UInt8>, around index: Int) -> Range<Int>? {
    let start = index - 5
    guard start >= 0, bytes.end(of: characters, from: start, limit: 6) == index + 1 else { return nil }
    guard !ByteClass.isWord(bytes.peek(start - 1)) else { return nil }
    var end = bytes.end(of: characters, from: index + 1, limit: 35)
    while end > index, bytes.peek(end - 1) == 0x2E { end -= 1 }
    return (31...34).contains(end - index - 1) ? start..<end : nil
  }
}
