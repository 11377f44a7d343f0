import Bytes

/// A JSON text (RFC 8259) of which the end may be missing: what was kept of it is a value all the same.
struct JSONText: Sendable {
  var value: JSONValue
  /// The text ended before its value; what is open at the end was closed, and a member without a value left out.
  var isCut = false
  /// How many brackets were open at the end of a cut text.
  var openCount = 0
  /// The member of the outermost object within which a cut text ends; nil when it ends between two of them.
  var openMember: String?

  /// Reads a text.
  ///
  /// - Throws: `DecodeError` when it is no JSON, up to its end at least.
  init(_ text: [UInt8]) throws(DecodeError) {
    let bytes = text.withoutMark
    if let whole = JSONValue.document(in: bytes) {
      value = whole
      return
    }
    var completion = JSONCompletion(bytes)
    let whole = try completion.finish()
    guard let kept = JSONValue.document(in: whole) else {
      throw DecodeError(.overLimit, "JSON value count", offset: bytes.count)
    }
    value = kept
    isCut = true
    openCount = completion.open.count
    openMember = completion.open.isEmpty ? nil : completion.member
  }
}

/// Finds how far a cut text can be kept, and closes what is open there.
struct JSONCompletion: Sendable {
  private var scanner: JSONScanner
  /// For each open bracket, whether it is of an object.
  private(set) var open: [Bool] = []
  /// The last member's name in the outermost object, while its value is not whole.
  private(set) var member: String?
  /// A name was read whose value has not come.
  private var afterKey = false
  /// Bytes that can be kept.
  private var end = 0

  init(_ bytes: [UInt8]) { scanner = JSONScanner(bytes) }

  /// The text up to where it is cut, made whole.
  ///
  /// - Throws: `DecodeError` when something other than its end is wrong with it.
  mutating func finish() throws(DecodeError) -> [UInt8] {
    var tail: [UInt8] = []
    do throws(DecodeError) {
      while let token = try scanner.next() {
        take(token)
        guard open.isEmpty, end > 0 else { continue }
        let isAlone = scanner.bytes[end...].allSatisfy { $0 <= 0x20 }
        throw DecodeError(isAlone ? .overLimit : .trailingBytes, "JSON text", offset: end)
      }
      throw DecodeError(.truncated, "JSON text", offset: scanner.bytes.count)
    } catch {
      guard !open.isEmpty, isEnd(error) else { throw error }
      let isInString = scanner.bytes.dropFirst(error.offset).first == UInt8(ascii: "\"")
      if isInString, open.last == false || afterKey {
        tail = string(from: error.offset)
        end = error.offset
      }
    }
    let bytes = scanner.bytes
    // Between `end` and a string that is cut stand a comma or the name of its member.
    var whole = Array(bytes[..<min(end, bytes.count)])
    whole += tail
    whole += open.reversed().map { $0 ? UInt8(ascii: "}") : UInt8(ascii: "]") }
    return whole
  }

  private mutating func take(_ token: JSONScanner.Token) {
    switch token {
    case .key(let range):
      afterKey = true
      if open.count == 1 { member = scanner.text(of: range) }
      return
    case .beginObject, .beginArray: open.append(token == .beginObject)
    case .endObject, .endArray: _ = open.popLast()
    case .number:
      // More of its digits may be missing.
      if scanner.position == scanner.bytes.count { return }
    case .string, .bool, .null: break
    }
    afterKey = false
    end = scanner.position
    if open.count == 1, token != .beginObject, token != .beginArray { member = nil }
  }

  /// Whether an error says no more than that the text ended.
  private func isEnd(_ error: DecodeError) -> Bool {
    if error.code == .truncated { return true }
    guard error.offset >= 0, error.offset < scanner.bytes.count else { return false }
    let rest = scanner.bytes[error.offset...]
    return ["true", "false", "null"].contains { $0.utf8.count > rest.count && $0.utf8.starts(with: rest) }
  }

  /// What is there of a string that begins at `start`, up to its last whole character, with both quotation marks.
  private func string(from start: Int) -> [UInt8] {
    let rest = scanner.bytes.dropFirst(start + 1)
    var kept = rest.startIndex
    var isAfterHalf = false
    while kept < rest.endIndex {
      let byte = rest[kept]
      var width = 1
      if byte == UInt8(ascii: "\\") {
        width = rest.dropFirst(kept - rest.startIndex + 1).first == UInt8(ascii: "u") ? 6 : 2
      } else if byte >= 0xC0 {
        width = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
      }
      guard width <= rest.endIndex - kept else { break }
      // The first half of a surrogate pair: `\ud800` to `\udbff`.
      let digits = rest[kept..<(kept + width)].dropFirst(2).prefix(2).map { $0 | 0x20 }
      isAfterHalf = width == 6 && digits.first == 0x64 && digits.last.map { "89ab".utf8.contains($0) } == true
      kept += width
    }
    if isAfterHalf { kept -= 6 }
    return [UInt8(ascii: "\"")] + rest[..<kept] + [UInt8(ascii: "\"")]
  }
}
