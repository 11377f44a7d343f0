import Bytes

@testable import Parsers

/// Builds packs and packets that real git would not.
struct PackBuilder {
  private var writer = ByteWriter()
  private(set) var offsets: [Int] = []
  private let format: ObjectFormat

  /// Begins with a header, of which the count need not be true.
  init(count: Int, format: ObjectFormat = .sha1) {
    self.format = format
    writer.write("PACK")
    writer.write(UInt32(2))
    writer.write(UInt32(count))
  }

  private mutating func begin(_ kind: UInt8, _ size: Int) {
    offsets.append(writer.count)
    var left = size >> 4
    writer.write(UInt8((left > 0 ? 0x80 : 0) | Int(kind) << 4 | size & 15))
    while left > 0 {
      writer.write(UInt8((left >> 7 > 0 ? 0x80 : 0) | left & 0x7f))
      left >>= 7
    }
  }

  mutating func add(_ kind: ObjectKind, _ content: [UInt8], declared: Int? = nil) {
    begin(kind.rawValue, declared ?? content.count)
    writer.write(Self.deflate(content))
  }

  /// A delta on the entry of that number.
  mutating func add(delta: [UInt8], onEntry entry: Int) {
    let start = writer.count
    begin(6, delta.count)
    var distance = start - offsets[entry]
    var bytes = [UInt8(distance & 0x7f)]
    distance >>= 7
    while distance > 0 {
      distance -= 1
      bytes.insert(UInt8(0x80 | distance & 0x7f), at: 0)
      distance >>= 7
    }
    writer.write(bytes)
    writer.write(Self.deflate(delta))
  }

  mutating func add(delta: [UInt8], on id: ObjectID) {
    begin(7, delta.count)
    writer.write(id.bytes)
    writer.write(Self.deflate(delta))
  }

  /// With the checksum of what was written.
  func finish() -> [UInt8] {
    let hasher = ObjectHasher(format)
    hasher.update(writer.bytes.span)
    return writer.bytes + hasher.finish()
  }

  /// The delta that replaces everything.
  static func insert(_ content: [UInt8], baseCount: Int) -> [UInt8] {
    var delta = size(baseCount) + size(content.count)
    var index = 0
    while index < content.count {
      let count = min(127, content.count - index)
      delta.append(UInt8(count))
      delta += content[index..<(index + count)]
      index += count
    }
    return delta
  }

  /// The delta that keeps the first `kept` bytes and adds some.
  static func append(_ content: [UInt8], kept: Int, baseCount: Int) -> [UInt8] {
    var delta = size(baseCount) + size(kept + content.count)
    delta += [0x80 | 0x10 | 0x20 | 0x40, UInt8(kept & 255), UInt8(kept >> 8 & 255), UInt8(kept >> 16 & 255)]
    var index = 0
    while index < content.count {
      let count = min(127, content.count - index)
      delta.append(UInt8(count))
      delta += content[index..<(index + count)]
      index += count
    }
    return delta
  }

  static func size(_ size: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var left = size
    repeat {
      bytes.append(UInt8((left >> 7 > 0 ? 0x80 : 0) | left & 0x7f))
      left >>= 7
    } while left > 0
    return bytes
  }

  /// Stored blocks inside zlib's frame: any inflater takes them.
  static func deflate(_ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = [0x78, 0x01]
    var index = 0
    repeat {
      let count = min(65535, content.count - index)
      let isLast = index + count == content.count
      bytes += [isLast ? 1 : 0, UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8 & 255)]
      bytes += content[index..<(index + count)]
      index += count
    } while index < content.count
    var (a, b) = (1, 0)
    for byte in content {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    return bytes + [UInt8(b >> 8), UInt8(b & 255), UInt8(a >> 8), UInt8(a & 255)]
  }
}

/// Packets of gitprotocol-common(5).
enum PacketWire {
  static func line(_ text: String) -> [UInt8] { packet(Array(text.utf8) + [0x0a]) }

  static func packet(_ data: [UInt8]) -> [UInt8] {
    let digits = String(data.count + 4, radix: 16)
    return Array((String(repeating: "0", count: 4 - digits.count) + digits).utf8) + data
  }

  static func band(_ number: UInt8, _ data: [UInt8]) -> [UInt8] { packet([number] + data) }

  static let flush = Array("0000".utf8)
  static let delimiter = Array("0001".utf8)
}
