import TestKit

@testable import Policy

/// Makes values of every class that detectors tell by themselves, or by the name of their column.
struct SensitiveValues {
  struct Value {
    var text: String
    var dataClass: DataClass
    /// The column that it stands in.
    var column: String

    var bytes: [UInt8] { Array(text.utf8) }
  }

  var random: SeededGenerator

  static let kinds: [@Sendable (inout SensitiveValues) -> Value] = [
    { Value(text: $0.email(), dataClass: .email, column: "contact") },
    { Value(text: $0.card(), dataClass: .paymentCard, column: "pan") },
    { Value(text: $0.iban(), dataClass: .iban, column: "account") },
    { Value(text: "+49 30 \($0.digits(8))", dataClass: .phone, column: "reach") },
    { Value(text: $0.ssn(), dataClass: .nationalID, column: "ssn") },
    { Value(text: $0.address(), dataClass: .ipAddress, column: "peer") },
    { Value(text: $0.address6(), dataClass: .ipAddress, column: "peer") },
    { Value(text: "AKIA" + $0.of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16), dataClass: .cloudKey, column: "note") },
    { Value(text: "glpat-" + $0.mixed(20), dataClass: .cloudKey, column: "note") },
    { Value(text: "sk_live_" + $0.mixed(24), dataClass: .cloudKey, column: "note") },
    { Value(text: $0.token(), dataClass: .jwt, column: "session") },
    { Value(text: $0.key(), dataClass: .privateKey, column: "file") },
    { Value(text: $0.of(letters, 7) + "-" + $0.digits(5), dataClass: .password, column: "password") },
    { Value(text: $0.mixed(40), dataClass: .highEntropy, column: "api_key") },
  ]

  private static let letters = "abcdefghijkmnopqrstuvwxyz"
  private static let base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

  mutating func next() -> Value {
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

/// Forms in which a value is written; each is masked, and searched for the value.
enum MaskedPlace: CaseIterable {
  case cell, json, copy, csv, array, literal, form, binary, bytea, copyBinary, stream, jsonb

  /// What comes out, and what stands around the value and must be as it was; nil when the form does not take it.
  func masked(
    _ value: SensitiveValues.Value, _ mask: inout DataMask
  ) -> (out: [UInt8], before: [UInt8], after: [UInt8])? {
    let (bytes, column) = (value.bytes, value.column)
    func around(_ before: String, _ out: [UInt8], _ after: String) -> ([UInt8], [UInt8], [UInt8]) {
      (out, Array(before.utf8), Array(after.utf8))
    }
    switch self {
    case .cell: return around("", Self.bytes(mask.value(bytes, ColumnPlace(name: column, type: "text")), bytes), "")
    case .json:
      let before = "{\"id\": 12, \"\(column)\": "
      let text = before + JSONWriterText.quoted(value.text) + ", \"total\": 3.50}"
      guard let out = mask.json(Array(text.utf8)) else { return nil }
      return around(before, out, ", \"total\": 3.50}")
    case .jsonb:
      let before = "{\"a\": [true, null], \"\(column)\": ["
      let text = before + JSONWriterText.quoted(value.text) + "]}"
      let out = Self.bytes(
        mask.value([1] + Array(text.utf8), ColumnPlace(name: "data", type: "jsonb"), format: .binary), [])
      return (out, [1] + Array(before.utf8), Array("]}".utf8))
    case .copy:
      let escaped = value.text.replacing("\n", with: "\\n")
      let out = mask.copyText(
        Array("12\t\(escaped)\t\\N\n".utf8), CopyForm(), places: Self.places(column), table: nil)
      return around("12\t", out, "\t\\N\n")
    case .csv:
      let text = value.text.contains("\n") ? "\"\(value.text)\"" : value.text
      let out = mask.csv(Array("id,\(column),total\n12,\(text),3.50\n".utf8), CopyForm(isCSV: true, hasHeader: true))
      return around("id,\(column),total\n12,", out, ",3.50\n")
    case .array:
      let text = "{NULL,\"\(value.text)\",NULL}"
      return around(
        "{NULL,", Self.bytes(mask.value(Array(text.utf8), ColumnPlace(name: column, type: "text[]")), []), ",NULL}")
    case .literal:
      var statements = StatementMask(mask.plan, hasher: mask.hasher)
      let before = "INSERT INTO t (id, \(column)) VALUES (12, "
      let out = statements.text(before + "'\(value.text)') RETURNING id")
      return around(before, Array(out.utf8), ") RETURNING id")
    case .form:
      let coded = PercentCoding.encode(value.text)
      return around("id=12&\(column)=", Array(mask.form("id=12&\(column)=\(coded)&total=3.50").utf8), "&total=3.50")
    case .binary:
      return around(
        "", Self.bytes(mask.value(bytes, ColumnPlace(name: column, type: "varchar"), format: .binary), bytes), "")
    case .bytea:
      return around(
        "", Self.bytes(mask.value(HexText.text(bytes), ColumnPlace(name: column, type: "bytea")), HexText.text(bytes)),
        "")
    case .copyBinary:
      var writer = Self.copyHead
      Self.write(2, &writer)
      Self.write(length: 4, &writer)
      writer += [0, 0, 0, 12]
      let before = writer
      Self.write(length: bytes.count, &writer)
      writer += bytes + [0xFF, 0xFF]
      return (mask.copyBinary(writer, places: Self.places(column), table: nil), before, [0xFF, 0xFF])
    case .stream:
      // Without a column, names stand before values.
      let (before, after) = ("It said \(column)=\"", "\" and went on.")
      var stream = MaskStream(mask, valueLimit: 512, blockSize: 1024)
      var out: [UInt8] = []
      for byte in (before + value.text + after).utf8 { out += stream.receive([byte]) }
      return around(before, out + stream.finish(), after)
    }
  }

  private static let copyHead = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0]

  private static func write(_ count: Int, _ out: inout [UInt8]) { out += [0, UInt8(count)] }
  private static func write(length: Int, _ out: inout [UInt8]) {
    for shift in [24, 16, 8, 0] { out.append(UInt8(truncatingIfNeeded: length >> shift)) }
  }

  private static func places(_ column: String) -> [ColumnPlace] {
    [ColumnPlace(name: "id"), ColumnPlace(name: column), ColumnPlace(name: "total")]
  }

  private static func bytes(_ outcome: DataMask.Outcome, _ same: [UInt8]) -> [UInt8] {
    switch outcome {
    case .same: same
    case .replaced(let shown): shown
    case .null: []
    }
  }
}
