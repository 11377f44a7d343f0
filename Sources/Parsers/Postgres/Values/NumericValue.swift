import Bytes

/// The binary form of `numeric`: base-10000 digits (src/backend/utils/adt/numeric.c).
///
///     +-----------+-----------+---------+------------------+-----------------+
///     | ndigits 16| weight  16| sign  16| display scale  16| digit 16 × n    |
///     +-----------+-----------+---------+------------------+-----------------+
enum NumericValue {
  @_lifetime(reader: copy reader)
  static func append(_ reader: inout ByteReader, to out: inout [UInt8]) throws(DecodeError) {
    let count = Int(try reader.readUInt16("digit count"))
    let weight = Int(try reader.readInt16("weight"))
    let sign = try reader.readUInt16("sign")
    let scale = Int(try reader.readUInt16("display scale") & 0x3fff)
    switch sign {
    case 0x0000, 0x4000: break
    case 0xc000: return out.append(contentsOf: "NaN".utf8)
    case 0xd000: return out.append(contentsOf: "Infinity".utf8)
    case 0xf000: return out.append(contentsOf: "-Infinity".utf8)
    default: throw DecodeError(.outOfRange, "numeric sign", offset: 4, found: String(sign, radix: 16))
    }
    var digits: [UInt16] = []
    digits.reserveCapacity(min(count, reader.remaining / 2))
    for _ in 0..<count {
      let digit = try reader.readUInt16("digit")
      guard digit < 10_000 else { throw DecodeError(.outOfRange, "numeric digit", offset: reader.offset) }
      digits.append(digit)
    }
    func digit(_ index: Int) -> UInt64 { digits.indices.contains(index) ? UInt64(digits[index]) : 0 }
    if sign == 0x4000 { out.append(ascii: "-") }
    if weight < 0 {
      out.append(ascii: "0")
    } else {
      for index in 0...weight { out.append(decimal: digit(index), width: index == 0 ? 1 : 4) }
    }
    guard scale > 0 else { return }
    out.append(ascii: ".")
    let end = out.count + scale
    var index = weight + 1
    while out.count < end {
      out.append(decimal: digit(index), width: 4)
      index += 1
    }
    out.removeLast(out.count - end)
  }
}
