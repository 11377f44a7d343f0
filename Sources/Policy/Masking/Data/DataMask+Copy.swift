import Bytes

extension DataMask {
  /// The data of a COPY in text form: a line a row, values between delimiters, escapes with backslashes.
  ///
  /// `places` are the columns in order; nil when they are not known, and then a rule that means columns of `table` redacts
  /// all values.
  mutating func copyText(_ bytes: [UInt8], _ form: CopyForm, places: [ColumnPlace]?, table: String?) -> [UInt8] {
    var columns = Columns(places, hidesAll: places == nil && plan.mayTakeColumns(of: table))
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      if index > 0 { out.append(0x0A) }
      if index == 0, form.hasHeader {
        columns.learn(Self.fields(line, form).map { String(decoding: Self.unescaped($0), as: UTF8.self) })
        out += line
        continue
      }
      if line.elementsEqual([UInt8(ascii: "\\"), UInt8(ascii: ".")]) || line.isEmpty {
        out += line
        continue
      }
      for (number, field) in Self.fields(line, form).enumerated() {
        if number > 0 { out.append(form.delimiter) }
        if field.elementsEqual(form.null) {
          out += field
          continue
        }
        switch cell(Self.unescaped(field), columns, number) {
        case .same: out += field
        case .replaced(let shown): out += Self.escaped(shown, form)
        case .null: out += form.null
        }
      }
    }
    return out
  }

  /// CSV (RFC 4180, and as PostgreSQL writes it): values between delimiters, quoted where they need it.
  mutating func csv(_ bytes: [UInt8], _ form: CopyForm, places: [ColumnPlace]? = nil, table: String? = nil) -> [UInt8] {
    var columns = Columns(places, hidesAll: places == nil && !form.hasHeader && plan.mayTakeColumns(of: table))
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var index = 0
    var number = 0
    var isHead = form.hasHeader
    var head: [String] = []
    while index < bytes.count {
      let field = CSVField(bytes, from: index, form)
      if isHead { head.append(String(decoding: field.value, as: UTF8.self)) }
      if isHead || (!field.isQuoted && field.value == form.null) {
        out += bytes[field.range]
      } else {
        switch cell(field.value, columns, number) {
        case .same: out += bytes[field.range]
        case .replaced(let shown): out += Self.quoted(shown, form)
        case .null: out += form.null
        }
      }
      out += bytes[field.range.upperBound..<field.end]
      index = field.end
      number += 1
      guard index < bytes.count else { break }
      out.append(bytes[index])
      if bytes[index] == 0x0A {
        if isHead { columns.learn(head) }
        (isHead, number) = (false, 0)
      }
      index += 1
    }
    return out
  }

  // MARK: Values

  /// Which column a field is of.
  private struct Columns {
    private(set) var places: [ColumnPlace]?
    private(set) var hidesAll: Bool

    init(_ places: [ColumnPlace]?, hidesAll: Bool) { (self.places, self.hidesAll) = (places, hidesAll) }

    mutating func learn(_ names: [String]) {
      places = DataMask.places(ofHead: names, tables: places?.first?.tables ?? [])
      hidesAll = false
    }
  }

  /// The columns that a line of names tells.
  static func places(ofHead names: [String], tables: [String] = []) -> [ColumnPlace] {
    names.map { ColumnPlace(name: $0.trimmingBlanks.trimmingPrefixMark, tables: tables) }
  }

  private mutating func cell(_ value: [UInt8], _ columns: Columns, _ number: Int) -> Outcome {
    guard !columns.hidesAll else {
      fail("columns")
      return .replaced(MaskedForm.mark(nil))
    }
    guard let places = columns.places, number < places.count else { return self.value(value, nil) }
    return self.value(value, places[number])
  }

  static func fields(_ line: ArraySlice<UInt8>, _ form: CopyForm) -> [ArraySlice<UInt8>] {
    var fields: [ArraySlice<UInt8>] = []
    var start = line.startIndex
    var index = start
    while index < line.endIndex {
      if line[index] == UInt8(ascii: "\\") {
        index += 2
      } else if line[index] == form.delimiter {
        fields.append(line[start..<index])
        index += 1
        start = index
      } else {
        index += 1
      }
    }
    fields.append(line[min(start, line.endIndex)...])
    return fields
  }

  static func unescaped(_ field: ArraySlice<UInt8>) -> [UInt8] {
    guard field.contains(UInt8(ascii: "\\")) else { return Array(field) }
    var out: [UInt8] = []
    var rest = field
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let next = rest.popFirst() else {
        out.append(byte)
        continue
      }
      switch next {
      case UInt8(ascii: "b"): out.append(8)
      case UInt8(ascii: "f"): out.append(12)
      case UInt8(ascii: "n"): out.append(10)
      case UInt8(ascii: "r"): out.append(13)
      case UInt8(ascii: "t"): out.append(9)
      case UInt8(ascii: "v"): out.append(11)
      case UInt8(ascii: "0")...UInt8(ascii: "7"), UInt8(ascii: "x"):
        out.append(number(next, &rest) ?? next)
      default: out.append(next)
      }
    }
    return out
  }

  /// `\101`, `\x41`
  private static func number(_ first: UInt8, _ rest: inout ArraySlice<UInt8>) -> UInt8? {
    let isHex = first == UInt8(ascii: "x")
    var text = isHex ? "" : String(UnicodeScalar(first))
    let limit = isHex ? 2 : 3
    while text.count < limit, let digit = rest.first,
      isHex ? ByteClass.isHex(digit) : (0x30...0x37).contains(digit)
    {
      text.append(Character(UnicodeScalar(digit)))
      rest = rest.dropFirst()
    }
    return UInt16(text, radix: isHex ? 16 : 8).map { UInt8(truncatingIfNeeded: $0) }
  }

  static func escaped(_ value: [UInt8], _ form: CopyForm) -> [UInt8] {
    var out: [UInt8] = []
    for byte in value {
      switch byte {
      case 10: out += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
      case 13: out += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
      case 9: out += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
      case UInt8(ascii: "\\"), form.delimiter: out += [UInt8(ascii: "\\"), byte]
      default: out.append(byte)
      }
    }
    return out
  }

  static func quoted(_ value: [UInt8], _ form: CopyForm) -> [UInt8] {
    let needs = value == form.null || value.contains { [form.delimiter, form.quote, 10, 13].contains($0) }
    guard needs else { return value }
    var out = [form.quote]
    for byte in value {
      if byte == form.quote || byte == form.escape { out.append(form.escape) }
      out.append(byte)
    }
    return out + [form.quote]
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }

  /// Without the mark of byte order that spreadsheets put first.
  fileprivate var trimmingPrefixMark: String { hasPrefix("\u{FEFF}") ? String(dropFirst()) : self }
}

/// One value of CSV.
struct CSVField {
  /// Up to the delimiter or the end of the line (LF, or CR and LF), neither included.
  let range: Range<Int>
  /// Where the delimiter or the LF is.
  let end: Int
  let value: [UInt8]
  let isQuoted: Bool

  init(_ bytes: [UInt8], from start: Int, _ form: CopyForm) {
    var index = start
    var value: [UInt8] = []
    var isQuoted = false
    var isInside = false
    while index < bytes.count {
      let byte = bytes[index]
      if isInside {
        if byte == form.escape, index + 1 < bytes.count,
          bytes[index + 1] == form.quote || bytes[index + 1] == form.escape
        {
          value.append(bytes[index + 1])
          index += 2
          continue
        }
        if byte == form.quote { isInside = false } else { value.append(byte) }
      } else if byte == form.quote {
        (isInside, isQuoted) = (true, true)
      } else if byte == form.delimiter || byte == 0x0A {
        break
      } else if byte != 0x0D || index + 1 < bytes.count && bytes[index + 1] != 0x0A {
        value.append(byte)
      }
      index += 1
    }
    end = min(index, bytes.count)
    let hasReturn = !isInside && end > start && bytes[end - 1] == 0x0D && (end == bytes.count || bytes[end] == 0x0A)
    (range, self.value, self.isQuoted) = (start..<(hasReturn ? end - 1 : end), value, isQuoted)
  }
}

/// The data of a COPY in binary form (PostgreSQL documentation, COPY, "Binary Format").
extension DataMask {
  private static let signature = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]

  /// Types are not told, so what is masked becomes NULL where it is not text.
  mutating func copyBinary(_ bytes: [UInt8], places: [ColumnPlace]?, table: String?) -> [UInt8] {
    let hidesAll = places == nil && plan.mayTakeColumns(of: table)
    var reader = ByteReader(bytes.span)
    var out = ByteWriter()
    do {
      if bytes.starts(with: Self.signature) {
        out.write(try reader.read(Self.signature.count + 4, "head").array)
        let length = try reader.readUInt32("extension length")
        out.write(length)
        out.write(try reader.read(Int(length), "extension").array)
      }
      while !reader.isAtEnd {
        let count = try reader.readInt16("fields")
        out.write(count)
        guard count >= 0 else { break }
        for index in 0..<Int(count) {
          let length = try reader.readInt32("length")
          guard length >= 0 else {
            out.write(length)
            continue
          }
          let value = try reader.read(Int(length), "value").array
          let place = places.flatMap { index < $0.count ? $0[index] : nil }
          if hidesAll { fail("columns") }
          switch hidesAll ? .null : binary(value, place) {
          case .same:
            out.write(length)
            out.write(value)
          case .replaced(let shown):
            out.write(Int32(clamping: shown.count))
            out.write(shown)
          case .null: out.write(Int32(-1))
          }
        }
      }
      out.write(reader.rest.array)
      return out.bytes
    } catch {
      // What was cut in a row is not kept.
      fail("copy")
      return out.bytes
    }
  }
}
