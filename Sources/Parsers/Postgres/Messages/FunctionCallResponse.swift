import Bytes

/// FunctionCallResponse: one value.
struct FunctionCallResponseMessage {
  /// Nil is NULL.
  var value: [UInt8]?

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    let length = try reader.readInt32("result length")
    value = length == -1 ? nil : try reader.read(Int(length), "result").array
  }
}
