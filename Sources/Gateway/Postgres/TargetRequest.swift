import Model
import NIOCore

/// What the gateway itself sends to a target (PostgreSQL documentation, Message Formats).
enum TargetRequest {
  static let sslCode: UInt32 = 80_877_103
  static let cancelCode: UInt32 = 80_877_102

  static var sslRequest: ByteBuffer {
    var buffer = ByteBuffer()
    buffer.writeInteger(UInt32(8))
    buffer.writeInteger(sslCode)
    return buffer
  }

  static func startup(_ parameters: [(name: String, value: String)]) -> ByteBuffer {
    var body = ByteBuffer()
    body.writeInteger(UInt32(3 << 16))
    for (name, value) in parameters {
      body.writeNullTerminatedString(name)
      body.writeNullTerminatedString(value)
    }
    body.writeInteger(UInt8(0))
    return lengthFirst(body)
  }

  static func cancel(_ key: [UInt8]) -> ByteBuffer {
    var body = ByteBuffer()
    body.writeInteger(cancelCode)
    body.writeBytes(key)
    return lengthFirst(body)
  }

  /// PasswordMessage and the answers of SASL.
  static func password(_ data: [UInt8]) -> ByteBuffer {
    ClientAnswer.message(UInt8(ascii: "p"), ByteBuffer(bytes: data))
  }

  /// SASLInitialResponse.
  static func sasl(mechanism: String, _ data: [UInt8]) -> ByteBuffer {
    var body = ByteBuffer()
    body.writeNullTerminatedString(mechanism)
    body.writeInteger(UInt32(clamping: data.count))
    body.writeBytes(data)
    return ClientAnswer.message(UInt8(ascii: "p"), body)
  }

  static var terminate: ByteBuffer { ClientAnswer.message(UInt8(ascii: "X"), ByteBuffer()) }

  // MARK: In the place of what was refused

  /// What no grammar of PostgreSQL takes: the server refuses it (42601) where the Query would have run, and its transaction
  /// fails as that of a statement that is refused does.
  static let refusedQuery: ByteBuffer = {
    var body = ByteBuffer()
    body.writeNullTerminatedString(GatewayRefusal.statement)
    return ClientAnswer.message(UInt8(ascii: "Q"), body)
  }()

  /// Names a statement that nobody prepared: the server refuses it (26000) and passes over all up to the next Sync.
  static func refusedBind(_ statement: String) -> ByteBuffer {
    var body = ByteBuffer()
    body.writeNullTerminatedString("")
    body.writeNullTerminatedString(statement)
    body.writeInteger(UInt16(0))
    body.writeInteger(UInt16(0))
    body.writeInteger(UInt16(0))
    return ClientAnswer.message(UInt8(ascii: "B"), body)
  }

  private static func lengthFirst(_ body: ByteBuffer) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.writeInteger(UInt32(clamping: body.readableBytes + 4))
    buffer.writeImmutableBuffer(body)
    return buffer
  }
}
