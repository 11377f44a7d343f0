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
    let bytes = whole.span.extracting(inside)
    // Four bytes more than are kept, so that the cut finds where the last character begins.
    let (sum, overflow) = limit.addingReportingOverflow(4)
    let enough = overflow ? Int.max : sum
    let plain = bytes.extracting(first: enough)
    guard plain.firstIndex(of: 0x5C) != nil else { return plain.string.cut(to: limit) }
    // No escape is shorter than the character that it stands for, but a damaged `\u`: two bytes become three.
    let out = [UInt8](capacity: min(bytes.count + bytes.count / 2, enough) + 4) { out in
      var position = 0
      while position < bytes.count, out.count < enough {
        let byte = bytes[position]
        if byte == 0x5C {
          position = JSONNode.unescape(bytes, at: position, into: &out)
        } else {
          out.append(byte)
          position += 1
        }
      }
    }
    return String(decoding: out, as: UTF8.self).cut(to: limit)
  }

  /// Resolves the escape at `start`; gives the offset after it.
  private static func unescape(_ bytes: Span<UInt8>, at start: Int, into out: inout OutputSpan<UInt8>) -> Int {
    guard start + 1 < bytes.count else {
      out.append(0x5C)
      return bytes.count
    }
    let byte = bytes[start + 1]
    switch byte {
    case 0x6E: out.append(0x0A)
    case 0x72: out.append(0x0D)
    case 0x74: out.append(0x09)
    case 0x62: out.append(0x08)
    case 0x66: out.append(0x0C)
    case 0x75:
      guard let unit = hex(bytes, at: start + 2) else {
        append("\u{FFFD}", to: &out)
        return start + 2
      }
      if unit & 0xFC00 == 0xD800, start + 7 < bytes.count, bytes[start + 6] == 0x5C, bytes[start + 7] == 0x75,
        let low = hex(bytes, at: start + 8), low & 0xFC00 == 0xDC00,
        let scalar = Unicode.Scalar(0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF)))
      {
        append(scalar, to: &out)
        return start + 12
      }
      append(Unicode.Scalar(unit) ?? "\u{FFFD}", to: &out)
      return start + 6
    default: out.append(byte)
    }
    return start + 2
  }

  private static func append(_ scalar: Unicode.Scalar, to out: inout OutputSpan<UInt8>) {
    for byte in String(scalar).utf8 { out.append(byte) }
  }

  private static func hex(_ bytes: Span<UInt8>, at start: Int) -> UInt32? {
    guard start + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for index in start..<(start + 4) {
      switch bytes[index] {
      case let digit where (0x30...0x39).contains(digit): value = value << 4 | UInt32(digit - 0x30)
      case let digit where (0x61...0x66).contains(digit | 0x20): value = value << 4 | UInt32((digit | 0x20) - 0x57)
      default: return nil
      }
    }
    return value
  }
}
