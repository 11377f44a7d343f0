import Bytes

/// PostgreSQL's numeric in binary format: count of digits, weight, sign, scale, and digits to the base of 10,000
/// (`numeric_send`).
enum BinaryNumeric {
  /// Digits before the point: 131,072 in PostgreSQL.
  private static let weightLimit = 32_768

  /// Nil for what is no number, and for infinities.
  static func text(_ bytes: [UInt8]) -> [UInt8]? {
    var reader = ByteReader(bytes.span)
    do {
      let count = Int(try reader.readUInt16("digits"))
      let weight = Int(try reader.readInt16("weight"))
      let sign = try reader.readUInt16("sign")
      let scale = Int(try reader.readUInt16("scale"))
      guard sign == 0 || sign == 0x4000, weight < weightLimit, scale <= 16_383 else { return nil }
      var digits: [UInt16] = []
      for _ in 0..<count { digits.append(try reader.readUInt16("digit")) }
      try reader.expectEnd("numeric")
      guard digits.allSatisfy({ $0 < 10_000 }) else { return nil }
      let group = { (place: Int) -> String in
        let digit = place >= 0 && place < digits.count ? digits[place] : 0
        return String(repeating: "0", count: 4 - String(digit).count) + String(digit)
      }
      var text = ""
      for place in 0...max(0, weight) where weight >= 0 { text += group(place) }
      text = String(text.drop { $0 == "0" })
      if text.isEmpty { text = "0" }
      if scale > 0 {
        var fraction = ""
        var place = weight + 1
        while fraction.count < scale {
          fraction += group(place)
          place += 1
        }
        text += "." + fraction.prefix(scale)
      }
      return Array(((sign == 0 ? "" : "-") + text).utf8)
    } catch { return nil }
  }

  /// Of a whole number.
  static func bytes(_ text: [UInt8]) -> [UInt8]? {
    guard var number = UInt64(String(decoding: text, as: UTF8.self)) else { return nil }
    var digits: [UInt16] = []
    while number > 0 {
      digits.append(UInt16(number % 10_000))
      number /= 10_000
    }
    var writer = ByteWriter()
    writer.write(UInt16(digits.count))
    writer.write(Int16(max(0, digits.count - 1)))
    writer.write(UInt16(0))
    writer.write(UInt16(0))
    for digit in digits.reversed() { writer.write(digit) }
    return writer.bytes
  }
}
