import Bytes
import Model

@testable import Parsers

/// Builds frames of HTTP/2 for tests. It shares nothing with the reader but the static table and the Huffman lengths, which
/// have tests of their own against the examples of RFC 7541.
enum HTTP2Wire {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  static func frame(_ type: UInt8, flags: UInt8 = 0, stream: UInt32, _ payload: [UInt8] = []) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(UInt8(truncatingIfNeeded: payload.count >> 16))
    writer.write(UInt16(truncatingIfNeeded: payload.count))
    writer.write(type)
    writer.write(flags)
    writer.write(stream)
    writer.write(payload)
    return writer.bytes
  }

  static func settings(_ values: [(UInt16, UInt32)] = []) -> [UInt8] {
    var writer = ByteWriter()
    for (id, value) in values {
      writer.write(id)
      writer.write(value)
    }
    return frame(4, stream: 0, writer.bytes)
  }

  static var settingsAck: [UInt8] { frame(4, flags: 1, stream: 0) }

  static func data(_ stream: UInt32, _ bytes: [UInt8], end: Bool = false, padding: Int? = nil) -> [UInt8] {
    var payload = bytes
    if let padding { payload = [UInt8(padding)] + bytes + [UInt8](repeating: 0, count: padding) }
    return frame(0, flags: (end ? 1 : 0) | (padding == nil ? 0 : 8), stream: stream, payload)
  }

  static func data(_ stream: UInt32, _ text: String, end: Bool = false) -> [UInt8] {
    data(stream, Array(text.utf8), end: end)
  }

  /// HEADERS with as many CONTINUATION frames as `parts` beyond one.
  static func headers(
    _ stream: UInt32, _ block: [UInt8], end: Bool = false, padding: Int? = nil, priority: Bool = false, parts: Int = 1
  ) -> [UInt8] {
    let size = max(1, (block.count + parts - 1) / parts)
    var fragments: [[UInt8]] = []
    for part in 0..<parts {
      fragments.append(Array(block.dropFirst(part * size).prefix(part == parts - 1 ? .max : size)))
    }
    var payload: [UInt8] = []
    if let padding { payload.append(UInt8(padding)) }
    if priority { payload += [0x80, 0, 0, 0, 200] }
    payload += fragments[0]
    payload += [UInt8](repeating: 0, count: padding ?? 0)
    var flags: UInt8 = end ? 1 : 0
    if padding != nil { flags |= 8 }
    if priority { flags |= 0x20 }
    if parts == 1 { flags |= 4 }
    var bytes = frame(1, flags: flags, stream: stream, payload)
    for (index, fragment) in fragments.dropFirst().enumerated() {
      bytes += frame(9, flags: index == parts - 2 ? 4 : 0, stream: stream, fragment)
    }
    return bytes
  }

  static func push(_ stream: UInt32, promises promised: UInt32, _ block: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(promised)
    writer.write(block)
    return frame(5, flags: 4, stream: stream, writer.bytes)
  }

  static func reset(_ stream: UInt32, _ code: UInt32) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(code)
    return frame(3, stream: stream, writer.bytes)
  }

  static func goAway(_ last: UInt32, _ code: UInt32, _ debug: String = "") -> [UInt8] {
    var writer = ByteWriter()
    writer.write(last)
    writer.write(code)
    writer.write(debug)
    return frame(7, stream: 0, writer.bytes)
  }

  static func windowUpdate(_ stream: UInt32, _ increment: UInt32 = 65_535) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(increment)
    return frame(8, stream: stream, writer.bytes)
  }

  static func ping(ack: Bool = false) -> [UInt8] {
    frame(6, flags: ack ? 1 : 0, stream: 0, [1, 2, 3, 4, 5, 6, 7, 8])
  }

  /// A message of gRPC with its prefix.
  static func message(_ bytes: [UInt8], flags: UInt8 = 0) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(flags)
    writer.write(UInt32(bytes.count))
    writer.write(bytes)
    return writer.bytes
  }
}

/// Encodes header blocks as RFC 7541 says, with the dynamic table or without it.
struct HPACKWire {
  enum Mode {
    /// Everything goes into the dynamic table, and is taken from it.
    case indexed
    /// Nothing does; names of the static table are used.
    case literal
  }

  var mode = Mode.indexed
  var usesHuffman = true
  var maximum = 4_096
  private var entries: [HeaderField] = []

  init(_ mode: Mode = .indexed, huffman: Bool = true) {
    self.mode = mode
    usesHuffman = huffman
  }

  mutating func encode(_ fields: [(String, String)]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (name, value) in fields { encode(name, value, &bytes) }
    return bytes
  }

  mutating func resize(_ size: Int) -> [UInt8] {
    maximum = size
    evict()
    return Self.integer(size, prefix: 5, 0x20)
  }

  private mutating func encode(_ name: String, _ value: String, _ bytes: inout [UInt8]) {
    let all = HPACKStaticTable.fields + entries
    if mode == .indexed, let index = all.firstIndex(of: HeaderField(name, value)) {
      bytes += Self.integer(index + 1, prefix: 7, 0x80)
      return
    }
    let names = mode == .indexed ? all : HPACKStaticTable.fields
    let index = names.firstIndex { $0.name == name }.map { $0 + 1 } ?? 0
    bytes += mode == .indexed ? Self.integer(index, prefix: 6, 0x40) : Self.integer(index, prefix: 4, 0)
    if index == 0 { bytes += string(name) }
    bytes += string(value)
    guard mode == .indexed else { return }
    entries.insert(HeaderField(name, value), at: 0)
    evict()
  }

  private mutating func evict() {
    func size() -> Int { entries.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 32 } }
    while size() > maximum { entries.removeLast() }
  }

  private func string(_ text: String) -> [UInt8] {
    let plain = Array(text.utf8)
    guard usesHuffman else { return Self.integer(plain.count, prefix: 7, 0) + plain }
    let coded = Self.huffman(plain)
    return Self.integer(coded.count, prefix: 7, 0x80) + coded
  }

  static func integer(_ value: Int, prefix: Int, _ first: UInt8) -> [UInt8] {
    let mask = (1 << prefix) - 1
    guard value >= mask else { return [first | UInt8(value)] }
    var bytes = [first | UInt8(mask)]
    var rest = value - mask
    while rest >= 128 {
      bytes.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  static func huffman(_ plain: [UInt8]) -> [UInt8] {
    let codes = HuffmanTree.codes
    var bytes: [UInt8] = []
    var (bits, count): (UInt64, Int) = (0, 0)
    for octet in plain {
      let length = Int(HuffmanTree.lengths[Int(octet)])
      bits = bits << UInt64(length) | UInt64(codes[Int(octet)])
      count += length
      while count >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(count - 8)))
        count -= 8
      }
    }
    if count > 0 { bytes.append(UInt8(truncatingIfNeeded: bits << UInt64(8 - count)) | UInt8((1 << (8 - count)) - 1)) }
    return bytes
  }
}
