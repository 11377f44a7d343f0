import Bytes

/// How a value is written, and so what may stand in its place.
public enum ValueFormat: Sendable, Hashable {
  /// As text in a case or a report: any text may.
  case shown
  /// In PostgreSQL's text format, for a program that reads values of the column's type.
  case text
  /// In PostgreSQL's binary format.
  case binary
}

extension DataMask {
  /// What becomes of one value of a result or of a parameter that is not NULL; `place` is nil when neither its column nor its
  /// type is known.
  public mutating func value(
    _ bytes: [UInt8], _ place: ColumnPlace?, format: ValueFormat = .shown
  ) -> Outcome {
    switch format {
    case .shown: return typed(bytes, place, mask(for: place))
    case .text: return fit(typed(bytes, place, mask(for: place)), bytes, place)
    case .binary: return binary(bytes, place)
    }
  }

  /// A value by its type: what is within arrays, rows, JSON and bytes is looked into.
  private mutating func typed(_ bytes: [UInt8], _ place: ColumnPlace?, _ mask: ColumnMask) -> Outcome {
    guard !mask.isIdle || readsNames else { return .same }
    let type = place?.type ?? ""
    let first = bytes.first ?? 0
    if mask.whole == nil, type == "json" || type == "jsonb" || first == 0x7B || first == 0x5B, !type.hasSuffix("[]"),
      let json = json(bytes, within: place)
    {
      return json == bytes ? .same : .replaced(json)
    }
    if type.hasSuffix("[]") || isList(bytes, UInt8(ascii: "{"), UInt8(ascii: "}"), type) {
      if let outcome = elements(bytes, place, isRow: false) { return outcome }
    } else if mask.whole == nil, type == "record" || isList(bytes, UInt8(ascii: "("), UInt8(ascii: ")"), type) {
      if let outcome = elements(bytes, nil, isRow: true) { return outcome }
    }
    guard mask.whole == nil else { return plainValue(bytes, mask) }
    return scalar(bytes, mask)
  }

  /// A value that is text, or bytes (or a value of a type that is not known) in hexadecimal digits.
  mutating func scalar(_ bytes: [UInt8], _ mask: ColumnMask) -> Outcome {
    guard mask.whole == nil, bytes.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "x")]),
      let inner = HexText.bytes(bytes.dropFirst(2))
    else { return plainValue(bytes, mask) }
    switch plainValue(inner, mask) {
    case .same: return .same
    case .replaced(let shown): return .replaced(HexText.text(shown))
    case .null: return .null
    }
  }

  private func isList(_ bytes: [UInt8], _ first: UInt8, _ last: UInt8, _ type: String) -> Bool {
    (type.hasPrefix("oid ") || type == "unknown" || type.isEmpty) && bytes.first == first && bytes.last == last
  }

  /// The elements of an array or the fields of a row, each masked by itself; nil when the text is none.
  private mutating func elements(_ bytes: [UInt8], _ place: ColumnPlace?, isRow: Bool) -> Outcome? {
    guard let found = ListText.leaves(of: bytes, isRow: isRow) else { return nil }
    var inner = place
    if let type = place?.type, type.hasSuffix("[]") { inner?.type = String(type.dropLast(2)) }
    let mask = mask(for: inner)
    var edits: [Edit] = []
    for leaf in found {
      switch mask.whole == nil ? value(leaf.value, inner) : plainValue(leaf.value, mask) {
      case .same: break
      case .replaced(let shown): edits.append(Edit(range: leaf.range, bytes: ListText.quoted(shown)))
      case .null: edits.append(Edit(range: leaf.range, bytes: isRow ? [] : Array("NULL".utf8)))
      }
    }
    return edits.isEmpty ? .same : .replaced(Self.replace(edits, in: bytes))
  }

  // MARK: Types

  private static let textTypes: Set<String> = [
    "text", "varchar", "bpchar", "name", "citext", "json", "jsonb", "xml", "unknown", "cstring", "bytea", "char",
    "record",
    "refcursor",
  ]

  /// What a program that reads values of the column's type can take; NULL where nothing else fits.
  func fit(_ outcome: Outcome, _ original: [UInt8], _ place: ColumnPlace?) -> Outcome {
    guard case .replaced(let shown) = outcome, let type = place?.type else { return outcome }
    if type == "json" || type == "jsonb" {
      // Taken whole: a string of JSON.
      if JSONValue.document(in: shown) != nil { return outcome }
      return .replaced(Array(JSONWriter.quoted(String(decoding: shown, as: UTF8.self)).utf8))
    }
    if type == "bytea" {
      return shown.starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "x")]) ? outcome : .replaced(HexText.text(shown))
    }
    if type == "char", shown.count > 1 { return .null }
    if Self.textTypes.contains(type) { return outcome }
    if type.hasSuffix("[]") {
      return Self.textTypes.contains(String(type.dropLast(2))) && type != "bytea[]" ? outcome : .null
    }
    switch type {
    case "inet", "cidr":
      guard shown.last == UInt8(ascii: "*"), let network = NetworkPart(original) else { return .null }
      return .replaced(network.network)
    case "date", "timestamp", "timestamptz":
      guard shown.count == 10, shown.suffix(6).elementsEqual("-**-**".utf8) else { return .null }
      return .replaced(shown.prefix(4) + Array("-01-01".utf8) + (type == "date" ? [] : Array(" 00:00:00".utf8)))
    case "int8", "numeric": return number(shown).map { .replaced(Array(String($0).utf8)) } ?? .null
    case "uuid":
      guard let bytes = uuid(shown) else { return .null }
      return .replaced(UUIDText.text(bytes))
    default: return .null
    }
  }

  /// A number of 63 bits that is as good as a keyed hash; nil when it is none.
  private func number(_ hash: [UInt8]) -> UInt64? {
    guard hash.starts(with: "hmac:".utf8) else { return nil }
    return UInt64(String(decoding: hash.suffix(16), as: UTF8.self), radix: 16).map { $0 >> 1 }
  }

  /// 128 bits that are as good as a keyed hash.
  private func uuid(_ hash: [UInt8]) -> [UInt8]? {
    guard hash.starts(with: "hmac:".utf8), let first = HexText.bytes(hash.suffix(16)) else { return nil }
    let second = hasher.hash(hash.span)
    return HexText.bytes(Array(second.utf8).suffix(16)).map { first + $0 }
  }
}
