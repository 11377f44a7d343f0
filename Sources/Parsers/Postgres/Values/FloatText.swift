/// PostgreSQL's way to write the digits of a floating-point number.
enum FloatText {
  /// From Swift's shortest description (`1.0`, `1e+20`, `1.5e-07`).
  ///
  /// PostgreSQL uses an exponent below 1e-4 and from 1e15 (float8) or 1e6 (float4) on, and no trailing `.0`.
  static func postgres(_ description: String, isSingle: Bool) -> String {
    let isNegative = description.hasPrefix("-")
    let unsigned = isNegative ? description.dropFirst() : description[...]
    let parts = unsigned.split(separator: "e", maxSplits: 1)
    guard let mantissa = parts.first else { return description }
    let number = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    var whole = String(number.first ?? "0")
    var fraction = number.count > 1 ? String(number[1]) : ""
    if fraction.allSatisfy({ $0 == "0" }) { fraction = "" }
    var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - 1
    var digits = whole + fraction
    let leading = digits.prefix { $0 == "0" }.count
    if leading == digits.count { return isNegative ? "-0" : "0" }
    digits.removeFirst(leading)
    exponent -= leading
    while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
    let sign = isNegative ? "-" : ""
    if exponent < -4 || exponent >= (isSingle ? 6 : 15) {
      let size = String(exponent.magnitude)
      let padded = size.count < 2 ? "0" + size : size
      let rest = digits.dropFirst()
      return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e" + (exponent < 0 ? "-" : "+") + padded
    }
    if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
    if digits.count <= exponent + 1 {
      return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
    }
    whole = String(digits.prefix(exponent + 1))
    return sign + whole + "." + digits.dropFirst(exponent + 1)
  }
}
