import Bytes

/// Protocol buffers in wire form as text: field numbers, wire types, values. There is no schema, so that what a field of
/// bytes holds (text, a message, neither) is a guess, and said to be one.
struct ProtobufText {
  /// Messages within messages.
  static let depthLimit = 16
  /// Bytes of a field that is neither text nor message.
  private static let shownBytes = 32

  private let bytes: [UInt8]
  private let limit: Int
  private var out = ""

  private struct Full: Error {}

  private enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    case bytes(Range<Int>)
    /// The deprecated group: its begin or end.
    case group(isStart: Bool)
  }

  /// The message as text, and whether that is the beginning only; nil when the bytes are no message.
  static func text(of bytes: [UInt8], limit: Int, isCut: Bool = false) -> (text: String, isShortened: Bool)? {
    var writer = ProtobufText(bytes: bytes, limit: limit)
    let all = 0..<bytes.count
    guard isCut || writer.isMessage(all, depth: 0) else { return nil }
    var isShortened = isCut
    do { try writer.message(all, depth: 0) } catch { isShortened = true }
    return isCut && writer.out.isEmpty ? nil : (writer.out, isShortened)
  }

  private init(bytes: [UInt8], limit: Int) {
    self.bytes = bytes
    self.limit = limit
  }

  /// Messages of a gRPC body: a flag and a length of 32 bits before each. Nil when they are not laid out so.
  static func framed(_ bytes: [UInt8], limit: Int) -> (text: String, isShortened: Bool)? {
    var place = 0
    var text = ""
    while place < bytes.count {
      var reader = ByteReader(bytes.span.extracting(place..<bytes.count))
      guard let flag = try? reader.readUInt8(), flag <= 1 || flag == 0x80, let length = try? reader.readUInt32(),
        let size = Int(exactly: length)
      else { return nil }
      guard text.utf8.count < limit else { return (text, true) }
      let isCut = size > reader.remaining
      guard let body = try? reader.read(min(size, reader.remaining)).array else { return nil }
      place += reader.offset
      if !text.isEmpty { text += "\n" }
      text += "message of \(Figures.of(size, "byte"))\(flag == 1 ? ", compressed" : "")"
      if flag == 0, let inner = self.text(of: body, limit: limit - text.utf8.count, isCut: isCut) {
        text += inner.text.isEmpty ? "" : "\n" + inner.text
      } else if !body.isEmpty {
        text += "\n" + HexDump.text(of: body.prefix(64))
      }
      if isCut { return (text, true) }
    }
    return (text, false)
  }

  // MARK: Reading

  private static func field(_ reader: inout ByteReader, base: Int) throws(DecodeError) -> (number: UInt64, value: Value)
  {
    let tag = try varint(&reader)
    let number = tag >> 3
    // Field numbers are 1 to 2^29 - 1.
    guard number > 0, number < 1 << 29 else {
      throw DecodeError(.outOfRange, "field number", offset: reader.offset)
    }
    switch tag & 7 {
    case 0: return (number, .varint(try varint(&reader)))
    case 1: return (number, .fixed64(try reader.readUInt64("fixed64", littleEndian: true)))
    case 2:
      let count = try varint(&reader)
      guard let size = Int(exactly: count) else {
        throw DecodeError(.outOfRange, "length", offset: reader.offset)
      }
      let start = base + reader.offset
      try reader.skip(size, "field")
      return (number, .bytes(start..<(start + size)))
    case 3: return (number, .group(isStart: true))
    case 4: return (number, .group(isStart: false))
    case 5: return (number, .fixed32(try reader.readUInt32("fixed32", littleEndian: true)))
    default: throw DecodeError(.outOfRange, "wire type", offset: reader.offset)
    }
  }

  private static func varint(_ reader: inout ByteReader) throws(DecodeError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      let byte = try reader.readUInt8("varint")
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    throw DecodeError(.outOfRange, "varint", offset: reader.offset)
  }

  /// Whether all of the bytes are fields.
  private func isMessage(_ range: Range<Int>, depth: Int) -> Bool {
    guard depth < Self.depthLimit else { return false }
    var reader = ByteReader(bytes.span.extracting(range))
    var groups = 0
    while !reader.isAtEnd {
      guard let field = try? Self.field(&reader, base: range.lowerBound) else { return false }
      if case .group(let isStart) = field.value { groups += isStart ? 1 : -1 }
      if groups < 0 || groups > Self.depthLimit { return false }
    }
    return groups == 0
  }

  private enum Guess {
    case text(String)
    case message
    case bytes
  }

  /// What a field of bytes most likely holds: printable text is text; what parses to its end is a message.
  private func guess(_ range: Range<Int>, depth: Int) -> Guess {
    let span = bytes.span.extracting(range)
    let text = span.validString
    if let text, text.unicodeScalars.allSatisfy({ !TerminalText.isHidden($0) }) { return .text(text) }
    if range.count > 1, isMessage(range, depth: depth) { return .message }
    if let text, text.unicodeScalars.allSatisfy({ !TerminalText.isHidden($0) || "\n\r\t".unicodeScalars.contains($0) })
    {
      return .text(text)
    }
    return .bytes
  }

  // MARK: Writing

  private mutating func message(_ range: Range<Int>, depth: Int) throws {
    let bytes = self.bytes
    var reader = ByteReader(bytes.span.extracting(range))
    var groups = 0
    while !reader.isAtEnd {
      let (number, value) = try Self.field(&reader, base: range.lowerBound)
      if case .group(isStart: false) = value { groups = max(0, groups - 1) }
      let indent = String(repeating: "  ", count: min(depth + groups, Self.depthLimit * 2))
      switch value {
      case .varint(let number64): try line("\(indent)\(number): \(number64)")
      case .fixed64(let bits):
        let real = Double(bitPattern: bits)
        try line("\(indent)\(number): \(bits) (64 bits; as a double \(real))")
      case .fixed32(let bits):
        let real = Float(bitPattern: bits)
        try line("\(indent)\(number): \(bits) (32 bits; as a float \(real))")
      case .group(let isStart):
        try line(isStart ? "\(indent)\(number): group {" : "\(indent)}")
        if isStart { groups += 1 }
      case .bytes(let content):
        switch guess(content, depth: depth + 1) {
        case .text(let text): try line("\(indent)\(number): \(JSONWriter.quoted(text))")
        case .message:
          try line("\(indent)\(number): {  (a message, as far as its bytes tell)")
          try message(content, depth: depth + 1)
          try line("\(indent)}")
        case .bytes:
          let shown = bytes[content].prefix(Self.shownBytes).hex
          let more = content.count > Self.shownBytes ? "…" : ""
          try line("\(indent)\(number): \(Figures.of(content.count, "byte")) \(shown)\(more)")
        }
      }
    }
  }

  private mutating func line(_ text: String) throws {
    guard out.utf8.count < limit else { throw Full() }
    if !out.isEmpty { out += "\n" }
    out += text.prefix(bytes: max(0, limit - out.utf8.count))
  }
}
