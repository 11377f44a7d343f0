import Bytes

/// How masked values look: what each action leaves of a value of each class.
///
/// Nothing that it adds has to be escaped in JSON, CSV, the text of COPY, of arrays and rows, or in a literal of SQL.
enum MaskedForm {
  private static let star = UInt8(ascii: "*")

  static func mark(_ dataClass: DataClass?) -> [UInt8] {
    Array("[redacted:\(dataClass?.rawValue ?? "value")]".utf8)
  }

  /// `hmac:email:` and 16 hexadecimal digits, over the value as `DataCount` compares it.
  static func hash(_ value: [UInt8], _ dataClass: DataClass?, _ hasher: SecretHasher) -> [UInt8] {
    let hash = hasher.hash(DataCount.normalised(value.span, dataClass ?? .name).span)
    return Array("hmac:\(dataClass?.rawValue ?? "value"):\(hash.dropFirst(5))".utf8)
  }

  /// What may be seen of a value; nil where nothing may.
  static func partial(_ value: [UInt8], _ dataClass: DataClass?, _ kind: DataKind?) -> [UInt8]? {
    switch dataClass {
    case .email: email(value)
    case .phone: digits(value, first: 0, last: 2)
    // PCI DSS 3.4.1: at most the bank's number and the last four.
    case .paymentCard: digits(value, first: 6, last: 4)
    case .iban: account(value)
    case .nationalID: letters(value, last: kind == .usSSN || kind == .usITIN ? 4 : 2)
    case .ipAddress: network(value)
    case .cloudKey: key(value, kind)
    case .jwt: Array("eyJ***".utf8)
    case .name: initials(value)
    case .dateOfBirth: year(value)
    case .bankAccount: letters(value, last: 4)
    case .identityDocument: letters(value, last: 2)
    case .privateKey, .password, .highEntropy, .address, .health, .income, .specialCategory, .location, nil: nil
    }
  }

  /// `o***@shop.example`; of a name of one letter nothing.
  private static func email(_ value: [UInt8]) -> [UInt8]? {
    var mark = value.lastIndex(of: UInt8(ascii: "@"))
    if mark == nil {
      mark = value.indices.last { value.span.has("%40", at: $0) }
    }
    guard let mark else { return nil }
    let name = String(decoding: value[..<mark], as: UTF8.self)
    var out: [UInt8] = []
    if name.unicodeScalars.count > 1, let first = name.unicodeScalars.first, first.properties.isAlphabetic {
      out += Array(String(first).utf8)
    }
    return out + [star, star, star] + value[mark...]
  }

  /// The first and last digits, separators as they are.
  private static func digits(_ value: [UInt8], first: Int, last: Int) -> [UInt8]? {
    cover(value, first: first, last: last, isCounted: ByteClass.isDigit)
  }

  private static func letters(_ value: [UInt8], last: Int) -> [UInt8]? {
    cover(value, first: 0, last: last, isCounted: ByteClass.isAlphanumeric)
  }

  private static func account(_ value: [UInt8]) -> [UInt8]? {
    guard value.count > 2, ByteClass.isLetter(value[0]), ByteClass.isLetter(value[1]) else { return nil }
    return cover(value, first: 2, last: 4, isCounted: ByteClass.isAlphanumeric)
  }

  /// Three are covered at least, or it has no partial form; five, or the first ones are covered too, so that check digits do
  /// not give the rest away. What is neither counted nor a separator is covered.
  private static func cover(
    _ value: [UInt8], first: Int, last: Int, isCounted: (UInt8) -> Bool
  ) -> [UInt8]? {
    let total = value.count { isCounted($0) }
    let first = total - last - first < 5 ? 0 : first
    guard total - last - first >= 3 else { return nil }
    var place = 0
    var out: [UInt8] = []
    for byte in value {
      guard isCounted(byte) else {
        out.append(" -.()/+".utf8.contains(byte) ? byte : star)
        continue
      }
      out.append(place < first || place >= total - last ? byte : star)
      place += 1
    }
    return out
  }

  /// `192.0.2.*`, `2001:db8:1::*`: 24 bits of version 4, 48 of version 6.
  private static func network(_ value: [UInt8]) -> [UInt8]? {
    NetworkPart(value)?.text
  }

  /// What the service itself prints before its keys.
  private static func key(_ value: [UInt8], _ kind: DataKind?) -> [UInt8]? {
    guard let kind else { return nil }
    if kind == .slackWebhook { return Array("hooks.slack.com/services/***".utf8) }
    guard let beginning = KeyCatalog.beginning(of: value, kind) else { return nil }
    return beginning + [star, star, star]
  }

  /// `L. C.`
  private static func initials(_ value: [UInt8]) -> [UInt8]? {
    let words = String(decoding: value, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    let firsts = words.compactMap(\.unicodeScalars.first).filter(\.properties.isAlphabetic)
    guard !firsts.isEmpty, firsts.count == words.count, words.allSatisfy({ $0.unicodeScalars.count > 2 }) else {
      return nil
    }
    return Array(firsts.map { "\($0)." }.joined(separator: " ").utf8)
  }

  /// `1984-**-**`
  private static func year(_ value: [UInt8]) -> [UInt8]? {
    guard value.count >= 10, value.prefix(4).allSatisfy(ByteClass.isDigit), value[4] == UInt8(ascii: "-") else {
      return nil
    }
    return value.prefix(4) + Array("-**-**".utf8)
  }
}
