import Bytes
import Model

/// The attributes of one record; what is nil is left out. Several values of one name become an array.
struct ProvenanceAttributes {
  private enum Value {
    case text(String)
    case integer(Int64)
    case real(Double)
    case truth(Bool)
    /// A qualified name as the value of an attribute.
    case name(String)
  }

  private var entries: [(name: String, values: [Value])] = []

  private mutating func add(_ name: String, _ value: Value) {
    if let place = entries.firstIndex(where: { $0.name == name }) {
      entries[place].values.append(value)
    } else {
      entries.append((name, [value]))
    }
  }

  mutating func set(_ name: String, _ text: String?) { if let text { add(name, .text(text)) } }
  mutating func set(_ name: String, _ number: Int64?) { if let number { add(name, .integer(number)) } }
  mutating func set(_ name: String, _ number: UInt64?) { set(name, number.map { Int64(clamping: $0) }) }
  mutating func set(_ name: String, _ number: Int?) { set(name, number.map { Int64($0) }) }
  mutating func set(_ name: String, _ time: Timestamp?) { if let time { add(name, .text(time.description)) } }
  mutating func set(_ name: String, real: Double) { add(name, .real(real)) }
  mutating func set(_ name: String, isTrue: Bool) { add(name, .truth(isTrue)) }
  mutating func set(_ name: String, name value: String?) { if let value { add(name, .name(value)) } }

  /// `prov:type`, a class.
  mutating func type(_ name: String) { add("prov:type", .name(name)) }

  func write(to json: inout JSONWriter) {
    json.object { json in
      for entry in entries {
        json.key(entry.name)
        if entry.values.count == 1, let only = entry.values.first {
          Self.write(only, entry.name, to: &json)
        } else {
          json.array { json in for value in entry.values { Self.write(value, entry.name, to: &json) } }
        }
      }
    }
  }

  /// Arguments of relations: their values are names by themselves.
  private static let arguments: Set<String> = [
    "prov:entity", "prov:activity", "prov:agent", "prov:informed", "prov:informant", "prov:delegate",
    "prov:responsible", "prov:generatedEntity", "prov:usedEntity", "prov:specificEntity", "prov:generalEntity",
    "prov:influencee", "prov:influencer",
  ]

  private static func write(_ value: Value, _ attribute: String, to json: inout JSONWriter) {
    switch value {
    case .text(let text): json.value(text)
    case .integer(let number): json.value(number)
    case .real(let number): json.value(number)
    case .truth(let isTrue): json.value(isTrue)
    case .name(let name) where arguments.contains(attribute): json.value(name)
    case .name(let name):
      json.object { json in
        json.member("$", name)
        json.member("type", "prov:QUALIFIED_NAME")
      }
    }
  }
}
