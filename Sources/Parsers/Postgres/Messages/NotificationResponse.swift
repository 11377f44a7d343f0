import Bytes

/// NotificationResponse: a NOTIFY of some session reached this one.
struct NotificationResponseMessage {
  var processID: UInt32
  var channel: String
  var payload: String

  init(parsing reader: inout ByteReader, decode: (Span<UInt8>) -> String) throws(DecodeError) {
    processID = try reader.readUInt32("process id")
    channel = decode(try reader.readCString("channel"))
    payload = decode(try reader.readCString("payload"))
  }
}
