import Bytes

/// Parse: name of the prepared statement, query, parameter types.
struct ParseMessage {
  var statement: String
  var query: [UInt8]
  var parameterOIDs: [UInt32]

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    statement = try reader.readCString("statement name").string
    query = try reader.readCString("query").array
    let count = Int(try reader.readUInt16("parameter type count"))
    parameterOIDs = []
    parameterOIDs.reserveCapacity(min(count, reader.remaining / 4))
    for _ in 0..<count { parameterOIDs.append(try reader.readUInt32("parameter type")) }
    try reader.expectEnd("Parse")
  }
}
