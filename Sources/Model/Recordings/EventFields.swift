import Bytes

/// The members of an event, asked for by name and kind.
struct EventFields {
  private let value: JSONValue

  init(_ value: JSONValue) { self.value = value }

  func text(_ name: String) -> String? { value[name]?.string }

  func flag(_ name: String) -> Bool? { value[name]?.bool }

  func texts(_ name: String) -> [String] { value[name]?.elements.compactMap(\.string) ?? [] }

  func number<T: FixedWidthInteger>(_ type: T.Type, _ name: String) -> T? {
    guard case .number(let digits)? = value[name]?.content else { return nil }
    return T(digits)
  }

  func required(_ name: String) throws(DecodeError) -> String {
    guard let text = text(name) else { throw missing(name) }
    return text
  }

  func required<T: FixedWidthInteger>(_ type: T.Type, _ name: String) throws(DecodeError) -> T {
    guard let number = number(type, name) else { throw missing(name) }
    return number
  }

  func required<T: RawRepresentable<String>>(_ type: T.Type, _ name: String) throws(DecodeError) -> T {
    guard let known = T(rawValue: try required(name)) else { throw missing(name) }
    return known
  }

  /// Of 64 hexadecimal digits.
  func digest(_ name: String) -> Digest? {
    guard let digits = text(name)?.utf8, digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
      guard let value = Character(Unicode.Scalar(digit)).hexDigitValue.flatMap(UInt8.init(exactly:)) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return Digest(bytes)
  }

  func required(_ name: String) throws(DecodeError) -> Digest {
    guard let digest = digest(name) else { throw missing(name) }
    return digest
  }

  func endpoint(_ name: String) throws(DecodeError) -> Endpoint {
    guard let endpoint = Endpoint(try required(name)) else { throw missing(name) }
    return endpoint
  }

  private func missing(_ name: String) -> DecodeError {
    DecodeError(.mismatch, "gateway event", offset: value.range.lowerBound, expected: "\"\(name)\"")
  }
}
