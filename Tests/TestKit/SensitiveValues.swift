/// Makes values of every class that detectors tell by themselves, or by the name of their column.
public struct SensitiveValues {
  public struct Value: Sendable {
    public var text: String
    /// As policies name it: `email`, `payment-card`.
    public var className: String
    /// The column that it stands in.
    public var column: String

    public var bytes: [UInt8] { Array(text.utf8) }
  }

  public var random: SeededGenerator

  public init(random: SeededGenerator) { self.random = random }

  public static let kinds: [@Sendable (inout SensitiveValues) -> Value] = [
    { Value(text: $0.email(), className: "email", column: "contact") },
    { Value(text: $0.card(), className: "payment-card", column: "pan") },
    { Value(text: $0.iban(), className: "iban", column: "account") },
    { Value(text: "+49 30 \($0.digits(8))", className: "phone", column: "reach") },
    { Value(text: $0.ssn(), className: "national-id", column: "ssn") },
    { Value(text: $0.address(), className: "ip-address", column: "peer") },
    { Value(text: $0.address6(), className: "ip-address", column: "peer") },
    { Value(text: "AKIA" + $0.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16), className: "cloud-key", column: "note") },
    { Value(text: "glpat-" + $0.mixed(20), className: "cloud-key", column: "note") },
    { Value(text: "sk_live_" + $0.mixed(24), className: "cloud-key", column: "note") },
    { Value(text: $0.token(), className: "jwt", column: "session") },
    { Value(text: $0.key(), className: "private-key", column: "file") },
    { Value(text: $0.of(letters, 7) + "-" + $0.digits(5), className: "password", column: "password") },
    { Value(text: $0.mixed(40), className: "high-entropy", column: "api_key") },
  ]

  private static let letters = "abcdefghijkmnopqrstuvwxyz"
  private static let base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

  public mutating func next() -> Value {
    let kind = SensitiveValues.kinds[Int.random(in: 0..<SensitiveValues.kinds.count, using: &random)]
    return kind(&self)
  }

  private mutating func of(_ alphabet: String, _ count: Int) -> String {
    let characters = Array(alphabet)
    return String((0..<count).map { _ in characters[Int.random(in: 0..<characters.count, using: &random)] })
  }

  private mutating func digits(_ count: Int) -> String { of("0123456789", count) }

  /// Characters of all three kinds, as if drawn.
  private mutating func mixed(_ count: Int) -> String {
    "a7Q" + of(SensitiveValues.base64, count - 6) + "Z2k"
  }

  private mutating func email() -> String {
    of(SensitiveValues.letters, Int.random(in: 2...12, using: &random)) + "." + of(SensitiveValues.letters, 5) + "@"
      + of(SensitiveValues.letters, 6) + ".example"
  }

  private mutating func card() -> String {
    let body = Bool.random(using: &random) ? "4" + digits(14) : "52" + digits(13)
    var sum = 0
    for (place, digit) in body.reversed().enumerated() {
      var value = digit.wholeNumberValue ?? 0
      if place % 2 == 0 { value = value * 2 > 9 ? value * 2 - 9 : value * 2 }
      sum += value
    }
    return body + String((10 - sum % 10) % 10)
  }

  private mutating func iban() -> String {
    let account = String(Int.random(in: 1...9, using: &random)) + digits(17)
    var rest = 0
    for character in account + "131400" { rest = (rest * 10 + (character.wholeNumberValue ?? 0)) % 97 }
    let check = 98 - rest
    return "DE" + (check < 10 ? "0" : "") + String(check) + account
  }

  private mutating func ssn() -> String {
    let area = Int.random(in: 100...665, using: &random)
    return "\(area)-\(Int.random(in: 10...99, using: &random))-\(Int.random(in: 1000...9999, using: &random))"
  }

  private mutating func address() -> String {
    "\(Int.random(in: 11...99, using: &random)).\(Int.random(in: 10...250, using: &random))."
      + "\(Int.random(in: 10...250, using: &random)).\(Int.random(in: 10...250, using: &random))"
  }

  private mutating func address6() -> String {
    "2001:db8:"
      + (0..<6).map { _ in String(Int.random(in: 4096...65535, using: &random), radix: 16) }
      .joined(separator: ":")
  }

  private mutating func token() -> String {
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + of(SensitiveValues.base64, 40) + "." + of(SensitiveValues.base64, 43)
  }

  private mutating func key() -> String {
    let lines = (0..<3).map { _ in of(SensitiveValues.base64, 64) }.joined(separator: "\n")
    return "-----BEGIN PRIVATE KEY-----\n\(lines)\n-----END PRIVATE KEY-----"
  }
}
