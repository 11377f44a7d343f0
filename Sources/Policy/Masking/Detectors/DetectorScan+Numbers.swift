extension DetectorScan {
  /// Fewer digits are of nobody.
  private static let fewestDigits = 7

  /// Of cards and of numbers of persons that have two check digits.
  private static let lengths: Set<Int> = [11, 13, 14, 15, 16, 19]
  private static let tellingNames = NameHints.national.union([.card, .phone])

  /// What begins with digits alone, and where reading goes on.
  @inline(never)
  mutating func number(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    let length = end - start
    let next = bytes.peek(end)
    let isGrouped = DigitGroups.separator(next) != 0 && ByteClass.isDigit(bytes.peek(end + 1))
    if length < DetectorScan.fewestDigits, !isGrouped { return end }
    // Amounts of money: with more than three digits before a point there is none of a person.
    if length > 3, next == 0x2E, isGrouped, bytes.peek(start) != 0x30 { return end }
    if length == 2 || length == 6, bytes.peek(start - 1) == 0x20, let end = insurance(bytes, start) { return end }
    if next == 0x2D, let end = DetectorScan.passed(bytes, start, length) { return end }
    if isGrouped, length <= 3, next == 0x2E, let end = address(bytes, start) { return end }
    if isJoined(bytes, start) { return end }
    if length <= 8, next == 0x2D || next == 0x2B, let end = lettered(bytes, start, length) { return end }
    if length == 18, ResidentIdentity.isValid(bytes, at: start), isEnded(bytes, end) {
      add(.cnResidentID, start..<end, isCertain: true)
      return end
    }
    if length > 19 { return end }
    if !isGrouped, !DetectorScan.lengths.contains(length) {
      // Of a solid number that has no telling length only its name says something.
      if hints(bytes, before: start).isDisjoint(with: DetectorScan.tellingNames) { return end }
    }
    return grouped(bytes, start, end)
  }

  /// A day, a time or a UUID, which are nothing: where they end.
  private static func passed(_ bytes: Span<UInt8>, _ start: Int, _ length: Int) -> Int? {
    if length == 4, bytes.peek(start + 7) == 0x2D, isPair(bytes, start + 5), isPair(bytes, start + 8),
      !ByteClass.isDigit(bytes.peek(start + 10))
    {
      let mark = bytes.peek(start + 10)
      guard mark == 0x54 || mark == 0x20, bytes.peek(start + 13) == 0x3A, bytes.peek(start + 16) == 0x3A,
        isPair(bytes, start + 11), isPair(bytes, start + 14), isPair(bytes, start + 17)
      else { return start + 10 }
      return start + 19
    }
    return length == 8 ? uuidEnd(bytes, start) : nil
  }

  private static func isPair(_ bytes: Span<UInt8>, _ index: Int) -> Bool {
    ByteClass.isDigit(bytes.peek(index)) && ByteClass.isDigit(bytes.peek(index + 1))
  }

  /// The end of a UUID (RFC 9562 §4) that begins at `start`.
  static func uuidEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
    guard start >= 0, bytes.count - start >= 36, bytes[start + 8] == 0x2D, bytes[start + 13] == 0x2D,
      bytes[start + 18] == 0x2D, bytes[start + 23] == 0x2D
    else { return nil }
    let table = ByteClass.table
    var dashes = 0
    // Without a branch for each byte: which ones are digits nobody can foretell.
    for index in start..<(start + 36) { dashes += table[Int(bytes[index])] & ByteClass.hex == 0 ? 1 : 0 }
    guard dashes == 4 else { return nil }
    return ByteClass.isWord(bytes.peek(start + 36)) ? nil : start + 36
  }

  /// An address of version 4.
  private mutating func address(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
    guard !(bytes.peek(start - 1) == 0x2E && ByteClass.isAlphanumeric(bytes.peek(start - 2))),
      let range = NetworkAddress.version4(bytes, at: start, isNamed: true)
    else { return nil }
    let hints = base.union(NearbyNames.hints(bytes, before: start, reach: NearbyNames.shortReach))
    if !hints.contains(.ip) {
      guard hints.isDisjoint(with: .version), NetworkAddress.version4(bytes, at: start, isNamed: false) != nil else {
        return range.upperBound
      }
    }
    add(.ipv4, range, isCertain: hints.contains(.ip))
    return range.upperBound
  }

  /// The digits of a national insurance number whose letters stand before them.
  private mutating func insurance(_ bytes: Span<UInt8>, _ digits: Int) -> Int? {
    let start = digits - 3
    guard ByteClass.isUpper(bytes.peek(start)), !ByteClass.isWord(bytes.peek(start - 1)), !isJoined(bytes, start),
      let range = NationalInsuranceNumber.spaced(bytes, at: start)
    else { return nil }
    add(.gbNINO, range, isCertain: true)
    return range.upperBound
  }

  /// Numbers whose last part is no number: of Spain and Finland.
  private mutating func lettered(_ bytes: Span<UInt8>, _ start: Int, _ length: Int) -> Int? {
    if length == 6, HenkiloTunnus.isValid(bytes, at: start), isEnded(bytes, start + 11) {
      add(.fiHETU, start..<(start + 11), isCertain: true)
      return start + 11
    }
    guard length == 8, ByteClass.isUpper(bytes.peek(start + 9)), isEnded(bytes, start + 10) else { return nil }
    var number = 0
    for offset in 0..<8 { number = number * 10 + Int(bytes.peek(start + offset)) - 0x30 }
    guard SpanishID.letter(of: number) == bytes.peek(start + 9) else { return nil }
    add(.esDNI, start..<(start + 10), isCertain: true)
    return start + 10
  }

  /// The longest number that makes sense of groups of digits.
  private mutating func grouped(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
    var digits = DigitGroups(bytes, at: start)
    var groups = digits.groupCount
    while groups > 0 {
      digits.look(at: groups, bytes)
      groups -= 1
      if digits.count < DetectorScan.fewestDigits { break }
      guard isEnded(bytes, digits.range.upperBound) else { continue }
      if let detection = match(bytes, digits) {
        add(detection)
        return detection.range.upperBound
      }
    }
    return end
  }

  private mutating func match(_ bytes: Span<UInt8>, _ digits: DigitGroups) -> Detection? {
    let hints = hints(bytes, before: digits.range.lowerBound)
    let isBusiness = !hints.isDisjoint(with: [.business, .version])
    if digits.count > 11, let brand = PaymentCard.brand(digits, isNamed: hints.contains(.card)) {
      if !isBusiness || hints.contains(.card) {
        let isCertain = hints.contains(.card) || !digits.isSolid
        return Detection(kind: brand, range: digits.range, isCertain: isCertain)
      }
    }
    let isPhone = hints.contains(.phone)
    if isPhone, hints.isDisjoint(with: .national), isNamedPhone(bytes, digits) {
      return Detection(kind: .phoneNational, range: digits.range, isCertain: true)
    }
    if let (kind, isCertain) = NationalID.find(digits, hints: hints) {
      return Detection(kind: kind, range: digits.range, isCertain: isCertain)
    }
    guard !isBusiness, hints.isDisjoint(with: [.card, .national, .bankAccount]),
      PhoneNumber.national(digits, bytes, isNamed: false)
    else { return nil }
    return Detection(kind: .phoneNational, range: digits.range, isCertain: isPhone)
  }

  /// A number that is long enough by itself takes no more from what stands behind a blank.
  private func isNamedPhone(_ bytes: Span<UInt8>, _ digits: DigitGroups) -> Bool {
    var shape = digits.shape
    while shape > 0xFF { shape >>= 8 }
    return (digits.isSolid || shape < 7) && PhoneNumber.national(digits, bytes, isNamed: true)
  }
}
