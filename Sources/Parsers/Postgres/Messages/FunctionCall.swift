import Bytes

/// FunctionCall, the fast path: a function and its arguments.
struct FunctionCallMessage {
  var oid: UInt32
  var argumentFormats: [UInt16]
  /// Nil is NULL.
  var arguments: [[UInt8]?]
  var isResultBinary: Bool

  /// A call of which nothing but the function can be told.
  init(oid: UInt32) {
    self.oid = oid
    argumentFormats = []
    arguments = []
    isResultBinary = true
  }

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    oid = try reader.readUInt32("function OID")
    argumentFormats = try FormatCodes.read(&reader, "argument format count")
    let count = Int(try reader.readUInt16("argument count"))
    arguments = []
    arguments.reserveCapacity(min(count, reader.remaining / 4))
    for _ in 0..<count {
      let length = try reader.readInt32("argument length")
      arguments.append(length == -1 ? nil : try reader.read(Int(length), "argument").array)
    }
    let format = try reader.readUInt16("result format")
    guard format <= 1 else {
      throw DecodeError(.outOfRange, "result format", offset: reader.offset, expected: "0 or 1", found: "\(format)")
    }
    isResultBinary = format == 1
  }
}
