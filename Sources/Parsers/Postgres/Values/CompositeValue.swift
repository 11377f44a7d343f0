import Bytes

/// Arrays, ranges and records, in the text forms of the PostgreSQL documentation (§8.15.6, §8.17.5, §8.16.6).
enum CompositeValue {
  /// Dimensions of an array (MAXDIM).
  private static let dimensionLimit = 6

  @_lifetime(reader: copy reader)
  static func array(_ reader: inout ByteReader, depth: Int) throws(DecodeError) -> String {
    let dimensions = Int(try reader.readInt32("dimension count"))
    try reader.skip(4, "null flag")
    let element = try reader.readUInt32("element type")
    guard dimensions >= 0, dimensions <= dimensionLimit else {
      throw DecodeError(.overLimit, "array dimensions", offset: 0, found: "\(dimensions)")
    }
    guard dimensions > 0 else { return "{}" }
    var sizes: [Int] = []
    var prefix = ""
    var hasBounds = false
    for _ in 0..<dimensions {
      let size = Int(try reader.readInt32("dimension size"))
      let low = Int(try reader.readInt32("lower bound"))
      // Each element takes at least 4 bytes.
      guard size >= 0, size <= reader.remaining / 4 + 1 else {
        throw DecodeError(.overLimit, "array size", offset: reader.offset, found: "\(size)")
      }
      sizes.append(size)
      hasBounds = hasBounds || low != 1
      prefix += "[\(low):\(low + size - 1)]"
    }
    let text = try elements(sizes[...], element, &reader, depth: depth)
    return hasBounds ? prefix + "=" + text : text
  }

  @_lifetime(reader: copy reader)
  private static func elements(
    _ sizes: ArraySlice<Int>, _ element: UInt32, _ reader: inout ByteReader, depth: Int
  ) throws(DecodeError) -> String {
    guard let size = sizes.first else { return "" }
    var texts: [String] = []
    for _ in 0..<size {
      if sizes.count > 1 {
        texts.append(try elements(sizes.dropFirst(), element, &reader, depth: depth))
      } else {
        texts.append(try value(element, &reader, depth: depth).map(arrayQuoted) ?? "NULL")
      }
    }
    return "{" + texts.joined(separator: ",") + "}"
  }

  /// A length and that many bytes; nil for NULL.
  @_lifetime(reader: copy reader)
  private static func value(
    _ oid: UInt32, _ reader: inout ByteReader, depth: Int
  ) throws(DecodeError) -> String? {
    let length = try reader.readInt32("element length")
    guard length >= 0 else { return nil }
    var inner = try reader.slice(Int(length), "element")
    guard let layout = PostgresType.layout(oid) else { return BinaryValue.hex(inner.rest) }
    return try BinaryValue.text(layout, &inner, depth: depth + 1)
  }

  private static func arrayQuoted(_ text: String) -> String {
    let needsQuotes =
      text.isEmpty || text.uppercased() == "NULL"
      || text.unicodeScalars.contains { "{}\",\\".unicodeScalars.contains($0) || $0.properties.isWhitespace }
    guard needsQuotes else { return text }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  @_lifetime(reader: copy reader)
  static func record(_ reader: inout ByteReader, depth: Int) throws(DecodeError) -> String {
    let count = Int(try reader.readInt32("field count"))
    guard count >= 0, count <= reader.remaining / 8 else {
      throw DecodeError(.overLimit, "record fields", offset: 0, found: "\(count)")
    }
    var texts: [String] = []
    for _ in 0..<count {
      let oid = try reader.readUInt32("field type")
      texts.append(try value(oid, &reader, depth: depth).map(recordQuoted) ?? "")
    }
    return "(" + texts.joined(separator: ",") + ")"
  }

  private static func recordQuoted(_ text: String) -> String {
    let needsQuotes =
      text.isEmpty
      || text.unicodeScalars.contains { "()\",\\".unicodeScalars.contains($0) || $0.properties.isWhitespace }
    guard needsQuotes else { return text }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\"\"") + "\""
  }

  /// Flags: 1 empty, 2 lower inclusive, 4 upper inclusive, 8 lower infinite, 16 upper infinite (rangetypes.h).
  @_lifetime(reader: copy reader)
  static func range(
    _ element: PostgresType.Layout, _ reader: inout ByteReader, depth: Int
  ) throws(DecodeError) -> String {
    let flags = try reader.readUInt8("range flags")
    if flags & 1 != 0 { return "empty" }
    var low = ""
    var high = ""
    if flags & 8 == 0 { low = recordQuoted(try bound(element, &reader, depth: depth)) }
    if flags & 16 == 0 { high = recordQuoted(try bound(element, &reader, depth: depth)) }
    return (flags & 2 != 0 ? "[" : "(") + low + "," + high + (flags & 4 != 0 ? "]" : ")")
  }

  @_lifetime(reader: copy reader)
  private static func bound(
    _ element: PostgresType.Layout, _ reader: inout ByteReader, depth: Int
  ) throws(DecodeError) -> String {
    var inner = try reader.slice(Int(try reader.readInt32("bound length")), "bound")
    return try BinaryValue.text(element, &inner, depth: depth + 1)
  }

  @_lifetime(reader: copy reader)
  static func multirange(
    _ element: PostgresType.Layout, _ reader: inout ByteReader, depth: Int
  ) throws(DecodeError) -> String {
    let count = Int(try reader.readInt32("range count"))
    guard count >= 0, count <= reader.remaining / 5 else {
      throw DecodeError(.overLimit, "ranges", offset: 0, found: "\(count)")
    }
    var texts: [String] = []
    for _ in 0..<count {
      var inner = try reader.slice(Int(try reader.readInt32("range length")), "range")
      texts.append(try range(element, &inner, depth: depth + 1))
    }
    return "{" + texts.joined(separator: ",") + "}"
  }
}
