import Bytes

/// The attributes of a resource, a span or a link; what is nil is left out, and each name stands once.
struct OTLPAttributes {
  enum Value {
    case text(String)
    case integer(Int64)
    case real(Double)
    case truth(Bool)
    case texts([String])
  }

  private(set) var entries: [(name: String, value: Value)] = []

  mutating func set(_ name: String, _ text: String?) {
    if let text { entries.append((name, .text(text))) }
  }

  mutating func set(_ name: String, _ number: Int64?) {
    if let number { entries.append((name, .integer(number))) }
  }

  mutating func set(_ name: String, _ number: UInt64?) { set(name, number.map { Int64(clamping: $0) }) }
  mutating func set(_ name: String, _ number: Int?) { set(name, number.map { Int64($0) }) }
  mutating func set(_ name: String, real: Double) { entries.append((name, .real(real))) }

  /// Only what is so.
  mutating func set(_ name: String, if isTrue: Bool) {
    if isTrue { entries.append((name, .truth(true))) }
  }

  mutating func set(_ name: String, _ texts: [String]) {
    if !texts.isEmpty { entries.append((name, .texts(texts))) }
  }

  /// As the member `attributes`; nothing when there are none.
  func write(to json: inout JSONWriter) {
    guard !entries.isEmpty else { return }
    json.key("attributes")
    json.array { json in
      for entry in entries {
        json.object { json in
          json.member("key", entry.name)
          json.key("value")
          json.object { json in Self.write(entry.value, to: &json) }
        }
      }
    }
  }

  private static func write(_ value: Value, to json: inout JSONWriter) {
    switch value {
    case .text(let text): json.member("stringValue", text)
    case .integer(let number): json.member("intValue", String(number))
    case .real(let number):
      json.key("doubleValue")
      json.value(number)
    case .truth(let isTrue): json.member("boolValue", isTrue)
    case .texts(let texts):
      json.key("arrayValue")
      json.object { json in
        json.key("values")
        json.array { json in
          for text in texts { json.object { json in json.member("stringValue", text) } }
        }
      }
    }
  }
}
