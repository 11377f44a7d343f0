import Bytes

/// Bind: portal, prepared statement, parameter values with their formats, result formats.
struct BindMessage {
  var portal: String
  var statement: String
  var parameterFormats: [UInt16]
  /// Nil is NULL.
  var values: [[UInt8]?]
  var resultFormats: [UInt16]

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    portal = try reader.readCString("portal name").string
    statement = try reader.readCString("statement name").string
    parameterFormats = try BindMessage.formats(&reader, "parameter format count")
    let count = Int(try reader.readUInt16("parameter count"))
    values = []
    values.reserveCapacity(min(count, reader.remaining / 4))
    for _ in 0..<count {
      let length = try reader.readInt32("parameter length")
      if length == -1 {
        values.append(nil)
      } else {
        values.append(try reader.read(Int(length), "parameter value").array)
      }
    }
    resultFormats = try BindMessage.formats(&reader, "result format count")
    try reader.expectEnd("Bind")
  }

  @_lifetime(reader: copy reader)
  private static func formats(_ reader: inout ByteReader, _ what: StaticString) throws(DecodeError) -> [UInt16] {
    let count = Int(try reader.readUInt16(what))
    guard count > 0 else { return [] }
    var formats: [UInt16] = []
    formats.reserveCapacity(min(count, reader.remaining / 2))
    for _ in 0..<count { formats.append(try reader.readUInt16("format code")) }
    return formats
  }

  /// The format of a field: none given means text, one given holds for all.
  static func format(_ formats: [UInt16], at index: Int) -> UInt16 {
    switch formats.count {
    case 0: 0
    case 1: formats[0]
    default: index < formats.count ? formats[index] : 0
    }
  }
}
