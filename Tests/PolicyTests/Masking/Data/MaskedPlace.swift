import TestKit

@testable import Policy

extension SensitiveValues.Value {
  var dataClass: DataClass { DataClass(rawValue: className) ?? .highEntropy }
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
      var stream = MaskStream(valueLimit: 512, blockSize: 1024)
      var out: [UInt8] = []
      for byte in (before + value.text + after).utf8 { stream.receive([byte].span, &mask, into: &out) }
      stream.finish(&mask, into: &out)
      return around(before, out, after)
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
