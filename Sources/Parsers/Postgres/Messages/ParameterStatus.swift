import Bytes

/// ParameterStatus: the value of a setting that clients want to know.
struct ParameterStatusMessage {
  var name: String
  var value: String

  init(parsing reader: inout ByteReader, decode: (Span<UInt8>) -> String) throws(DecodeError) {
    name = try reader.readCString("parameter name").string
    value = decode(try reader.readCString("parameter value"))
  }
}
