import Bytes

extension JSONValue {
  /// The only document of a text; nil when it is no JSON through and through.
  init?(_ text: String) { self.init(bytes: Array(text.utf8)) }

  /// The only document of a text, whose byte order mark may be ignored (RFC 8259 §8.1).
  init?(bytes: [UInt8]) {
    guard let value = JSONValue.document(in: bytes.withoutMark) else { return nil }
    self = value
  }

  /// The member of that name; nil when this is no object, has none, or has null there.
  ///
  /// Of several the last counts, as the services' own readers take it (RFC 8259 §4 leaves it open).
  subscript(member name: String) -> JSONValue? {
    guard let value = members.last(where: { $0.name == name })?.value else { return nil }
    if case .null = value.content { return nil }
    return value
  }

  /// The elements of the array member of that name; none when there is no such array.
  func list(_ name: String) -> [JSONValue] { self[member: name]?.elements ?? [] }

  /// Text that is not empty.
  var text: String? { string.flatMap { $0.isEmpty ? nil : $0 } }

  /// A whole number within range; nil for others.
  var integer: Int? { if case .number(let text) = content { Int(text) } else { nil } }

  /// The same value without white space, so that two ways to write it compare equal.
  var compact: String {
    var json = JSONWriter()
    write(to: &json)
    return json.text
  }

  private func write(to json: inout JSONWriter) {
    switch content {
    case .null: json.null()
    case .bool(let isTrue): json.value(isTrue)
    case .number(let text): json.json(text)
    case .string(let text): json.value(text)
    case .array(let elements):
      json.beginArray()
      for element in elements { element.write(to: &json) }
      json.endArray()
    case .object(let members):
      json.beginObject()
      for member in members {
        json.key(member.name)
        member.value.write(to: &json)
      }
      json.endObject()
    }
  }

  /// Members, at any depth, whose name came before in the same object.
  var duplicateCount: Int {
    switch content {
    case .array(let elements): return elements.reduce(0) { $0 + $1.duplicateCount }
    case .object(let members):
      let repeated = members.count < 2 ? 0 : members.count - Set(members.map(\.name)).count
      return members.reduce(repeated) { $0 + $1.value.duplicateCount }
    case .string, .number, .bool, .null: return 0
    }
  }
}

extension [UInt8] {
  /// Without a byte order mark at the start.
  var withoutMark: [UInt8] { starts(with: [0xEF, 0xBB, 0xBF]) ? Array(dropFirst(3)) : self }
}
