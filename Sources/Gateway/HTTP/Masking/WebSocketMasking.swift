import Bytes
import NIOCore
import Policy

/// Masks what a server says over WebSocket (RFC 6455), message by message: of one that comes in several frames one is made.
struct WebSocketMasking {
  private enum Opcode {
    static let continuation: UInt8 = 0
    static let text: UInt8 = 1
    static let binary: UInt8 = 2
    static let close: UInt8 = 8
    static let ping: UInt8 = 9
    static let pong: UInt8 = 10
  }

  /// Bytes of a message that is held until it is whole.
  static let messageLimit = 16 << 20
  /// "All control frames MUST have a payload length of 125 bytes or less" (RFC 6455 §5.5).
  private static let controlLimit = 125

  private var held = ByteBuffer()
  /// The kind of the message whose frames come, and what came of it.
  private var message: (opcode: UInt8, bytes: [UInt8])?

  /// Whether what comes behind an upgrade can be masked: messages, and no bytes of a stream that is cut into messages.
  static func isMaskable(_ head: RequestHead) -> Bool {
    head.upgrade == "websocket" && head.fields.list("sec-websocket-protocol").allSatisfy { !$0.contains("k8s.io") }
  }

  /// Takes bytes of the server; writes the frames that the client gets.
  ///
  /// - Throws: for what is no frame, or cannot be masked. Nothing may be shown behind that.
  mutating func receive(
    _ bytes: ByteBuffer, _ mask: inout CallAnswerMask, into out: inout ByteBuffer
  ) throws(MaskingFailure) {
    if held.readableBytes == 0 { held = bytes } else { held.writeImmutableBuffer(bytes) }
    while let frame = try frame() { try take(frame, &mask, &out) }
    if held.readableBytes == 0 { held = ByteBuffer() } else { held.discardReadBytes() }
  }

  private struct Frame {
    var isLast: Bool
    var opcode: UInt8
    var payload: [UInt8]
  }

  /// The next frame, if all of it is there.
  ///
  ///     | FIN 1 | RSV 3 | opcode 4 | MASK 1 | length 7 | length 16 or 64 | payload |
  private mutating func frame() throws(MaskingFailure) -> Frame? {
    let start = held.readerIndex
    guard let first = held.getInteger(at: start, as: UInt8.self),
      let second = held.getInteger(at: start + 1, as: UInt8.self)
    else { return nil }
    guard first & 0x70 == 0 else { throw MaskingFailure(reason: "a frame of WebSocket has an extension") }
    guard second & 0x80 == 0 else { throw MaskingFailure(reason: "a server's frame of WebSocket has a mask") }
    var head = 2
    var length = UInt64(second & 0x7F)
    if length == 126 {
      guard let long = held.getInteger(at: start + 2, as: UInt16.self) else { return nil }
      (head, length) = (4, UInt64(long))
    } else if length == 127 {
      guard let long = held.getInteger(at: start + 2, as: UInt64.self) else { return nil }
      (head, length) = (10, long)
    }
    let opcode = first & 0x0F
    guard opcode <= Opcode.binary || (Opcode.close...Opcode.pong).contains(opcode) else {
      throw MaskingFailure(reason: "a frame of WebSocket is of no known kind")
    }
    if opcode >= Opcode.close, length > Self.controlLimit || first & 0x80 == 0 {
      throw MaskingFailure(reason: "a control frame of WebSocket is too long, or in parts")
    }
    guard length + UInt64(message?.bytes.count ?? 0) <= UInt64(Self.messageLimit) else {
      throw MaskingFailure(reason: "a message of WebSocket is longer than \(Self.messageLimit >> 20) MiB")
    }
    let count = Int(clamping: length)
    guard held.readableBytes >= head + count else { return nil }
    held.moveReaderIndex(forwardBy: head)
    return Frame(isLast: first & 0x80 != 0, opcode: opcode, payload: held.readBytes(length: count) ?? [])
  }

  private mutating func take(
    _ frame: Frame, _ mask: inout CallAnswerMask, _ out: inout ByteBuffer
  ) throws(MaskingFailure) {
    switch frame.opcode {
    case Opcode.close:
      // A status of two bytes, and a reason (§5.5.1).
      let reason = mask.message(Array(frame.payload.dropFirst(2)), isText: true)
      Self.write(Opcode.close, Self.clipped(Array(frame.payload.prefix(2)) + reason), into: &out)
    case Opcode.ping, Opcode.pong: Self.write(frame.opcode, mask.message(frame.payload, isText: false), into: &out)
    default:
      guard (frame.opcode == Opcode.continuation) == (message != nil) else {
        throw MaskingFailure(reason: "a message of WebSocket begins within another, or goes on before it began")
      }
      var now = message ?? (frame.opcode, [])
      message = nil
      now.bytes += frame.payload
      guard frame.isLast else { return message = now }
      Self.write(now.opcode, mask.message(now.bytes, isText: now.opcode == Opcode.text), into: &out)
    }
  }

  /// No longer than a control frame may be, without half of a character.
  private static func clipped(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > controlLimit else { return bytes }
    var end = controlLimit
    while end > 2, bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(bytes.prefix(end))
  }

  private static func write(_ opcode: UInt8, _ payload: [UInt8], into out: inout ByteBuffer) {
    out.writeInteger(0x80 | opcode)
    if payload.count < 126 {
      out.writeInteger(UInt8(clamping: payload.count))
    } else if payload.count <= 0xFFFF {
      out.writeInteger(UInt8(126))
      out.writeInteger(UInt16(clamping: payload.count))
    } else {
      out.writeInteger(UInt8(127))
      out.writeInteger(UInt64(clamping: payload.count))
    }
    out.writeBytes(payload)
  }
}
