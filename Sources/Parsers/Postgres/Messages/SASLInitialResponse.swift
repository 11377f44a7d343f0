import Bytes

/// SASLInitialResponse: only the mechanism that the client chose is taken from it.
struct SASLInitialResponseMessage {
  var mechanism: String

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    mechanism = try reader.readCString("SASL mechanism").string
    let length = try reader.readInt32("initial response length")
    if length != -1 { try reader.skip(Int(length), "initial response") }
  }
}
