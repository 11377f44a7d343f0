import Bytes

/// Execute: a portal, and how many rows at most (0 means all).
struct ExecuteMessage {
  var portal: String
  var rowLimit: UInt32

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    portal = try reader.readCString("portal name").string
    rowLimit = try reader.readUInt32("row limit")
  }
}
