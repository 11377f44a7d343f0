import Bytes

/// CopyInResponse, CopyOutResponse, CopyBothResponse: the formats of the data that follows.
struct CopyResponseMessage {
  var isBinary: Bool
  var columnFormats: [UInt16]

  /// One whose formats are not known.
  init() {
    isBinary = false
    columnFormats = []
  }

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    let format = try reader.readUInt8("overall format")
    guard format <= 1 else {
      throw DecodeError(.outOfRange, "overall format", offset: 0, expected: "0 or 1", found: "\(format)")
    }
    isBinary = format == 1
    columnFormats = try FormatCodes.read(&reader, "column count")
  }
}
