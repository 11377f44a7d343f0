import Bytes

/// A JSON text as the flat list of its values: one pass, no tree, and nothing is decoded that nobody asks for.
///
/// It takes what `JSONScanner` takes, but numbers less strictly.
final class JSONTape: Sendable {
  /// Deeper texts are refused (RFC 8259 §9 allows a limit).
  static let depthLimit = JSONScanner.depthLimit
  /// Values and names of one text, at most: 16 bytes each.
  static let entryLimit = 1 << 22
  /// Bytes of one text, at most, so that a place in it takes 32 bits.
  static let byteLimit = 1 << 30

  enum Kind: UInt8, Sendable { case object, array, string, number, yes, no, null, key, escapedKey }

  struct Entry: Sendable {
    /// Offsets in the bytes; of a string with its quotation marks.
    var start: UInt32
    var end: UInt32
    /// The entry after this value and what is in it; while a bracket is open, the entry of the bracket around it.
    var next: UInt32
    var kind: Kind
  }

  /// How an attempt to read one value ended.
  enum Outcome: Equatable {
    /// The offset after it.
    case value(end: Int)
    /// The bytes ended first.
    case cut
    /// JSON does not allow the byte at that offset, or a limit is passed there.
    case refused(at: Int)
  }

  let bytes: [UInt8]
  let entries: [Entry]

  init(bytes: [UInt8], entries: [Entry]) {
    self.bytes = bytes
    self.entries = entries
  }

  /// The value that the tape begins with.
  var root: JSONNode { JSONNode(tape: self, index: 0) }

  private enum Expectation { case value, firstKey, key, firstElement, comma }

  /// Reads the value at `start`, which may have blanks before it, into `entries`.
  static func scan(_ bytes: Span<UInt8>, from start: Int, into entries: inout [Entry]) -> Outcome {
    entries.removeAll(keepingCapacity: true)
    guard bytes.count <= byteLimit, start >= 0 else { return .refused(at: start) }
    let none = UInt32.max
    var expectation = Expectation.value
    var position = start
    var parent = none
    var depth = 0
    while true {
      while position < bytes.count, isBlank(bytes[position]) { position &+= 1 }
      guard position < bytes.count else { return .cut }
      guard entries.count < entryLimit else { return .refused(at: position) }
      let byte = bytes[position]
      let begin = position
      switch (expectation, byte) {
      case (.comma, 0x2C):
        position &+= 1
        expectation = entries[Int(parent)].kind == .object ? .key : .value
        continue
      case (.comma, 0x7D), (.firstKey, 0x7D), (.comma, 0x5D), (.firstElement, 0x5D):
        let index = Int(parent)
        guard (entries[index].kind == .object) == (byte == 0x7D) else { return .refused(at: position) }
        position &+= 1
        parent = entries[index].next
        entries[index].end = UInt32(truncatingIfNeeded: position)
        entries[index].next = UInt32(truncatingIfNeeded: entries.count)
        depth &-= 1
        if parent == none { return .value(end: position) }
        expectation = .comma
        continue
      case (.comma, _): return .refused(at: position)
      case (.firstKey, 0x22), (.key, 0x22):
        guard let end = stringEnd(bytes, from: position) else { return .cut }
        append(hasEscape(bytes, position, end) ? .escapedKey : .key, begin, end, to: &entries)
        position = end
        while position < bytes.count, isBlank(bytes[position]) { position &+= 1 }
        guard position < bytes.count else { return .cut }
        guard bytes[position] == 0x3A else { return .refused(at: position) }
        position &+= 1
        expectation = .value
        continue
      case (.firstKey, _), (.key, _): return .refused(at: position)
      case (_, 0x7B), (_, 0x5B):
        guard depth < depthLimit else { return .refused(at: position) }
        depth &+= 1
        append(byte == 0x7B ? .object : .array, begin, begin, to: &entries)
        entries[entries.count &- 1].next = parent
        parent = UInt32(truncatingIfNeeded: entries.count &- 1)
        position &+= 1
        expectation = byte == 0x7B ? .firstKey : .firstElement
        continue
      case (_, 0x22):
        guard let end = stringEnd(bytes, from: position) else { return .cut }
        append(.string, begin, end, to: &entries)
        position = end
      case (_, 0x2D), (_, 0x30...0x39):
        while position < bytes.count, isOfNumber(bytes[position]) { position &+= 1 }
        append(.number, begin, position, to: &entries)
      case (_, 0x74), (_, 0x66), (_, 0x6E):
        let word: StaticString = byte == 0x74 ? "true" : byte == 0x66 ? "false" : "null"
        guard bytes.extracting(position..<bytes.count).starts(with: word) else {
          return bytes.count - position < word.utf8CodeUnitCount ? .cut : .refused(at: position)
        }
        position &+= word.utf8CodeUnitCount
        append(byte == 0x74 ? .yes : byte == 0x66 ? .no : .null, begin, position, to: &entries)
      default: return .refused(at: position)
      }
      if parent == none { return .value(end: position) }
      expectation = .comma
    }
  }

  private static func append(_ kind: Kind, _ start: Int, _ end: Int, to entries: inout [Entry]) {
    entries.append(
      Entry(
        start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end),
        next: UInt32(truncatingIfNeeded: entries.count &+ 1), kind: kind))
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: true
    default: false
    }
  }

  /// The offset after the string that begins at `start`; nil when it is not closed.
  private static func stringEnd(_ bytes: Span<UInt8>, from start: Int) -> Int? {
    var index = start &+ 1
    // Names and ids are short: a loop is done before a call would have begun.
    let near = min(bytes.count, index &+ 24)
    while index < near {
      let byte = bytes[index]
      if byte == 0x22 { return index &+ 1 }
      index &+= byte == 0x5C ? 2 : 1
    }
    while let quote = bytes.firstIndex(of: 0x22, from: index) {
      var first = quote
      while first > index, bytes[first &- 1] == 0x5C { first &-= 1 }
      if (quote &- first) & 1 == 0 { return quote &+ 1 }
      index = quote &+ 1
    }
    return nil
  }

  private static func hasEscape(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
    for index in start..<end where bytes[index] == 0x5C { return true }
    return false
  }
}
