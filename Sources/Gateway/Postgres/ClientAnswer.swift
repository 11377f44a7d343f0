import Bytes
import NIOCore

/// What the gateway itself says to a client (PostgreSQL documentation, Message Formats).
enum ClientAnswer {
  /// An ErrorResponse or NoticeResponse.
  struct Trouble: Sendable, Hashable {
    var severity = "ERROR"
    /// SQLSTATE.
    var code: String
    var message: String
    var detail: String?
    var hint: String?
  }

  static func error(_ trouble: Trouble) -> ByteBuffer { fields(UInt8(ascii: "E"), trouble) }
  static func notice(_ trouble: Trouble) -> ByteBuffer { fields(UInt8(ascii: "N"), trouble) }

  private static func fields(_ type: UInt8, _ trouble: Trouble) -> ByteBuffer {
    var body = ByteBuffer()
    func add(_ field: StaticString, _ value: String?) {
      guard let value else { return }
      body.writeStaticString(field)
      // A NUL would end the field.
      body.writeNullTerminatedString(value.replacing("\0", with: "\u{fffd}"))
    }
    add("S", trouble.severity)
    add("V", trouble.severity)
    add("C", trouble.code)
    add("M", trouble.message)
    add("D", trouble.detail)
    add("H", trouble.hint)
    body.writeInteger(UInt8(0))
    return message(type, body)
  }

  /// `R` with a code, and what belongs to it.
  static func authentication(_ code: UInt32, _ data: [UInt8] = []) -> ByteBuffer {
    var body = ByteBuffer()
    body.writeInteger(code)
    body.writeBytes(data)
    return message(UInt8(ascii: "R"), body)
  }

  static func key(_ processID: UInt32, _ secret: UInt32) -> ByteBuffer {
    var body = ByteBuffer()
    body.writeInteger(processID)
    body.writeInteger(secret)
    return message(UInt8(ascii: "K"), body)
  }

  /// NegotiateProtocolVersion: 3.0, and the options that are not known.
  static func version(unknown options: [String]) -> ByteBuffer {
    var body = ByteBuffer()
    body.writeInteger(UInt32(3 << 16))
    body.writeInteger(UInt32(clamping: options.count))
    for option in options { body.writeNullTerminatedString(option) }
    return message(UInt8(ascii: "v"), body)
  }

  static func message(_ type: UInt8, _ body: ByteBuffer) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.writeInteger(type)
    buffer.writeInteger(UInt32(clamping: body.readableBytes + 4))
    buffer.writeImmutableBuffer(body)
    return buffer
  }
}
