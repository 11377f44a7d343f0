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
    var index = reader.offset
    while index < delta.count {
      let operation = delta[index]
      index += 1
      if operation & 0x80 != 0 {
        guard let copy = readCopy(operation, delta, &index) else {
          throw DecodeError(.truncated, "delta copy", offset: index)
        }
        guard copy.start <= base.count, copy.count <= base.count - copy.start, copy.count <= length - result.count
        else { throw DecodeError(.outOfRange, "delta copy", offset: index) }
        result.append(contentsOf: base.extracting(copy.start..<(copy.start + copy.count)))
      } else {
        // "Instruction 0 is reserved for future expansion."
        let count = Int(operation)
        guard count != 0, count <= length - result.count, count <= delta.count - index else {
          throw DecodeError(.outOfRange, "delta insert", offset: index)
        }
        result.append(contentsOf: delta.extracting(index..<(index + count)))
        index += count
      }
    }
    guard result.count == length else {
      throw DecodeError(
        .mismatch, "delta result size", offset: delta.count, expected: "\(length)", found: "\(result.count)")
    }
    return result
  }

  /// Offset and size of a copy: the bits of the instruction say which of their bytes follow. Nil when they do not.
  private static func readCopy(
    _ operation: UInt8, _ delta: Span<UInt8>, _ index: inout Int
  ) -> (start: Int, count: Int)? {
    var start = 0
    var count = 0
    var bit = 0
    while bit < 7 {
      if operation >> UInt8(bit) & 1 != 0 {
        guard index < delta.count else { return nil }
        let byte = Int(delta[index])
        index += 1
        if bit < 4 { start |= byte << (bit * 8) } else { count |= byte << ((bit - 4) * 8) }
      }
      bit += 1
    }
    // "There is another exception: size zero is automatically converted to 0x10000."
    return (start, count == 0 ? 0x10000 : count)
  }
}
