import Bytes

/// The binary form of `numeric`: base-10000 digits (src/backend/utils/adt/numeric.c).
///
///     +-----------+-----------+---------+------------------+-----------------+
///     | ndigits 16| weight  16| sign  16| display scale  16| digit 16 × n    |
///     +-----------+-----------+---------+------------------+-----------------+
enum NumericValue {
  @_lifetime(reader: copy reader)
  static func text(_ reader: inout ByteReader) throws(DecodeError) -> String {
    let count = Int(try reader.readUInt16("digit count"))
    let weight = Int(try reader.readInt16("weight"))
    let sign = try reader.readUInt16("sign")
    let scale = Int(try reader.readUInt16("display scale") & 0x3fff)
    var digits: [UInt16] = []
    digits.reserveCapacity(min(count, reader.remaining / 2))
    for _ in 0..<count {
      let digit = try reader.readUInt16("digit")
      guard digit < 10_000 else { throw DecodeError(.outOfRange, "numeric digit", offset: reader.offset) }
      digits.append(digit)
    }
    switch sign {
    case 0x0000, 0x4000: break
    case 0xc000: return "NaN"
    case 0xd000: return "Infinity"
    case 0xf000: return "-Infinity"
    default: throw DecodeError(.outOfRange, "numeric sign", offset: 4, found: String(sign, radix: 16))
    }
    var text = sign == 0x4000 ? "-" : ""
    if weight < 0 {
      text += "0"
    } else {
      for index in 0...weight { text += four(index < digits.count ? digits[index] : 0, isFirst: index == 0) }
    }
    guard scale > 0 else { return text }
    var fraction = ""
    var index = weight + 1
    while fraction.count < scale {
      fraction += four(index >= 0 && index < digits.count ? digits[index] : 0, isFirst: false)
      index += 1
    }
    return text + "." + fraction.prefix(scale)
  }

  private static func four(_ digit: UInt16, isFirst: Bool) -> String {
    let text = String(digit)
    return isFirst ? text : String(repeating: "0", count: 4 - text.count) + text
  }
}
