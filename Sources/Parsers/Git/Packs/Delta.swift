import Bytes

/// An object as copies from another and bytes of its own (gitformat-pack(5), "Deltified representation").
enum Delta {
  /// A size: seven bits a byte, lowest first.
  static func readSize(_ reader: inout ByteReader) throws(DecodeError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = try reader.readUInt8("delta size")
      guard shift < 63 else { throw DecodeError(.outOfRange, "delta size", offset: reader.offset) }
      value |= UInt64(byte & 0x7f) << shift
      shift += 7
      if byte & 0x80 == 0 { return value }
    }
  }

  /// The length of what comes out.
  static func resultLength(_ delta: Span<UInt8>) -> UInt64? {
    var reader = ByteReader(delta)
    guard (try? readSize(&reader)) != nil else { return nil }
    return try? readSize(&reader)
  }

  /// Rebuilds the object.
  ///
  /// - Throws: `DecodeError` when an instruction reaches outside the base, or the lengths do not agree.
  static func apply(_ delta: Span<UInt8>, to base: Span<UInt8>, limit: Int) throws(DecodeError) -> [UInt8] {
    var reader = ByteReader(delta)
    let baseLength = try readSize(&reader)
    guard baseLength == UInt64(base.count) else {
      throw DecodeError(
        .mismatch, "delta base size", offset: 0, expected: "\(base.count)", found: "\(baseLength)")
    }
    guard let length = Int(exactly: try readSize(&reader)), length <= limit else {
      throw DecodeError(.overLimit, "delta result size", offset: reader.offset)
    }
    var result: [UInt8] = []
    result.reserveCapacity(length)
    while !reader.isAtEnd {
      let operation = try reader.readUInt8("delta instruction")
      if operation & 0x80 != 0 {
        let (start, count) = try readCopy(operation, &reader)
        guard start <= base.count, count <= base.count - start, count <= length - result.count else {
          throw DecodeError(.outOfRange, "delta copy", offset: reader.offset)
        }
        result.append(contentsOf: base.extracting(start..<(start + count)))
      } else {
        // "Instruction 0 is reserved for future expansion."
        guard operation != 0, Int(operation) <= length - result.count else {
          throw DecodeError(.outOfRange, "delta insert", offset: reader.offset)
        }
        result.append(contentsOf: try reader.read(Int(operation), "delta insert"))
      }
    }
    guard result.count == length else {
      throw DecodeError(.mismatch, "delta result size", offset: delta.count, expected: "\(length)", found: "\(result.count)")
    }
    return result
  }

  /// Offset and size of a copy: the bits of the instruction say which of their bytes follow.
  private static func readCopy(
    _ operation: UInt8, _ reader: inout ByteReader
  ) throws(DecodeError) -> (start: Int, count: Int) {
    var start = 0
    var count = 0
    for bit in 0..<4 where operation & (1 << UInt8(bit)) != 0 {
      start |= Int(try reader.readUInt8("copy offset")) << (bit * 8)
    }
    for bit in 0..<3 where operation & (0x10 << UInt8(bit)) != 0 {
      count |= Int(try reader.readUInt8("copy size")) << (bit * 8)
    }
    // "There is another exception: size zero is automatically converted to 0x10000."
    return (start, count == 0 ? 0x10000 : count)
  }
}
