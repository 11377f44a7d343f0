import Bytes

/// ParameterDescription: the types of a prepared statement's parameters.
struct ParameterDescriptionMessage {
  var oids: [UInt32]

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    let count = Int(try reader.readUInt16("parameter count"))
    oids = []
    oids.reserveCapacity(min(count, reader.remaining / 4))
    for _ in 0..<count { oids.append(try reader.readUInt32("parameter type")) }
  }
}
