import Bytes

/// PostgreSQL's binary format (documentation, chapters 8 and 55; `src/backend/utils/adt/*send`).
extension DataMask {
  /// Arrays and rows within each other.
  private static let depthLimit = 8
  /// Fields of a row, elements of an array.
  private static let elementLimit = 1 << 20

  mutating func binary(_ bytes: [UInt8], _ place: ColumnPlace?, depth: Int = 0) -> Outcome {
    let mask = mask(for: place)
    guard !mask.isIdle || readsNames else { return .same }
    let type = place?.type ?? ""
    switch type {
    case "text", "varchar", "bpchar", "name", "citext", "xml", "json", "cstring", "char", "refcursor":
      guard bytes.span.isUTF8 else { return opaque(bytes, mask) }
      return value(bytes, place, format: .text)
    case "unknown", "": return bytes.span.isUTF8 ? value(bytes, place, format: .text) : opaque(bytes, mask)
    case "bytea":
      return plainValue(bytes, mask)
    case "jsonb":
      guard bytes.first == 1 else { return opaque(bytes, mask) }
      return coded(Array(bytes.dropFirst()), place) { [1] + $0 }
    case "int2", "int4", "int8", "oid":
      guard bytes.count == 2 || bytes.count == 4 || bytes.count == 8 else { return opaque(bytes, mask) }
      let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      let shift = UInt64(64 - bytes.count * 8)
      let number = Int64(bitPattern: bits << shift) >> Int64(shift)
      return coded(Array(String(number).utf8), place) { text in
        Int64(String(decoding: text, as: UTF8.self)).map { Self.bigEndian(UInt64(bitPattern: $0)) }
      }
    case "float4", "float8": return float(bytes, mask)
    case "numeric":
      guard let text = BinaryNumeric.text(bytes) else { return opaque(bytes, mask) }
      return coded(text, place) { BinaryNumeric.bytes($0) }
    case "uuid":
      guard bytes.count == 16 else { return opaque(bytes, mask) }
      return coded(UUIDText.text(bytes), place) { text in HexText.bytes(text.filter { $0 != 0x2D }[...]) }
    case "inet", "cidr": return address(bytes, place, mask)
    case "date", "timestamp", "timestamptz": return time(bytes, place, mask)
    case "record": return row(bytes, place, depth)
    default:
      return type.hasSuffix("[]") ? array(bytes, place, depth) : opaque(bytes, mask)
    }
  }

  /// A value that is masked as text and written again; NULL where it cannot be.
  private mutating func coded(
    _ text: [UInt8], _ place: ColumnPlace?, _ encode: ([UInt8]) -> [UInt8]?
  ) -> Outcome {
    switch value(text, place, format: .text) {
    case .same: .same
    case .null: .null
    case .replaced(let shown): encode(shown).map { .replaced($0) } ?? .null
    }
  }

  /// A value whose inside is not known: NULL as soon as a rule means it or anything in it.
  private mutating func opaque(_ bytes: [UInt8], _ mask: ColumnMask) -> Outcome {
    switch plainValue(bytes, mask) {
    case .same: return .same
    case .null, .replaced:
      fail("binary")
      return .null
    }
  }

  private mutating func float(_ bytes: [UInt8], _ mask: ColumnMask) -> Outcome {
    let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let number: Double
    switch bytes.count {
    case 4: number = Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case 8: number = Double(bitPattern: bits)
    default: return opaque(bytes, mask)
    }
    let text = Int64(exactly: number).map { String($0) } ?? "\(number)"
    return plainValue(Array(text.utf8), mask) == .same ? .same : .null
  }

  /// Family, bits, whether it is of the type cidr, count of bytes, bytes.
  private mutating func address(_ bytes: [UInt8], _ place: ColumnPlace?, _ mask: ColumnMask) -> Outcome {
    guard bytes.count > 4, bytes.count == 4 + Int(bytes[3]), let text = AddressText.text(Array(bytes.dropFirst(4))),
      let network = NetworkPart(address: Array(bytes.dropFirst(4)))
    else { return opaque(bytes, mask) }
    switch value(text, place, format: .text) {
    case .same: return .same
    case .null: return .null
    case .replaced: return .replaced([bytes[0], network.bitCount, bytes[2], bytes[3]] + network.bytes)
    }
  }

  /// Days, or microseconds, since 2000-01-01.
  private mutating func time(_ bytes: [UInt8], _ place: ColumnPlace?, _ mask: ColumnMask) -> Outcome {
    guard let text = BinaryDay.text(bytes) else { return opaque(bytes, mask) }
    let width = bytes.count
    return coded(text, place) { BinaryDay.bytes(year: $0, width: width) }
  }

  // MARK: Of several

  private mutating func array(_ bytes: [UInt8], _ place: ColumnPlace?, _ depth: Int) -> Outcome {
    let mask = mask(for: place)
    var reader = ByteReader(bytes.span)
    var out = ByteWriter()
    var hasChanged = false
    var hasNull: UInt32
    do {
      guard depth < Self.depthLimit else { throw DecodeError(.outOfRange, "depth", offset: 0) }
      let dimensions = try reader.readUInt32("dimensions")
      hasNull = try reader.readUInt32("flags")
      let hasNullAtFirst = hasNull
      let element = try reader.readUInt32("element type")
      guard dimensions <= 6 else { throw DecodeError(.outOfRange, "dimensions", offset: 0) }
      let bounds = try reader.read(Int(dimensions) * 8, "bounds").array
      var inner = place ?? ColumnPlace()
      inner.type = BinaryTypes.name(element) ?? "oid \(element)"
      var count = 0
      while !reader.isAtEnd {
        count += 1
        guard count <= Self.elementLimit else { throw DecodeError(.outOfRange, "elements", offset: reader.offset) }
        let isNull = try self.element(&reader, inner, depth, &out, &hasChanged)
        if isNull { hasNull = 1 }
      }
      // An array without elements has no dimensions: where one says otherwise its bounds may be anything.
      guard hasNullAtFirst <= 1, dimensions == 0 || count > 0, Self.elementCount(bounds) == count else {
        throw DecodeError(.mismatch, "elements", offset: reader.offset)
      }
      guard hasChanged else { return .same }
      var head = ByteWriter()
      head.write(dimensions)
      head.write(hasNull)
      head.write(element)
      head.write(bounds)
      return .replaced(head.bytes + out.bytes)
    } catch { return opaque(bytes, mask) }
  }

  /// Of sizes and lower bounds, 32 bits each; nil where there are too many.
  private static func elementCount(_ bounds: [UInt8]) -> Int? {
    var reader = ByteReader(bounds.span)
    var count = bounds.isEmpty ? 0 : 1
    while let size = try? reader.readUInt32(), (try? reader.skip(4)) != nil {
      let product = count.multipliedReportingOverflow(by: Int(size))
      guard !product.overflow, product.partialValue <= elementLimit else { return nil }
      count = product.partialValue
    }
    return count
  }

  private mutating func row(_ bytes: [UInt8], _ place: ColumnPlace?, _ depth: Int) -> Outcome {
    let mask = mask(for: place)
    var reader = ByteReader(bytes.span)
    var out = ByteWriter()
    var hasChanged = false
    do {
      guard depth < Self.depthLimit else { throw DecodeError(.outOfRange, "depth", offset: 0) }
      let count = try reader.readUInt32("fields")
      guard count <= 1664 else { throw DecodeError(.outOfRange, "fields", offset: 0) }
      out.write(count)
      for _ in 0..<count {
        let type = try reader.readUInt32("type")
        out.write(type)
        var inner = place ?? ColumnPlace()
        inner.type = BinaryTypes.name(type) ?? "oid \(type)"
        _ = try element(&reader, inner, depth, &out, &hasChanged)
      }
      try reader.expectEnd("row")
      return hasChanged ? .replaced(out.bytes) : .same
    } catch { return opaque(bytes, mask) }
  }

  /// One value with its length; whether it is NULL now.
  @_lifetime(reader: copy reader)
  private mutating func element(
    _ reader: inout ByteReader, _ place: ColumnPlace, _ depth: Int, _ out: inout ByteWriter, _ hasChanged: inout Bool
  ) throws(DecodeError) -> Bool {
    let length = try reader.readInt32("length")
    guard length >= 0 else {
      out.write(length)
      return true
    }
    let value = try reader.read(Int(length), "value").array
    switch binary(value, place, depth: depth + 1) {
    case .same:
      out.write(length)
      out.write(value)
      return false
    case .replaced(let shown):
      hasChanged = true
      out.write(Int32(clamping: shown.count))
      out.write(shown)
      return false
    case .null:
      hasChanged = true
      out.write(Int32(-1))
      return true
    }
  }

  private static func bigEndian(_ value: UInt64) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(value)
    return writer.bytes
  }
}
