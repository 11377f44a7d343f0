import Bytes

/// Parse: name of the prepared statement, query, parameter types.
struct ParseMessage {
  var statement: String
  var query: String
  /// Whether the query's text stands for exactly its bytes.
  var isExact: Bool
  /// 0 where the client leaves a type to the server.
  var parameterOIDs: [UInt32]

  init(
    parsing reader: inout ByteReader, decode: (Span<UInt8>) -> (text: String, isExact: Bool)
  ) throws(DecodeError) {
    statement = try reader.readCString("statement name").string
    (query, isExact) = decode(try reader.readCString("query"))
    let count = Int(try reader.readUInt16("parameter type count"))
    parameterOIDs = []
    parameterOIDs.reserveCapacity(min(count, reader.remaining / 4))
    for _ in 0..<count { parameterOIDs.append(try reader.readUInt32("parameter type")) }
  }
}
