/// PostgreSQL's way to write floating-point numbers: the shortest digits that read back (since version 12).
enum FloatText {
  static func append(_ value: Double, to out: inout [UInt8]) {
    if value.isFinite { return append(value.description, exponentFrom: 15, to: &out) }
    out.append(contentsOf: (value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity").utf8)
  }

  static func append(_ value: Float, to out: inout [UInt8]) {
    if value.isFinite { return append(value.description, exponentFrom: 6, to: &out) }
    out.append(contentsOf: (value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity").utf8)
  }

  /// From Swift's shortest description (`1.0`, `1e+20`, `1.5e-07`).
  ///
  /// PostgreSQL uses an exponent below 1e-4 and from 1e15 (float8) or 1e6 (float4) on, and no trailing `.0`.
  private static func append(_ description: String, exponentFrom: Int, to out: inout [UInt8]) {
    var digits: [UInt8] = []
    // Where the decimal point stands, counted in digits from the first one that is not zero.
    var point = 0
    var sawPoint = false
    var exponent = 0
    var rest = description.utf8[...]
    if rest.first == UInt8(ascii: "-") {
      out.append(ascii: "-")
      rest = rest.dropFirst()
    }
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "e") {
        exponent = Int(Substring(rest)) ?? 0
        break
      }
      if byte == UInt8(ascii: ".") {
        sawPoint = true
        continue
      }
      if digits.isEmpty, byte == UInt8(ascii: "0") {
        if sawPoint { point -= 1 }
        continue
      }
      digits.append(byte)
      if !sawPoint { point += 1 }
    }
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    guard let first = digits.first else { return out.append(ascii: "0") }
    let scientific = point + exponent - 1
    if scientific < -4 || scientific >= exponentFrom {
      out.append(first)
      if digits.count > 1 {
        out.append(ascii: ".")
        out.append(contentsOf: digits.dropFirst())
      }
      out.append(contentsOf: (scientific < 0 ? "e-" : "e+").utf8)
      out.append(decimal: UInt64(scientific.magnitude), width: 2)
    } else if scientific < 0 {
      out.append(contentsOf: "0.".utf8)
      out.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: -scientific - 1))
      out.append(contentsOf: digits)
    } else {
      for place in 0...max(scientific, digits.count - 1) {
        if place == scientific + 1 { out.append(ascii: ".") }
        out.append(place < digits.count ? digits[place] : UInt8(ascii: "0"))
      }
    }
  }
}
