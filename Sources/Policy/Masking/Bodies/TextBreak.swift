import Bytes

/// Places of a text over which no value goes, so that what is before them can be judged without what is behind.
///
/// Detectors look within a line; of what they find only keys in armour, and passwords in quotation marks behind a backslash,
/// go over its end. Within a line few values hold blanks: numbers in groups, quoted names of mail, quoted passwords.
enum TextBreak {
  /// Bytes of a quoted name of mail and its marks (RFC 5321 §4.5.3.1.1).
  private static let nameReach = 70
  /// Bytes of a quoted password and of what stands before it.
  private static let passwordReach = 272
  /// Bytes of the name and the password in an address.
  private static let addressReach = 528
  /// Letters of a word that are read.
  private static let wordLimit = 64
  /// Letters of a word that is no key.
  private static let plainWordLimit = 20
  /// Characters that are looked at in search for a blank.
  private static let searchLimit = 4096

  /// The last such place behind `floor`; nil where there is none. Places up to `searched` were found to be none.
  static func last(in bytes: Span<UInt8>, after floor: Int, searched: Int) -> Int? {
    var place = bytes.count
    let stop = max(floor, searched)
    var looked = 0
    while place > stop {
      let byte = bytes[place - 1]
      if byte < 0x20 {
        if isLineBreak(bytes, place) { return place }
      } else if byte == 0x20, looked < searchLimit {
        looked += 1
        if isWordBreak(bytes, place, floor) { return place }
      }
      place -= 1
    }
    return letterBreak(bytes, after: floor)
  }

  /// Whether what is behind `floor` is words of which no value is made but an address of mail: all that could be shown of one
  /// that goes on behind the end is the beginning of its name.
  static func isHarmless(_ bytes: Span<UInt8>, from floor: Int) -> Bool {
    guard bytes.count - floor <= passwordReach else { return false }
    var letters = 0
    for index in floor..<bytes.count {
      let byte = bytes[index]
      if ByteClass.isLetter(byte) || byte >= 0x80 {
        letters += 1
        if letters > plainWordLimit { return false }
        continue
      }
      letters = 0
      switch byte {
      case 0x20: break
      // At the end of a word.
      case 0x21, 0x2C, 0x2E, 0x3B, 0x3F: if index + 1 < bytes.count, bytes[index + 1] != 0x20 { return false }
      default: return false
      }
    }
    return !isQuoted(bytes, bytes.count)
  }

  /// Where a key in armour begins that may go on behind the end of the bytes.
  static func openKey(in bytes: Span<UInt8>, from start: Int) -> Int? {
    var index = start
    while let dash = bytes.firstIndex(of: 0x2D, from: index) {
      if bytes.peek(dash + 1) == 0x2D, PrivateKey.isOpen(bytes, at: dash) { return dash }
      index = dash + 1
    }
    return nil
  }

  /// Behind the end of a line, or a character that no value holds.
  private static func isLineBreak(_ bytes: Span<UInt8>, _ place: Int) -> Bool {
    switch bytes[place - 1] {
    case 0x09, 0x0D: false
    default: bytes.peek(place - 2) != 0x5C
    }
  }

  /// Behind a blank, with words before it of which no value is made.
  private static func isWordBreak(_ bytes: Span<UInt8>, _ place: Int, _ floor: Int) -> Bool {
    var index = place - 1
    for number in 0..<2 {
      while index > floor, bytes[index - 1] == 0x20 { index -= 1 }
      let end = index
      var capitals = 0
      while index > floor, bytes[index - 1] > 0x20 {
        let byte = bytes[index - 1]
        if ByteClass.isDigit(byte) { return false }
        if ByteClass.isUpper(byte) { capitals += 1 }
        index -= 1
        if end - index > wordLimit { return false }
      }
      // Letters of a national insurance number, a group of an account's number.
      if number == 0, capitals == end - index, capitals == 2 || capitals == 4 { return false }
      if index == floor || bytes[index - 1] < 0x20 { break }
    }
    return !isQuoted(bytes, place)
  }

  /// Whether a quoted name of mail or a password may begin before `place` and go on behind it.
  static func isQuoted(_ bytes: Span<UInt8>, _ place: Int) -> Bool {
    var index = place
    while index > 0, place - index < passwordReach {
      switch bytes[index - 1] {
      case 0x0A:
        if bytes.peek(index - 2) != 0x5C { return false }
      case 0x22: if place - index < nameReach { return true }
      case 0x3A, 0x3D: if NamedPassword.isNamed(bytes, at: index - 1) { return true }
      default: break
      }
      index -= 1
    }
    return false
  }

  /// Between two letters that are not of ASCII, for scripts without blanks: of the values only names and hosts of mail and
  /// passwords hold such.
  private static func letterBreak(_ bytes: Span<UInt8>, after floor: Int) -> Int? {
    var place = bytes.count - nameReach
    while place > floor, bytes[place] & 0xC0 == 0x80 { place -= 1 }
    guard place > floor, bytes[place] >= 0x80, bytes[place - 1] >= 0x80 else { return nil }
    for index in place..<bytes.count where bytes[index] == 0x40 || bytes[index] == 0x25 { return nil }
    var index = place
    while index > 0, place - index < addressReach {
      switch bytes[index - 1] {
      case 0x40, 0x22, 0x27: return nil
      case 0x25: if bytes.has("40", at: index) { return nil }
      case 0x3A: if bytes.has("//", at: index) || NamedPassword.isNamed(bytes, at: index - 1) { return nil }
      case 0x3D: if NamedPassword.isNamed(bytes, at: index - 1) { return nil }
      default: break
      }
      index -= 1
    }
    return place
  }
}
