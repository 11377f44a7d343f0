import Bytes
import Model
import Testing

@testable import Policy

@Suite struct MaskedFormTests {
  @Test(arguments: [
    ("4111111111111111", DataClass.paymentCard, DataKind.visa, "411111******1111" as String?),
    ("4111 1111 1111 1111", .paymentCard, .visa, "4111 11** **** 1111"),
    ("500000000009", .paymentCard, .maestro, "********0009"),
    ("omar@shop.example", .email, .email, "o***@shop.example"), ("o@shop.example", .email, .email, "***@shop.example"),
    ("omar%40shop.example", .email, .email, "o***%40shop.example"),
    ("+49 30 12345678", .phone, .phoneInternational, "+** ** ******78"),
    ("DE89 3704 0044 0532 0130 00", .iban, .iban, "DE** **** **** **** **30 00"),
    ("523-45-6781", .nationalID, .usSSN, "***-**-6781"),
    ("15 07 1980", .nationalID, .dkCPR, "** ** **80"), ("192.0.2.77", .ipAddress, .ipv4, "192.0.2.*"),
    ("2001:db8:1:2::7", .ipAddress, .ipv6, "2001:db8:1::*"),
    ("AKIAIOSFODNN7EXAMPLE", .cloudKey, .awsAccessKeyID, "AKIA***"),
    ("eyJhbGciOiJIUzI1NiJ9.x.y", .jwt, .jws, "eyJ***"), ("Lin Chen", .name, .email, "L. C."),
    ("Al Bo", .name, .email, nil),
    ("1984-07-02", .dateOfBirth, .email, "1984-**-**"), ("hunter2", .password, .columnPassword, nil),
    ("1234", .bankAccount, .email, nil), ("depression", .health, .email, nil),
  ])
  func `what is shown of a class`(value: String, dataClass: DataClass, kind: DataKind, shown: String?) {
    let found = MaskedForm.partial(Array(value.utf8), dataClass, kind)
    #expect(found.map { String(decoding: $0, as: UTF8.self) } == shown)
  }

  @Test func `the same value has the same hash however it is written`() {
    let hasher = SecretHasher(key: [7])
    func hash(_ text: String, _ dataClass: DataClass?) -> String {
      String(decoding: MaskedForm.hash(Array(text.utf8), dataClass, hasher), as: UTF8.self)
    }
    #expect(hash("Lin@Shop.example", .email) == hash("lin@shop.example", .email))
    #expect(hash("4111 1111 1111 1111", .paymentCard) == hash("4111111111111111", .paymentCard))
    #expect(hash("a", .email) != hash("b", .email))
    #expect(hash("a", nil).hasPrefix("hmac:value:") && hash("a", nil).utf8.count == 27)
  }

  private static func mask(_ rules: String) throws -> DataMask {
    let yaml = "version: 1\nmasking:\n" + rules.split(separator: "\n").map { "  - \($0)\n" }.joined()
    return DataMask(
      try PolicyDocument.parse(yaml: yaml, name: "p.yaml").masking, hasher: SecretHasher(key: [1, 2, 3]))
  }

  /// What a program that reads values of a type can read.
  @Test(arguments: [
    ("int4", [0, 0, 0, 7] as [UInt8], "hash", nil as Int?), ("int8", [0, 0, 0, 0, 0, 0, 0, 7], "hash", 8),
    ("int8", [0, 0, 0, 0, 0, 0, 0, 7], "redact", nil), ("uuid", Array(1...16), "hash", 16),
    ("uuid", Array(1...16), "partial", nil), ("date", [0, 0, 0x12, 0x34], "redact", nil),
    ("float8", [0, 0, 0, 0, 0, 0, 0, 1], "hash", nil),
    ("bytea", [1, 2, 3], "redact", 16), ("bool", [1], "redact", nil), ("text", [0x61], "redact", 16),
  ])
  func `binary values stay of their type or become NULL`(
    type: String, value: [UInt8], action: String, count: Int?
  ) throws {
    var mask = try Self.mask("{ columns: c, action: \(action) }")
    switch mask.value(value, ColumnPlace(name: "c", type: type), format: .binary) {
    case .same: Issue.record("\(type) stays")
    case .null: #expect(count == nil)
    case .replaced(let shown):
      #expect(shown.count == count)
      #expect(shown != value)
    }
  }

  @Test func `addresses, days, numbers, arrays and jsonb in binary form`() throws {
    var mask = try Self.mask(
      "{ columns: born, detect: date-of-birth, action: partial }\n{ detect: [ip-address, payment-card, email], action: partial }"
    )
    func value(_ bytes: [UInt8], _ name: String, _ type: String) -> DataMask.Outcome {
      mask.value(bytes, ColumnPlace(name: name, type: type), format: .binary)
    }
    #expect(value([2, 32, 0, 4, 203, 0, 113, 77], "peer", "inet") == .replaced([2, 24, 0, 4, 203, 0, 113, 0]))
    // 1984-07-02 and 1984-01-01 in days since 2000-01-01.
    #expect(BinaryDay.text([0xFF, 0xFF, 0xE9, 0xE3]).map { String(decoding: $0, as: UTF8.self) } == "1984-07-02")
    #expect(BinaryDay.text([0, 0, 0, 0]).map { String(decoding: $0, as: UTF8.self) } == "2000-01-01")
    #expect(BinaryDay.bytes(year: Array("2000".utf8), width: 4) == [0, 0, 0, 0])
    #expect(
      BinaryDay.bytes(year: Array("1984".utf8), width: 4).flatMap { BinaryDay.text($0) } == Array("1984-01-01".utf8))
    // A card as int8 becomes NULL, and no other number does.
    let card = Array(withUnsafeBytesOfCard())
    #expect(value(card, "n", "int8") == .null)
    #expect(value([0, 0, 0, 0, 0, 0, 1, 7], "n", "int8") == .same)
    #expect(BinaryNumeric.text([0, 2, 0, 0, 0, 0, 0, 2, 0, 12, 0x13, 0x88]) == Array("12.50".utf8))
    #expect(BinaryNumeric.bytes(Array("123456789".utf8)).flatMap { BinaryNumeric.text($0) } == Array("123456789".utf8))
    let mail = Array("lin@shop.example".utf8)
    let head: [UInt8] = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 2, 0, 0, 0, 1]
    let shown = Array("l***@shop.example".utf8)
    #expect(
      value(head + [0, 0, 0, 1, 0x61, 0, 0, 0, 16] + mail, "c", "text[]")
        == .replaced(head + [0, 0, 0, 1, 0x61, 0, 0, 0, 17] + shown))
    #expect(
      value([1] + Array(#"{"a": "lin@shop.example", "b": 1}"#.utf8), "c", "jsonb")
        == .replaced([1] + Array(#"{"a": "l***@shop.example", "b": 1}"#.utf8)))
    // What is not laid out as it says never passes with a value in it.
    #expect(value(head + [0, 0, 0, 99] + mail, "c", "text[]") == .null)
    let empty: [UInt8] = [0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 25]
    #expect(value(empty + [0, 0, 0, 0] + mail + [0, 0, 0, 1], "c", "text[]") == .null)
    #expect(value([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25], "c", "text[]") == .same)
    #expect(value([1, 2, 3], "c", "text[]") == .same)
    // In text the bounds stand before the elements, and are numbers.
    func text(_ value: String) -> String? {
      switch mask.value(Array(value.utf8), ColumnPlace(name: "c", type: "text[]"), format: .text) {
      case .same: value
      case .replaced(let shown): String(decoding: shown, as: UTF8.self)
      case .null: nil
      }
    }
    #expect(text("[0:1][-2:-2]={{a},{lin@shop.example}}") == "[0:1][-2:-2]={{a},{\"l***@shop.example\"}}")
    #expect(text("[0:1]={a,b}") == "[0:1]={a,b}")
    #expect(text("[lin@shop.example]={a}")?.contains("lin@") != true)
    #expect(text("[ lin@shop.example {a}")?.contains("lin@") != true)
    #expect(value(mail, "c", "oid 99999") == .null)
  }

  private func withUnsafeBytesOfCard() -> [UInt8] {
    var writer = ByteWriter()
    writer.write(Int64(4_111_111_111_111_111))
    return writer.bytes
  }

  @Test func `JSON stays JSON`() throws {
    var mask = try Self.mask(
      "{ columns: [ssn, salary, staff], action: redact }\n{ detect: payment-card, action: \"null\" }")
    func json(_ text: String) -> String? { mask.json(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) } }
    #expect(json(#"{"salary": 52000, "n": 1}"#) == #"{"salary": "[redacted:income]", "n": 1}"#)
    #expect(
      json(#"{"staff": [{"a": "x", "b": [1, null, true]}]}"#)
        == #"{"staff": [{"a": "[redacted:value]", "b": ["[redacted:value]", null, "[redacted:value]"]}]}"#)
    #expect(json(#"{"p": 4111111111111111}"#) == #"{"p": null}"#)
    #expect(json(#"{"inner": "{\"ssn\": \"1\"}"}"#) == #"{"inner": "{\"ssn\":\#(" ")\"[redacted:national-id]\"}"}"#)
    #expect(json(#"{"s\u0073n": "1"}"#) == #"{"s\u0073n": "[redacted:national-id]"}"#)
    // A rest that is damaged is not shown.
    #expect(json(#"{"a": 1, "ssn": "12"#) == #"{"a": 1, "ssn":[redacted:value]"#)
    #expect(mask.takeTally().failureCount == 1)
    #expect(json("[2026-11-22] a line") == nil)
  }

  @Test func `terminals and streams of events`() throws {
    var mask = try Self.mask("{ detect: email, action: partial }")
    var builder = StreamRecordBuilder()
    for part in ["mail l\u{1B}[31min@sh", "op.exa", "mple ok\n"] {
      builder.append(
        StreamRecord(at: Timestamp(nanoseconds: 1), direction: .fromServer, kind: .output, bytes: Array(part.utf8)))
    }
    for part in ["lin@sh", "op.exa", "mple, yes"] {
      let text = "data: {\"type\":\"delta\",\"index\":0,\"delta\":{\"text\":\"\(part)\"}}\n"
      builder.append(
        StreamRecord(at: Timestamp(nanoseconds: 2), direction: .fromServer, kind: .event, bytes: Array(text.utf8)))
    }
    let shown = mask.records(builder.finish())
    var cursor = StreamRecordCursor(shown.bytes)
    var texts: [String] = []
    while let record = try cursor.next() { texts.append(String(decoding: record.bytes, as: UTF8.self)) }
    #expect(texts[0...2].joined() == "mail *\u{1B}[31m*************** ok\n")
    #expect(
      texts[3].contains("\"l***@shop.example\"") && texts[4].contains("\"text\":\"\"") && texts[5].contains("\", yes\"")
    )
    #expect(shown.isMasked && !shown.isCut)
  }
}
