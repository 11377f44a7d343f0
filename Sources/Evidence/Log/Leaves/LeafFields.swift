import Bytes

/// The members of a leaf's JSON object, each once.
struct LeafFields {
  private var members: [String: JSONValue] = [:]

  init(parsing bytes: [UInt8]) throws(LeafError) {
    guard let document = JSONValue.document(in: bytes), document.isObject else { throw LeafError("is no JSON object") }
    for member in document.members {
      guard members.updateValue(member.value, forKey: member.name) == nil else {
        throw LeafError("says \(member.name) twice")
      }
    }
  }

  func text(_ name: String) throws(LeafError) -> String {
    guard let text = members[name]?.string else { throw LeafError("has no text \(name)") }
    return text
  }

  func optionalText(_ name: String) throws(LeafError) -> String? {
    guard let value = members[name] else { return nil }
    if case .null = value.content { return nil }
    return try text(name)
  }

  func number<Number: FixedWidthInteger>(_ name: String) throws(LeafError) -> Number {
    guard case .number(let text) = members[name]?.content, let number = Number(text) else {
      throw LeafError("has no whole number \(name), or one out of range")
    }
    return number
  }

  func optionalNumber<Number: FixedWidthInteger>(_ name: String) throws(LeafError) -> Number? {
    guard let value = members[name] else { return nil }
    if case .null = value.content { return nil }
    return try number(name)
  }

  func digest(_ name: String) throws(LeafError) -> Digest {
    guard let digest = Digest(hex: try text(name)) else { throw LeafError("has no SHA-256 \(name)") }
    return digest
  }

  func optionalDigest(_ name: String) throws(LeafError) -> Digest? {
    guard try optionalText(name) != nil else { return nil }
    return try digest(name)
  }

  func optionalTexts(_ name: String) throws(LeafError) -> [String] {
    members[name] == nil ? [] : try texts(name)
  }

  func texts(_ name: String) throws(LeafError) -> [String] {
    guard let value = members[name], value.isArray else { throw LeafError("has no list \(name)") }
    let texts = value.elements.compactMap(\.string)
    guard texts.count == value.elements.count else { throw LeafError("has a list \(name) of more than texts") }
    return texts
  }
}

/// A leaf that does not say what its kind must.
struct LeafError: Error, Hashable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension Digest {
  /// Of 64 lower-case hexadecimal digits.
  init?(hex: String) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    func value(_ digit: UInt8) -> UInt8? {
      switch digit {
      case 0x30...0x39: digit - 0x30
      case 0x61...0x66: digit - 0x61 + 10
      default: nil
      }
    }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.init(bytes)
  }
}
