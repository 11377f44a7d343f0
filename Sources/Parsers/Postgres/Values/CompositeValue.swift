import Bytes

/// Arrays, ranges and records, in the text forms of the PostgreSQL documentation (§8.15.6, §8.17.5, §8.16.6).
enum CompositeValue {
  /// Dimensions of an array (MAXDIM).
  private static let dimensionLimit = 6

  // MARK: Arrays

  private struct Shape {
    var sizes: [Int] = []
    var lows: [Int] = []
    var element: UInt32 = 0
  }

  @_lifetime(reader: copy reader)
  private static func shape(_ reader: inout ByteReader) throws(DecodeError) -> Shape {
    let dimensions = Int(try reader.readInt32("dimension count"))
    let hasNulls = try reader.readUInt32("null flag")
    var shape = Shape()
    shape.element = try reader.readUInt32("element type")
    guard dimensions >= 0, dimensions <= dimensionLimit, hasNulls <= 1 else {
      throw DecodeError(.overLimit, "array dimensions", offset: 0, found: "\(dimensions)")
    }
    var total = 1
    for _ in 0..<dimensions {
      let size = Int(try reader.readInt32("dimension size"))
      shape.lows.append(Int(try reader.readInt32("lower bound")))
      shape.sizes.append(size)
      // Each element takes at least 4 bytes, and a dimension without elements does not exist.
      guard size >= 1, size <= reader.remaining / 4, total <= reader.remaining / 4 / size else {
        throw DecodeError(.overLimit, "array size", offset: reader.offset, found: "\(size)")
      }
      total *= size
    }
    return shape
  }

  @_lifetime(reader: copy reader)
  static func appendArray(
    _ reader: inout ByteReader, text: TextDecoder, to out: inout [UInt8], depth: Int
  ) throws(DecodeError) {
    let shape = try shape(&reader)
    guard !shape.sizes.isEmpty else { return out.append(contentsOf: "{}".utf8) }
    if shape.lows.contains(where: { $0 != 1 }) {
      for (size, low) in zip(shape.sizes, shape.lows) { out.append(contentsOf: "[\(low):\(low + size - 1)]".utf8) }
      out.append(ascii: "=")
    }
    try appendElements(shape.sizes[...], shape.element, &reader, text: text, to: &out, depth: depth)
  }

  @_lifetime(reader: copy reader)
  private static func appendElements(
    _ sizes: ArraySlice<Int>, _ element: UInt32, _ reader: inout ByteReader, text: TextDecoder, to out: inout [UInt8],
    depth: Int
  ) throws(DecodeError) {
    out.append(ascii: "{")
    // The one type whose text has commas of its own (typdelim).
    let delimiter: UnicodeScalar = element == PostgresType.box ? ";" : ","
    for index in 0..<(sizes.first ?? 0) {
      if index > 0 { out.append(ascii: delimiter) }
      if sizes.count > 1 {
        try appendElements(sizes.dropFirst(), element, &reader, text: text, to: &out, depth: depth)
      } else {
        let mark = out.count
        if try appendValue(element, &reader, text: text, to: &out, depth: depth) {
          quoteElement(&out, from: mark, delimiter: UInt8(ascii: delimiter))
        } else {
          out.append(contentsOf: "NULL".utf8)
        }
      }
    }
    out.append(ascii: "}")
  }

  /// int2vector and oidvector: they go as arrays and print as words.
  @_lifetime(reader: copy reader)
  static func appendVector(
    _ reader: inout ByteReader, text: TextDecoder, to out: inout [UInt8], depth: Int
  ) throws(DecodeError) {
    let shape = try shape(&reader)
    for index in 0..<(shape.sizes.first ?? 0) {
      if index > 0 { out.append(ascii: " ") }
      _ = try appendValue(shape.element, &reader, text: text, to: &out, depth: depth)
    }
  }

  /// A length and that many bytes; false for NULL.
  @_lifetime(reader: copy reader)
  private static func appendValue(
    _ oid: UInt32, _ reader: inout ByteReader, text: TextDecoder, to out: inout [UInt8], depth: Int
  ) throws(DecodeError) -> Bool {
    let length = try reader.readInt32("element length")
    if length == -1 { return false }
    let bytes = try reader.read(Int(length), "element")
    guard depth + 1 < BinaryValue.depthLimit else {
      throw DecodeError(.overLimit, "nested value", offset: reader.offset)
    }
    BinaryValue.append(oid, bytes, text: text, to: &out, depth: depth + 1)
    return true
  }

  /// White space as array_isspace and record_out see it.
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

  /// Quotes what was added from `mark` on, if it needs it.
  private static func quoteElement(_ out: inout [UInt8], from mark: Int, delimiter: UInt8) {
    let value = out[mark...]
    let isNull = value.count == 4 && zip(value, "null".utf8).allSatisfy { $0 | 0x20 == $1 }
    let needsQuotes =
      value.isEmpty || isNull
      || value.contains { byte in
        byte == delimiter || isSpace(byte) || byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}")
          || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
      }
    guard needsQuotes else { return }
    quote(&out, from: mark, escapingQuoteWith: UInt8(ascii: "\\"))
  }

  // MARK: Records and ranges

  @_lifetime(reader: copy reader)
  static func appendRecord(
    _ reader: inout ByteReader, text: TextDecoder, to out: inout [UInt8], depth: Int
  ) throws(DecodeError) {
    let count = Int(try reader.readInt32("field count"))
    guard count >= 0, count <= reader.remaining / 8 else {
      throw DecodeError(.overLimit, "record fields", offset: 0, found: "\(count)")
    }
    out.append(ascii: "(")
    for index in 0..<count {
      if index > 0 { out.append(ascii: ",") }
      let oid = try reader.readUInt32("field type")
      let mark = out.count
      if try appendValue(oid, &reader, text: text, to: &out, depth: depth) { quoteField(&out, from: mark) }
    }
    out.append(ascii: ")")
  }

  /// Quotes what was added from `mark` on, if it needs it; in a bound of a range brackets need quotes as well.
  private static func quoteField(_ out: inout [UInt8], from mark: Int, isBound: Bool = false) {
    let value = out[mark...]
    let needsQuotes =
      value.isEmpty
      || value.contains { byte in
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\\"): true
        case UInt8(ascii: "["), UInt8(ascii: "]"): isBound
        default: isSpace(byte)
        }
      }
    guard needsQuotes else { return }
    quote(&out, from: mark, escapingQuoteWith: UInt8(ascii: "\""))
  }

  private static func quote(_ out: inout [UInt8], from mark: Int, escapingQuoteWith escape: UInt8) {
    let value = Array(out[mark...])
    out.removeLast(value.count)
    out.append(ascii: "\"")
    for byte in value {
      if byte == UInt8(ascii: "\\") { out.append(byte) }
      if byte == UInt8(ascii: "\"") { out.append(escape) }
      out.append(byte)
    }
    out.append(ascii: "\"")
  }

  /// Flags: 1 empty, 2 lower inclusive, 4 upper inclusive, 8 lower infinite, 16 upper infinite (rangetypes.h).
  @_lifetime(reader: copy reader)
  static func appendRange(
    _ element: PostgresType.Layout, _ reader: inout ByteReader, text: TextDecoder, to out: inout [UInt8], depth: Int
  ) throws(DecodeError) {
    let flags = try reader.readUInt8("range flags")
    if flags & 1 != 0 { return out.append(contentsOf: "empty".utf8) }
    out.append(ascii: flags & 2 != 0 ? "[" : "(")
    if flags & 8 == 0 { try appendBound(element, &reader, text: text, to: &out, depth: depth) }
    out.append(ascii: ",")
    if flags & 16 == 0 { try appendBound(element, &reader, text: text, to: &out, depth: depth) }
    out.append(ascii: flags & 4 != 0 ? "]" : ")")
  }

  @_lifetime(reader: copy reader)
  private static func appendBound(
    _ element: PostgresType.Layout, _ reader: inout ByteReader, text: TextDecoder, to out: inout [UInt8], depth: Int
  ) throws(DecodeError) {
    var inner = try reader.slice(Int(try reader.readInt32("bound length")), "bound")
    let mark = out.count
    try BinaryValue.append(element, &inner, text: text, to: &out, depth: depth + 1)
    try inner.expectEnd("bound")
    quoteField(&out, from: mark, isBound: true)
  }

  @_lifetime(reader: copy reader)
  static func appendMultirange(
    _ element: PostgresType.Layout, _ reader: inout ByteReader, text: TextDecoder, to out: inout [UInt8], depth: Int
  ) throws(DecodeError) {
    let count = Int(try reader.readInt32("range count"))
    guard count >= 0, count <= reader.remaining / 5 else {
      throw DecodeError(.overLimit, "ranges", offset: 0, found: "\(count)")
    }
    out.append(ascii: "{")
    for index in 0..<count {
      if index > 0 { out.append(ascii: ",") }
      var inner = try reader.slice(Int(try reader.readInt32("range length")), "range")
      try appendRange(element, &inner, text: text, to: &out, depth: depth + 1)
      try inner.expectEnd("range")
    }
    out.append(ascii: "}")
  }
}
