import Bytes

/// A message of AWS's binary event stream (`application/vnd.amazon.eventstream`).
///
///     +-----------+-------------+-------------+---------+---------+-----------+
///     | total: 32 | headers: 32 | CRC32 of 8  | headers | payload | CRC32: 32 |
///     +-----------+-------------+-------------+---------+---------+-----------+
struct AWSEventStream: Sendable {
  /// The service allows 16 MiB a message.
  static let messageLimit = 16 << 20

  var headers: [String: String] = [:]
  var payload: [UInt8] = []

  /// All messages of `bytes`, and the first damage if there is any; a message that is damaged by itself is passed over.
  static func messages(_ bytes: [UInt8]) -> (messages: [AWSEventStream], damage: DecodeError?) {
    var messages: [AWSEventStream] = []
    var damage: DecodeError?
    var start = 0
    while start < bytes.count {
      do throws(DecodeError) {
        var reader = ByteReader(bytes.span.extracting(start..<bytes.count))
        messages.append(try AWSEventStream(parsing: &reader))
        start += reader.offset
      } catch {
        var error = error
        error.offset += start
        damage = damage ?? error
        // The prelude has a checksum of its own: where that is right, the next message can be found.
        var reader = ByteReader(bytes.span.extracting(start..<bytes.count))
        guard let total = try? length(parsing: &reader).total, total <= bytes.count - start else { break }
        start += total
      }
    }
    return (messages, damage)
  }

  /// Lengths of a message and of its headers.
  private static func length(
    parsing reader: inout ByteReader
  ) throws(DecodeError) -> (total: Int, headerCount: Int) {
    let start = reader.rest
    let total = Int(try reader.readUInt32("total length"))
    let headerCount = Int(try reader.readUInt32("headers length"))
    guard CRC32.of(start.extracting(first: 8)) == (try reader.readUInt32("prelude CRC")) else {
      throw DecodeError(.mismatch, "prelude CRC", offset: 8)
    }
    guard total <= messageLimit, total >= 16, headerCount <= total - 16 else {
      throw DecodeError(.outOfRange, "message length", offset: 0, found: "\(total)")
    }
    return (total, headerCount)
  }

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    let start = reader.rest
    let (total, headerCount) = try Self.length(parsing: &reader)
    var fields = try reader.slice(headerCount, "headers")
    payload = try reader.read(total - 16 - headerCount, "payload").array
    guard CRC32.of(start.extracting(first: total - 4)) == (try reader.readUInt32("message CRC")) else {
      throw DecodeError(.mismatch, "message CRC", offset: total - 4)
    }
    while !fields.isAtEnd {
      let nameCount = Int(try fields.readUInt8("header name length"))
      let name = try fields.read(nameCount, "header name").string
      switch try fields.readUInt8("header type") {
      case 0, 1: break
      case 2: try fields.skip(1)
      case 3: try fields.skip(2)
      case 4: try fields.skip(4)
      case 5, 8: try fields.skip(8)
      case 6: try fields.skip(Int(try fields.readUInt16("header value length")))
      case 7:
        let count = Int(try fields.readUInt16("header value length"))
        headers[name] = try fields.read(count, "header value").string
      case 9: try fields.skip(16)
      default: throw DecodeError(.outOfRange, "header type", offset: 12 + fields.offset)
      }
    }
  }
}

/// CRC-32 of ISO 3309, as in gzip.
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
  }

  static func of(_ bytes: Span<UInt8>) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for index in bytes.indices { sum = table[Int((sum ^ UInt32(bytes[index])) & 0xFF)] ^ (sum >> 8) }
    return ~sum
  }
}

/// Base64 (RFC 4648 §4).
enum Base64 {
  /// Nil when a character is none of the alphabet.
  static func decode(_ text: String) -> [UInt8]? {
    var out: [UInt8] = []
    var (bits, count): (UInt32, Int) = (0, 0)
    for byte in text.utf8 {
      let digit: UInt8
      switch byte {
      case 0x41...0x5A: digit = byte - 0x41
      case 0x61...0x7A: digit = byte - 0x61 + 26
      case 0x30...0x39: digit = byte - 0x30 + 52
      case UInt8(ascii: "+"): digit = 62
      case UInt8(ascii: "/"): digit = 63
      case UInt8(ascii: "="): continue
      default: return nil
      }
      bits = (bits & 0x3FFFF) << 6 | UInt32(digit)
      count += 6
      if count >= 8 {
        count -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return out
  }
}
