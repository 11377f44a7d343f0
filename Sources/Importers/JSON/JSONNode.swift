import Bytes

/// A value of a `JSONTape`, read where it lies.
///
/// Where `JSONValue` has a member of the same name, it means the same.
struct JSONNode: Sendable {
  /// A member of an object; names may repeat.
  struct Member: Sendable {
    var name: String
    var value: JSONNode
  }

  let tape: JSONTape
  let index: Int

  private var entry: JSONTape.Entry { tape.entries[index] }

  /// Offsets in the tape's bytes; of a string with its quotation marks.
  var range: Range<Int> { Int(entry.start)..<Int(entry.end) }

  var isObject: Bool { entry.kind == .object }
  var isArray: Bool { entry.kind == .array }
  var isString: Bool { entry.kind == .string }
  var isNull: Bool { entry.kind == .null }

  /// The member of that name; nil when this is no object, has none, or has null there. Of several the last counts.
  subscript(member name: StaticString) -> JSONNode? {
    // Asked many times for every record: the arrays are held once, not for each name.
    let (allEntries, allBytes) = (tape.entries, tape.bytes)
    let (entries, bytes) = (allEntries.span, allBytes.span)
    guard entries[index].kind == .object else { return nil }
    let byteCount = name.utf8CodeUnitCount
    let end = Int(entries[index].next)
    var found: Int?
    var place = index + 1
    while place + 1 < end {
      let key = entries[place]
      if key.kind == .escapedKey {
        if JSONNode(tape: tape, index: place).text(limit: .max) == name.description { found = place + 1 }
      } else if Int(key.end) - Int(key.start) == byteCount + 2,
        bytes.extracting((Int(key.start) + 1)..<Int(key.end)).starts(with: name)
      {
        found = place + 1
      }
      place = Int(entries[place + 1].next)
    }
    guard let found, entries[found].kind != .null else { return nil }
    return JSONNode(tape: tape, index: found)
  }

  /// The member at the end of a path of names.
  subscript(_ first: StaticString, _ second: StaticString) -> JSONNode? { self[member: first]?[member: second] }

  /// Of an object; empty otherwise.
  var members: [Member] {
    var all: [Member] = []
    eachMember { key, value in
      let name = JSONNode(tape: tape, index: key).text(limit: .max)
      all.append(Member(name: name, value: JSONNode(tape: tape, index: value)))
    }
    return all
  }

  /// Of an array; empty otherwise.
  var elements: [JSONNode] {
    guard isArray else { return [] }
    var all: [JSONNode] = []
    var place = index + 1
    let end = Int(entry.next)
    while place < end {
      all.append(JSONNode(tape: tape, index: place))
      place = Int(tape.entries[place].next)
    }
    return all
  }

  /// The elements of the array member of that name; none when there is no such array.
  func list(_ name: StaticString) -> [JSONNode] { self[member: name]?.elements ?? [] }

  /// Of a string; nil for others.
  var string: String? { isString ? text(limit: .max) : nil }

  /// Text that is not empty.
  var text: String? { string.flatMap { $0.isEmpty ? nil : $0 } }

  /// At most so many bytes of a string, cut between characters; nil for others.
  func string(limit: Int) -> String? { isString ? text(limit: limit) : nil }

  /// The last bytes of a string, at most so many as written; what is cut at their beginning may be half a character.
  func tail(_ byteCount: Int) -> String {
    guard isString else { return "" }
    let inside = (range.lowerBound + 1)..<max(range.lowerBound + 1, range.upperBound - 1)
    return text(in: max(inside.lowerBound, inside.upperBound - byteCount)..<inside.upperBound, limit: .max)
  }

  /// The text of a string, number or truth value.
  var scalar: String? {
    switch entry.kind {
    case .string: text(limit: .max)
    case .number, .yes, .no: source
    default: nil
    }
  }

  /// A whole number within range; nil for others.
  var integer: Int? { entry.kind == .number ? Int(source) : nil }

  /// A number; nil for others.
  var number: Double? { entry.kind == .number ? Double(source) : nil }

  var bool: Bool? {
    switch entry.kind {
    case .yes: true
    case .no: false
    default: nil
    }
  }

  /// As written, quotation marks and all.
  var source: String { String(decoding: tape.bytes[range], as: UTF8.self) }

  /// As written, at most so many bytes, cut between characters.
  func source(limit: Int) -> String {
    range.count <= limit ? source : String(decoding: tape.bytes[range].prefix(limit + 4), as: UTF8.self).cut(to: limit)
  }

  /// The value as a tree.
  var value: JSONValue? { JSONValue.document(in: Array(tape.bytes[range])) }

  /// Whether a string is exactly that.
  func equals(_ text: StaticString) -> Bool {
    guard isString, range.count == text.utf8CodeUnitCount + 2 else { return false }
    let bytes = tape.bytes
    return bytes.span.extracting((range.lowerBound + 1)..<range.upperBound).starts(with: text)
  }

  // MARK: Details

  private func eachMember(_ visit: (_ key: Int, _ value: Int) -> Void) {
    guard isObject else { return }
    var place = index + 1
    let end = Int(entry.next)
    while place + 1 < end {
      visit(place, place + 1)
      place = Int(tape.entries[place + 1].next)
    }
  }

  /// The text of a string or name, its escapes resolved; half of a surrogate pair becomes U+FFFD.
  private func text(limit: Int) -> String {
    text(in: (range.lowerBound + 1)..<max(range.lowerBound + 1, range.upperBound - 1), limit: limit)
  }

  private func text(in inside: Range<Int>, limit: Int) -> String {
    let whole = tape.bytes
    return whole.span.extracting(inside).unescapedJSON(atLeast: limit).cut(to: limit)
  }
}
