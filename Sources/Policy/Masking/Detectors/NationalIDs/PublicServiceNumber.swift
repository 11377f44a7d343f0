/// Personal public service numbers of Ireland: seven digits, a letter by 23, and since 2013 a second one that counts 9
/// (Department of Social Protection).
enum PublicServiceNumber {
  static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count == 8 || range.count == 9 else { return false }
    var sum = 0
    for offset in 0..<7 {
      let byte = bytes.peek(range.lowerBound + offset)
      guard ByteClass.isDigit(byte) else { return false }
      sum += (Int(byte) - 0x30) * (8 - offset)
    }
    if range.count == 9 {
      let second = bytes.peek(range.lowerBound + 8)
      guard second >= 0x41, second <= 0x49 || second == 0x57 else { return false }
      // W counted nothing when it was the only one.
      sum += second == 0x57 ? 0 : (Int(second) - 0x40) * 9
    }
    let check = sum % 23
    return Int(bytes.peek(range.lowerBound + 7)) == (check == 0 ? 0x57 : 0x40 + check)
  }
}
