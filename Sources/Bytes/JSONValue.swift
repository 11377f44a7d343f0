/// A value of a JSON document, with its place in the bytes.
public struct JSONValue: Sendable {
  public enum Content: Sendable {
    case object([Member])
    case array([JSONValue])
    case string(String)
    /// As written.
    case number(String)
    case bool(Bool)
    case null
  }

  /// A member of an object; names may repeat.
  public struct Member: Sendable {
    public var name: String
    public var nameRange: Range<Int>
    public var value: JSONValue
  }

  /// Values of one text, at most; a text with more is refused.
  public static let countLimit = 200_000

  public var content: Content
  /// Offsets in the bytes; of a string with its quotation marks.
  public var range: Range<Int>

  /// The documents of a text, one after another; nil when it is no JSON through and through.
  public static func documents(in bytes: [UInt8]) -> [JSONValue]? {
    var scanner = JSONScanner(bytes)
    var found: [JSONValue] = []
    var allowance = countLimit
    do {
      while let token = try scanner.next() { found.append(try value(token, &scanner, &allowance)) }
    } catch { return nil }
    return found
  }

  /// The only document of a text.
  public static func document(in bytes: [UInt8]) -> JSONValue? {
    guard let all = documents(in: bytes), all.count == 1 else { return nil }
    return all.first
  }

  /// The value of the first member of that name.
  public subscript(name: String) -> JSONValue? { members.first { $0.name == name }?.value }

  /// Of an object; empty otherwise.
  public var members: [Member] { if case .object(let members) = content { members } else { [] } }
  /// Of an array; empty otherwise.
  public var elements: [JSONValue] { if case .array(let elements) = content { elements } else { [] } }
  public var string: String? { if case .string(let text) = content { text } else { nil } }
  /// The text of a string, number or truth value.
  public var scalar: String? {
    switch content {
    case .string(let text), .number(let text): text
    case .bool(let isTrue): isTrue ? "true" : "false"
    case .object, .array, .null: nil
    }
  }
  public var bool: Bool? { if case .bool(let isTrue) = content { isTrue } else { nil } }
  public var isObject: Bool { if case .object = content { true } else { false } }
  public var isArray: Bool { if case .array = content { true } else { false } }

  // Recursion ends at the scanner's limit of depth.
  private static func value(
    _ token: JSONScanner.Token, _ scanner: inout JSONScanner, _ allowance: inout Int
  ) throws(DecodeError) -> JSONValue {
    let end = scanner.position
    allowance -= 1
    guard allowance > 0 else { throw DecodeError(.outOfRange, "JSON value count", offset: end) }
    switch token {
    case .string(let range): return JSONValue(content: .string(scanner.text(of: range)), range: range)
    case .number(let range):
      return JSONValue(content: .number(String(decoding: scanner.bytes[range], as: UTF8.self)), range: range)
    case .bool(let isTrue): return JSONValue(content: .bool(isTrue), range: (end - (isTrue ? 4 : 5))..<end)
    case .null: return JSONValue(content: .null, range: (end - 4)..<end)
    case .beginArray:
      var elements: [JSONValue] = []
      while let next = try scanner.next(), next != .endArray {
        elements.append(try value(next, &scanner, &allowance))
      }
      return JSONValue(content: .array(elements), range: (end - 1)..<scanner.position)
    case .beginObject:
      var members: [Member] = []
      while let next = try scanner.next(), case .key(let name) = next {
        guard let token = try scanner.next() else { break }
        let member = try value(token, &scanner, &allowance)
        members.append(Member(name: scanner.text(of: name), nameRange: name, value: member))
      }
      return JSONValue(content: .object(members), range: (end - 1)..<scanner.position)
    case .endObject, .endArray, .key: throw DecodeError(.outOfRange, "JSON value", offset: end)
    }
  }
}
