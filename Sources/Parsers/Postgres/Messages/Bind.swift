import Bytes

/// Bind: portal, prepared statement, parameter formats and values, result formats.
///
///     +--------+-----------+-------------+--------------+-------------+-----------------+-------------+----------------+
///     | portal | statement | count    16 | format 16 ×n | count    16 | length 32 value | count    16 | format 16 × n  |
///     +--------+-----------+-------------+--------------+-------------+-----------------+-------------+----------------+
///
/// The values stay as they are until they are needed: their types may be told only by the server's answer.
struct BindMessage {
  var portal: String
  var statement: String
  var parameterFormats: [UInt16]
  var parameterCount: Int
  /// Where the values begin in the body.
  var valuesOffset: Int
  var valuesEnd: Int
  var resultFormats: [UInt16]

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    portal = try reader.readCString("portal name").string
    statement = try reader.readCString("statement name").string
    parameterFormats = try FormatCodes.read(&reader, "parameter format count")
    parameterCount = Int(try reader.readUInt16("parameter count"))
    valuesOffset = reader.offset
    for _ in 0..<parameterCount {
      let length = try reader.readInt32("parameter length")
      if length != -1 { try reader.skip(Int(length), "parameter value") }
    }
    valuesEnd = reader.offset
    resultFormats = try FormatCodes.read(&reader, "result format count")
  }
}

/// Lists of format codes, 0 for text and 1 for binary.
enum FormatCodes {
  @_lifetime(reader: copy reader)
  static func read(_ reader: inout ByteReader, _ what: StaticString) throws(DecodeError) -> [UInt16] {
    let count = Int(try reader.readUInt16(what))
    guard count > 0 else { return [] }
    guard count <= reader.remaining / 2 else {
      throw DecodeError(
        .truncated, "format codes", offset: reader.offset, expected: "\(count * 2) bytes", found: "\(reader.remaining)")
    }
    var formats: [UInt16] = []
    formats.reserveCapacity(count)
    for _ in 0..<count {
      let format = try reader.readUInt16("format code")
      guard format <= 1 else {
        throw DecodeError(.outOfRange, "format code", offset: reader.offset, expected: "0 or 1", found: "\(format)")
      }
      formats.append(format)
    }
    return formats
  }

  /// Whether a field is binary: no code given means text, one given holds for all.
  static func isBinary(_ formats: [UInt16], at index: Int) -> Bool {
    switch formats.count {
    case 0: false
    case 1: formats[0] == 1
    default: index < formats.count && formats[index] == 1
    }
  }
}
