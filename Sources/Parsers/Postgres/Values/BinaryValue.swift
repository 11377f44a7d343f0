import Bytes
import Model

/// Turns a value in binary format into the text that the server would print (default settings, time zone UTC).
enum BinaryValue {
  /// Arrays, ranges and records within each other.
  static let depthLimit = 16

  /// The text; `\x` and hexadecimal digits for a type we do not know or a value that is not of its type.
  static func text(_ oid: UInt32, _ bytes: Span<UInt8>) -> String {
    guard let layout = PostgresType.layout(oid) else { return hex(bytes) }
    var reader = ByteReader(bytes)
    do throws(DecodeError) {
      let text = try text(layout, &reader, depth: 0)
      try reader.expectEnd("value")
      return text
    } catch {
      return hex(bytes)
    }
  }

  static func hex(_ bytes: Span<UInt8>) -> String { "\\x" + bytes.array.hex }

  @_lifetime(reader: copy reader)
  static func text(
    _ layout: PostgresType.Layout, _ reader: inout ByteReader, depth: Int
  ) throws(DecodeError) -> String {
    guard depth < depthLimit else { throw DecodeError(.overLimit, "nested value", offset: reader.offset) }
    switch layout {
    case .bool: return try reader.readUInt8("bool") == 0 ? "f" : "t"
    case .char:
      let byte = try reader.readUInt8("char")
      return byte < 0x80 ? (byte == 0 ? "" : String(UnicodeScalar(byte))) : "\\" + octal(byte)
    case .int2: return String(try reader.readInt16("int2"))
    case .int4: return String(try reader.readInt32("int4"))
    case .int8: return String(try reader.readInt64("int8"))
    case .oid: return String(try reader.readUInt32("oid"))
    case .float4: return float(Float(bitPattern: try reader.readUInt32("float4")))
    case .float8: return float(Double(bitPattern: try reader.readUInt64("float8")))
    case .numeric: return try NumericValue.text(&reader)
    case .text, .vector: return try textOrVector(layout, &reader, depth: depth)
    case .bytea: return hex(try reader.read(reader.remaining))
    case .uuid: return try uuid(&reader)
    case .date: return DateTimeValue.date(try reader.readInt32("date"))
    case .time: return DateTimeValue.time(microseconds: try reader.readInt64("time"))
    case .timeTZ:
      let time = DateTimeValue.time(microseconds: try reader.readInt64("time"))
      return time + DateTimeValue.zone(secondsWest: try reader.readInt32("zone"))
    case .timestamp: return DateTimeValue.timestamp(try reader.readInt64("timestamp"), zone: "")
    case .timestampTZ: return DateTimeValue.timestamp(try reader.readInt64("timestamptz"), zone: "+00")
    case .interval:
      let microseconds = try reader.readInt64("interval time")
      let days = try reader.readInt32("interval days")
      return DateTimeValue.interval(microseconds: microseconds, days: days, months: try reader.readInt32("months"))
    case .jsonb:
      let version = try reader.readUInt8("jsonb version")
      guard version == 1 else { throw DecodeError(.mismatch, "jsonb version", offset: 0, found: "\(version)") }
      return try reader.read(reader.remaining).string
    case .money: return money(try reader.readInt64("money"))
    case .inet: return try inet(&reader)
    case .macaddr: return try reader.read(reader.remaining == 8 ? 8 : 6).array.map { [$0].hex }.joined(separator: ":")
    case .bits: return try bits(&reader)
    case .point:
      let x = float(Double(bitPattern: try reader.readUInt64("x")))
      return "(\(x),\(float(Double(bitPattern: try reader.readUInt64("y")))))"
    case .lsn:
      let high = String(try reader.readUInt32("lsn"), radix: 16, uppercase: true)
      return high + "/" + String(try reader.readUInt32("lsn"), radix: 16, uppercase: true)
    case .tid:
      let block = try reader.readUInt32("block")
      return "(\(block),\(try reader.readUInt16("offset")))"
    case .void: return ""
    case .array: return try CompositeValue.array(&reader, depth: depth)
    case .record: return try CompositeValue.record(&reader, depth: depth)
    case .range(let element): return try CompositeValue.range(element, &reader, depth: depth)
    case .multirange(let element): return try CompositeValue.multirange(element, &reader, depth: depth)
    }
  }

  @_lifetime(reader: copy reader)
  private static func textOrVector(
    _ layout: PostgresType.Layout, _ reader: inout ByteReader, depth: Int
  ) throws(DecodeError) -> String {
    guard case .vector = layout else { return try reader.read(reader.remaining).string }
    // int2vector and oidvector go as arrays and print as words.
    let text = try CompositeValue.array(&reader, depth: depth)
    return String(text.dropFirst().dropLast()).replacing(",", with: " ")
  }

  private static func octal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 8)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// Shortest digits that read back (PostgreSQL 12 and later), in PostgreSQL's spelling.
  static func float<F: BinaryFloatingPoint & LosslessStringConvertible>(_ value: F) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return FloatText.postgres(value.description, isSingle: F.self == Float.self)
  }

  @_lifetime(reader: copy reader)
  private static func uuid(_ reader: inout ByteReader) throws(DecodeError) -> String {
    let digits = try reader.read(16, "uuid").array.hex
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text += "-" }
      text.append(digit)
    }
    return text
  }

  /// In the C locale's way of the default lc_monetary: `$1,234.56`.
  private static func money(_ cents: Int64) -> String {
    let magnitude = cents.magnitude
    var whole = ""
    for (index, digit) in String(magnitude / 100).reversed().enumerated() {
      if index > 0, index % 3 == 0 { whole.append(",") }
      whole.append(digit)
    }
    let fraction = magnitude % 100
    return (cents < 0 ? "-" : "") + "$" + String(whole.reversed()) + "." + (fraction < 10 ? "0" : "") + "\(fraction)"
  }

  @_lifetime(reader: copy reader)
  private static func inet(_ reader: inout ByteReader) throws(DecodeError) -> String {
    // Families as PostgreSQL writes them: 2 and 3, whatever the platform's AF_INET6 is.
    let family = try reader.readUInt8("family")
    let bits = try reader.readUInt8("prefix length")
    let isCIDR = try reader.readUInt8("is cidr") != 0
    let count = try reader.readUInt8("address length")
    let address: IPAddress
    if family == 2, count == 4 {
      address = IPAddress(v4: try reader.readUInt32("address"))
    } else if family == 3, count == 16 {
      address = IPAddress(v6High: try reader.readUInt64("address"), low: try reader.readUInt64("address"))
    } else {
      throw DecodeError(.mismatch, "address family", offset: 0, found: "\(family), \(count) bytes")
    }
    return isCIDR || Int(bits) != Int(count) * 8 ? "\(address)/\(bits)" : "\(address)"
  }

  @_lifetime(reader: copy reader)
  private static func bits(_ reader: inout ByteReader) throws(DecodeError) -> String {
    let count = Int(try reader.readInt32("bit count"))
    guard count >= 0, (count + 7) / 8 == reader.remaining else {
      throw DecodeError(.outOfRange, "bit count", offset: 0, found: "\(count)")
    }
    var text = ""
    while let byte = reader.peek() {
      try reader.skip(1)
      for bit in (0..<8).reversed() where text.utf8.count < count { text += byte >> bit & 1 == 1 ? "1" : "0" }
    }
    return text
  }
}
