/// Spanish identity numbers (DNI) and those of foreigners (NIE): a letter by 23 (Real Decreto 1553/2005; Orden INT/2058/2008).
enum SpanishID {
  private static let letters = Array("TRWAGMYFPDXBNJZSQVHLCKE".utf8)

  static func letter(of number: Int) -> UInt8 { letters[number % letters.count] }

  /// `12345678Z` or `X1234567L`.
  static func kind(_ bytes: Span<UInt8>, _ range: Range<Int>) -> DataKind? {
    guard range.count == 9 else { return nil }
    let first = bytes.peek(range.lowerBound)
    let isForeign = first >= 0x58 && first <= 0x5A
    guard isForeign || ByteClass.isDigit(first) else { return nil }
    var number = isForeign ? Int(first) - 0x58 : Int(first) - 0x30
    for offset in 1..<8 {
      let byte = bytes.peek(range.lowerBound + offset)
      guard ByteClass.isDigit(byte) else { return nil }
      number = number * 10 + Int(byte) - 0x30
    }
    guard bytes.peek(range.lowerBound + 8) == letter(of: number) else { return nil }
    return isForeign ? .esNIE : .esDNI
  }
}
