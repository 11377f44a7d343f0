extension DetectorScan {
  /// What stands at or around a mark, and where reading goes on.
  @inline(never)
  mutating func mark(_ bytes: Span<UInt8>, _ index: Int, _ mark: UInt8) -> Int {
    switch mark {
    case 0x40: return mail(bytes, index, length: 1)
    case 0x25: return bytes.has("40", at: index + 1) ? mail(bytes, index, length: 3) : index + 1
    case 0x3A: return colon(bytes, index)
    case 0x3D:
      if let range = NamedPassword.find(bytes, at: index) { add(.namedPassword, range, isCertain: true) }
      return index + 1
    case 0x2B: return plus(bytes, index)
    case 0x28: return parenthesis(bytes, index)
    case 0x2D:
      guard bytes.peek(index + 1) == 0x2D, bytes.peek(index + 2) == 0x2D else { return index + 1 }
      let (detection, end) = PrivateKey.find(bytes, at: index)
      if let detection { add(detection) }
      return end
    case 0x24:
      guard let range = PasswordHash.find(bytes, at: index) else { return index + 1 }
      add(.passwordHash, range, isCertain: true)
      return range.upperBound
    case 0x7E: return tilde(bytes, index)
    // The letter of an escape belongs to no word.
    case 0x5C: return bytes.peek(index + 1) == 0x75 ? index + 6 : index + 2
    default: return index + 1
    }
  }

  private mutating func mail(_ bytes: Span<UInt8>, _ index: Int, length: Int) -> Int {
    guard let range = MailAddress.find(bytes, at: index, length: length, floor: mailEnd) else { return index + length }
    add(.email, range, isCertain: true)
    mailEnd = range.upperBound
    return range.upperBound
  }

  private mutating func colon(_ bytes: Span<UInt8>, _ index: Int) -> Int {
    let next = bytes.peek(index + 1)
    if next == 0x2F, bytes.peek(index + 2) == 0x2F { return address(bytes, from: index + 3) }
    if next == 0x5C, bytes.has("\\/\\/", at: index + 1) { return address(bytes, from: index + 5) }
    if next == 0x3A || ByteClass.isHex(next), index >= hexEnd {
      let before = bytes.peek(index - 1)
      if ByteClass.isHex(before) || next == 0x3A {
        let (range, end) = NetworkAddress.version6(bytes, around: index, floor: hexEnd)
        hexEnd = max(end, index + 1)
        if let range {
          add(.ipv6, range, isCertain: true)
          return range.upperBound
        }
      }
    }
    if let range = NamedPassword.find(bytes, at: index) { add(.namedPassword, range, isCertain: true) }
    return index + 1
  }

  /// What stands behind `://`.
  private mutating func address(_ bytes: Span<UInt8>, from start: Int) -> Int {
    if let range = SlackWebhook.find(bytes, at: start) {
      add(.slackWebhook, range, isCertain: true)
      return range.upperBound
    }
    if let range = AddressPassword.find(bytes, from: start) { add(.urlPassword, range, isCertain: true) }
    return start
  }

  private mutating func plus(_ bytes: Span<UInt8>, _ index: Int) -> Int {
    let before = bytes.peek(index - 1)
    guard ByteClass.isDigit(bytes.peek(index + 1)) || bytes.peek(index + 1) == 0x28, !ByteClass.isWord(before),
      before != 0x2B, before != 0x29
    else { return index + 1 }
    guard let (range, isCertain) = PhoneNumber.international(bytes, at: index) else { return index + 1 }
    guard hints(bytes, before: index).isDisjoint(with: [.version]) else { return range.upperBound }
    add(.phoneInternational, range, isCertain: isCertain)
    return range.upperBound
  }

  private mutating func parenthesis(_ bytes: Span<UInt8>, _ index: Int) -> Int {
    guard ByteClass.isDigit(bytes.peek(index + 1)), !ByteClass.isWord(bytes.peek(index - 1)),
      let range = PhoneNumber.parenthesised(bytes, at: index)
    else { return index + 1 }
    let hints = hints(bytes, before: index)
    guard hints.isDisjoint(with: [.business, .version]) else { return range.upperBound }
    add(.phoneNational, range, isCertain: hints.contains(.phone))
    return range.upperBound
  }

  /// `8Q~`, from the fourth character on, marks secrets of Microsoft Entra.
  private mutating func tilde(_ bytes: Span<UInt8>, _ index: Int) -> Int {
    guard bytes.peek(index - 1) == 0x51, ByteClass.isDigit(bytes.peek(index - 2)),
      let range = EntraSecret.find(bytes, around: index)
    else { return index + 1 }
    add(.azureClientSecret, range, isCertain: true)
    return range.upperBound
  }
}
