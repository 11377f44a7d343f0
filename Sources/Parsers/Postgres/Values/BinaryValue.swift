import Bytes
import Model

/// Turns a value in binary format into the text that the server would print (default settings, time zone UTC).
enum BinaryValue {
  /// Arrays, ranges and records within each other.
  static let depthLimit = 16
  /// Types from this OID on are made by users (FirstNormalObjectId): enums, domains, composites.
  private static let firstUserOID: UInt32 = 16_384
  /// Longest label of an enum (NAMEDATALEN - 1).
  private static let labelLimit = 63

  /// The text; `\x` and hexadecimal digits for a type we do not know or a value that is not of its type.
  static func text(_ oid: UInt32, _ bytes: Span<UInt8>, text: TextDecoder) -> String {
    var out: [UInt8] = []
    append(oid, bytes, text: text, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// `\x` and two digits a byte.
  static func hex(_ bytes: Span<UInt8>) -> String {
    var out: [UInt8] = []
    appendHex(bytes, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Adds the text of a value.
  static func append(_ oid: UInt32, _ bytes: Span<UInt8>, text: TextDecoder, to out: inout [UInt8], depth: Int = 0) {
    let mark = out.count
    var reader = ByteReader(bytes)
    do throws(DecodeError) {
      if let layout = PostgresType.layout(oid) {
        try append(layout, &reader, text: text, to: &out, depth: depth)
        return try reader.expectEnd("value")
      }
      guard oid >= firstUserOID else { throw DecodeError(.mismatch, "type", offset: 0) }
      try appendUserValue(&reader, text: text, to: &out, depth: depth)
    } catch {
      out.removeLast(out.count - mark)
      appendHex(bytes, to: &out)
    }
  }

  /// A value of a type that the capture does not define, by its structure: a record or an array says of itself what it
  /// is, and the label of an enum is text.
  @_lifetime(reader: copy reader)
  private static func appendUserValue(
    _ reader: inout ByteReader, text: TextDecoder, to out: inout [UInt8], depth: Int
  ) throws(DecodeError) {
    let mark = out.count
    let bytes = reader.rest
    for layout in [PostgresType.Layout.record, .array] {
      var attempt = ByteReader(bytes)
      if bytes.count >= 12, (try? append(layout, &attempt, text: text, to: &out, depth: depth)) != nil,
        attempt.isAtEnd
      {
        return
      }
      out.removeLast(out.count - mark)
    }
    guard !bytes.isEmpty, bytes.count <= labelLimit, isLabel(bytes), bytes.isUTF8 else {
      throw DecodeError(.mismatch, "label", offset: 0)
    }
    out.append(contentsOf: bytes)
  }

  private static func isLabel(_ bytes: Span<UInt8>) -> Bool {
    for index in bytes.indices where bytes[index] < 0x20 || bytes[index] == 0x7f { return false }
    return true
  }

  @_lifetime(reader: copy reader)
  static func append(
    _ layout: PostgresType.Layout, _ reader: inout ByteReader, text: TextDecoder, to out: inout [UInt8], depth: Int
  ) throws(DecodeError) {
    guard depth < depthLimit else { throw DecodeError(.overLimit, "nested value", offset: reader.offset) }
    switch layout {
    case .bool: out.append(UInt8(ascii: try reader.readUInt8("bool") == 0 ? "f" : "t"))
    case .char: appendChar(try reader.readUInt8("char"), to: &out)
    case .int2: out.append(decimal: Int64(try reader.readInt16("int2")))
    case .int4: out.append(decimal: Int64(try reader.readInt32("int4")))
    case .int8: out.append(decimal: try reader.readInt64("int8"))
    case .oid: out.append(decimal: Int64(try reader.readUInt32("oid")))
    case .xid8: out.append(contentsOf: String(try reader.readUInt64("xid8")).utf8)
    case .float4: FloatText.append(Float(bitPattern: try reader.readUInt32("float4")), to: &out)
    case .float8: FloatText.append(Double(bitPattern: try reader.readUInt64("float8")), to: &out)
    case .numeric: try NumericValue.append(&reader, to: &out)
    case .text: appendText(try reader.read(reader.remaining), text, to: &out)
    case .bytea: appendHex(try reader.read(reader.remaining), to: &out)
    case .uuid: try appendUUID(&reader, to: &out)
    case .date, .time, .timeTZ, .timestamp, .timestampTZ, .interval:
      try DateTimeValue.append(layout, &reader, to: &out)
    case .versionedText:
      let version = try reader.readUInt8("version")
      guard version == 1 else { throw DecodeError(.mismatch, "version", offset: 0, found: "\(version)") }
      appendText(try reader.read(reader.remaining), text, to: &out)
    case .money: appendMoney(try reader.readInt64("money"), to: &out)
    case .inet: try appendAddress(&reader, to: &out)
    case .macaddr(let count): try appendHardwareAddress(&reader, count: count, to: &out)
    case .bits: try appendBits(&reader, to: &out)
    case .points(let shape): try GeometricValue.append(shape, &reader, to: &out)
    case .lsn:
      out.append(contentsOf: String(try reader.readUInt32("lsn"), radix: 16, uppercase: true).utf8)
      out.append(UInt8(ascii: "/"))
      out.append(contentsOf: String(try reader.readUInt32("lsn"), radix: 16, uppercase: true).utf8)
    case .tid:
      let block = try reader.readUInt32("block")
      out.append(contentsOf: "(\(block),\(try reader.readUInt16("offset")))".utf8)
    case .void: break
    case .vector: try CompositeValue.appendVector(&reader, text: text, to: &out, depth: depth)
    case .array: try CompositeValue.appendArray(&reader, text: text, to: &out, depth: depth)
    case .record: try CompositeValue.appendRecord(&reader, text: text, to: &out, depth: depth)
    case .range(let element): try CompositeValue.appendRange(element, &reader, text: text, to: &out, depth: depth)
    case .multirange(let element):
      try CompositeValue.appendMultirange(element, &reader, text: text, to: &out, depth: depth)
    }
  }

  private static func appendText(_ bytes: Span<UInt8>, _ text: TextDecoder, to out: inout [UInt8]) {
    if text.isUTF8, bytes.isUTF8 || bytes.isASCII {
      out.append(contentsOf: bytes)
    } else {
      out.append(contentsOf: text.text(bytes).utf8)
    }
  }

  static func appendHex(_ bytes: Span<UInt8>, to out: inout [UInt8]) {
    out.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "x")])
    out.reserveCapacity(out.count + bytes.count * 2)
    for index in bytes.indices { out.append(hexByte: bytes[index]) }
  }

  /// The type "char": above 127 as `\` and three octal digits.
  private static func appendChar(_ byte: UInt8, to out: inout [UInt8]) {
    guard byte >= 0x80 else {
      if byte != 0 { out.append(byte) }
      return
    }
    let zero = UInt8(ascii: "0")
    out.append(contentsOf: [UInt8(ascii: "\\"), zero + byte >> 6, zero + byte >> 3 & 7, zero + byte & 7])
  }

  @_lifetime(reader: copy reader)
  private static func appendUUID(_ reader: inout ByteReader, to out: inout [UInt8]) throws(DecodeError) {
    let bytes = try reader.read(16, "uuid")
    for index in bytes.indices {
      if index == 4 || index == 6 || index == 8 || index == 10 { out.append(UInt8(ascii: "-")) }
      out.append(hexByte: bytes[index])
    }
  }

  /// In the C locale's way of the default lc_monetary: `$1,234.56`.
  private static func appendMoney(_ cents: Int64, to out: inout [UInt8]) {
    let fraction = cents.magnitude % 100
    let sign = cents < 0 ? "-" : ""
    out.append(contentsOf: "\(sign)$\((cents.magnitude / 100).grouped).\(fraction < 10 ? "0" : "")\(fraction)".utf8)
  }

  @_lifetime(reader: copy reader)
  private static func appendAddress(_ reader: inout ByteReader, to out: inout [UInt8]) throws(DecodeError) {
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
    out.append(contentsOf: (isCIDR || Int(bits) != Int(count) * 8 ? "\(address)/\(bits)" : "\(address)").utf8)
  }

  @_lifetime(reader: copy reader)
  private static func appendHardwareAddress(
    _ reader: inout ByteReader, count: Int, to out: inout [UInt8]
  ) throws(DecodeError) {
    let bytes = try reader.read(count, "macaddr")
    for index in bytes.indices {
      if index > 0 { out.append(UInt8(ascii: ":")) }
      out.append(hexByte: bytes[index])
    }
  }

  @_lifetime(reader: copy reader)
  private static func appendBits(_ reader: inout ByteReader, to out: inout [UInt8]) throws(DecodeError) {
    let count = Int(try reader.readInt32("bit count"))
    guard count >= 0, (count + 7) / 8 == reader.remaining else {
      throw DecodeError(.outOfRange, "bit count", offset: 0, found: "\(count)")
    }
    let bytes = try reader.read(reader.remaining)
    for bit in 0..<count { out.append(UInt8(ascii: bytes[bit / 8] << (bit % 8) & 0x80 != 0 ? "1" : "0")) }
  }
}

extension Array where Element == UInt8 {
  /// Adds a number in decimal digits.
  mutating func append(decimal value: Int64) {
    if (0...9).contains(value) { return append(UInt8(ascii: "0") + UInt8(value)) }
    append(contentsOf: String(value).utf8)
  }

  /// Adds a number with zeros in front up to `width` digits.
  mutating func append(decimal value: UInt64, width: Int) {
    let digits = String(value)
    for _ in 0..<Swift.max(0, width - digits.utf8.count) { append(UInt8(ascii: "0")) }
    append(contentsOf: digits.utf8)
  }

  /// Adds two hexadecimal digits.
  mutating func append(hexByte byte: UInt8) {
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }
    append(digit(byte >> 4))
    append(digit(byte & 15))
  }

  /// Adds a character.
  mutating func append(ascii scalar: UnicodeScalar) { append(UInt8(ascii: scalar)) }
}
