/// International bank account numbers (ISO 13616): country, two check digits by 97, and as many characters as the country's
/// line in the registry says.
enum AccountNumber {
  /// The longest there is.
  private static let longest = 34

  /// Characters of a country's numbers (SWIFT, IBAN registry, release 99).
  private static let lengths: [UInt16: Int] = {
    let table = """
      AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 \
      FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 \
      LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 \
      RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
      """
    var lengths: [UInt16: Int] = [:]
    for entry in table.split(separator: " ") {
      let bytes = Array(entry.utf8)
      guard bytes.count == 4 else { continue }
      lengths[UInt16(bytes[0]) << 8 | UInt16(bytes[1])] = Int(bytes[2] - 0x30) * 10 + Int(bytes[3] - 0x30)
    }
    return lengths
  }()

  /// The number that begins with the country at `start`: solid, or in groups of four with blanks between.
  static func find(_ bytes: Span<UInt8>, at start: Int) -> Range<Int>? {
    let country = UInt16(bytes.peek(start)) << 8 | UInt16(bytes.peek(start + 1))
    guard ByteClass.isDigit(bytes.peek(start + 2)), ByteClass.isDigit(bytes.peek(start + 3)),
      let length = lengths[country]
    else { return nil }
    let isGrouped = bytes.peek(start + 4) == 0x20
    var index = start
    var rest = 0
    var head = 0
    for place in 0..<min(length, longest) {
      if isGrouped, place > 0, place % 4 == 0 {
        guard bytes.peek(index) == 0x20 else { return nil }
        index += 1
      }
      let byte = bytes.peek(index)
      let value: Int
      if ByteClass.isDigit(byte) {
        value = Int(byte) - 0x30
      } else if ByteClass.isUpper(byte) {
        value = Int(byte) - 0x37
      } else {
        return nil
      }
      // The country and the check digits count last.
      if place < 4 {
        head = head * (value > 9 ? 100 : 10) + value
      } else {
        rest = (rest * (value > 9 ? 100 : 10) + value) % 97
      }
      index += 1
    }
    guard !ByteClass.isWord(bytes.peek(index)), (rest * 1_000_000 + head) % 97 == 1 else { return nil }
    return start..<index
  }
}
