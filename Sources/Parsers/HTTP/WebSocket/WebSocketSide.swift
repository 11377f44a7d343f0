import Bytes
import Codings
import Model

/// Frames of one direction, joined to messages.
///
///     +-+-+-+-+-------+-+-------------+-------------------------------+
///     |F|R|R|R| opcode|M| length (7)  | length (0, 16 or 64), mask (0 |
///     |I|S|S|S|  (4)  |A|             | or 32), payload               |
///     |N|1|2|3|       |S|             |                               |
///     +-+-+-+-+-------+-+-------------+-------------------------------+
struct WebSocketSide {
  /// Bytes of one message that are held.
  static let messageLimit = 16 << 20
  /// Decompressed bytes of one message after which its side is not decompressed any more.
  private static let inflatedLimit = 256 << 20

  struct Outcome {
    var records: [StreamRecord] = []
    var anomalies: [(Anomaly.Code, String, StreamPosition)] = []
    private(set) var incompleteReason: String?

    /// The first reason is the one that is told.
    mutating func note(_ reason: String) { if incompleteReason == nil { incompleteReason = reason } }
  }

  private struct Message {
    var kind: StreamRecord.Kind
    var isCompressed: Bool
    var bytes: [UInt8] = []
    var byteCount: UInt64 = 0
    var isDamaged = false
  }

  private enum Stage {
    case head
    case payload(left: UInt64)
    case opaque
  }

  private let direction: Direction
  private let deflate: WebSocketDeflate
  private let limit: Int
  private var stage = Stage.head
  private var head: [UInt8] = []
  private var begin: StreamPosition?
  private var opcode: UInt8 = 0
  private var isFinal = false
  private var mask: [UInt8] = []
  private var maskIndex: UInt64 = 0
  private var message: Message?
  private var control: [UInt8] = []
  private var isControlDamaged = false
  private var inflater: InflateDecoder?
  private var isContextLost = false
  private(set) var opaqueByteCount: UInt64 = 0

  init(_ direction: Direction, _ deflate: WebSocketDeflate, limit: Int) {
    self.direction = direction
    self.deflate = deflate
    self.limit = limit
    if deflate.isOn { inflater = InflateDecoder(.raw) }
  }

  private var isControl: Bool { opcode >= 8 }

  mutating func receive(_ bytes: Span<UInt8>, _ position: StreamPosition, _ outcome: inout Outcome) {
    var index = 0
    while index < bytes.count {
      switch stage {
      case .opaque:
        opaqueByteCount += UInt64(bytes.count - index)
        return
      case .head:
        if head.isEmpty { begin = position.advanced(by: index) }
        head.append(bytes[index])
        index += 1
        if head.count == headLength { readHead(position, &outcome) }
      case .payload(let left):
        let count = Int(min(left, UInt64(bytes.count - index)))
        take(bytes.extracting(index..<(index + count)))
        index += count
        stage = .payload(left: left - UInt64(count))
        if left == UInt64(count) { endFrame(position, &outcome) }
      }
    }
  }

  /// Bytes of the frame's head, as far as it is known.
  private var headLength: Int {
    guard head.count >= 2 else { return 2 }
    let extended = head[1] & 0x7f == 126 ? 2 : head[1] & 0x7f == 127 ? 8 : 0
    return 2 + extended + (head[1] & 0x80 == 0 ? 0 : 4)
  }

  private mutating func readHead(_ position: StreamPosition, _ outcome: inout Outcome) {
    let place = begin ?? position
    let isMasked = head[1] & 0x80 != 0
    var length = UInt64(head[1] & 0x7f)
    let lengthBytes = length == 126 ? 2 : length == 127 ? 8 : 0
    if lengthBytes > 0 {
      length = 0
      for byte in head[2..<(2 + lengthBytes)] { length = length << 8 | UInt64(byte) }
    }
    let bits = head[0] & 0x70
    opcode = head[0] & 0x0f
    isFinal = head[0] & 0x80 != 0
    mask = isMasked ? Array(head.suffix(4)) : []
    maskIndex = 0
    head = []
    let isContinuation = opcode == 0
    let isKnown = opcode <= 2 || (8...10).contains(opcode)
    guard isKnown, length <= UInt64(Int64.max) else {
      let what = isKnown ? "its length has the highest bit set" : "its opcode is \(opcode)"
      outcome.anomalies.append(("websocket-frame", "a frame cannot be read: \(what)", place))
      outcome.note("a WebSocket frame could not be read")
      stage = .opaque
      opaqueByteCount += 2
      return
    }
    let mayBeCompressed = deflate.isOn && !isControl && !isContinuation
    if bits & ~(mayBeCompressed ? 0x40 : 0) != 0 {
      outcome.anomalies.append(
        ("websocket-reserved-bits", "a frame has reserved bits set that nobody agreed on", place))
    }
    // RFC 6455 §5.1: a client masks all frames, a server none.
    if isMasked != (direction == .fromClient) {
      outcome.anomalies.append(
        ("websocket-mask", isMasked ? "the server masked a frame" : "the client did not mask a frame", place))
    }
    if isControl {
      if length > 125 || !isFinal {
        let detail = "a control frame is \(isFinal ? "longer than 125 bytes" : "in fragments")"
        outcome.anomalies.append(("websocket-control-frame", detail, place))
      }
      control = []
      isControlDamaged = false
    } else if isContinuation {
      if message == nil {
        outcome.anomalies.append(("websocket-fragment", "a fragment continues no message", place))
        message = Message(kind: .binary, isCompressed: false, isDamaged: true)
      }
    } else {
      if message != nil {
        outcome.anomalies.append(("websocket-fragment", "a message begins within another", place))
        endMessage(position, &outcome, isWhole: false)
      }
      message = Message(kind: opcode == 1 ? .text : .binary, isCompressed: mayBeCompressed && bits & 0x40 != 0)
    }
    stage = .payload(left: length)
    if length == 0 { endFrame(position, &outcome) }
  }

  private mutating func take(_ bytes: Span<UInt8>) {
    var plain = bytes.array
    if mask.count == 4 {
      var key: InlineArray<4, UInt8> = [0, 0, 0, 0]
      for index in 0..<4 { key[index] = mask[Int(truncatingIfNeeded: maskIndex &+ UInt64(index)) & 3] }
      for index in plain.indices { plain[index] ^= key[index & 3] }
    }
    maskIndex &+= UInt64(bytes.count)
    if isControl {
      control.append(contentsOf: plain.prefix(max(0, limit - control.count)))
    } else {
      message?.byteCount += UInt64(plain.count)
      let room = max(0, limit - (message?.bytes.count ?? 0))
      message?.bytes.append(contentsOf: plain.prefix(room))
    }
  }

  private mutating func endFrame(_ position: StreamPosition, _ outcome: inout Outcome) {
    stage = .head
    guard isControl else {
      if isFinal { endMessage(position, &outcome, isWhole: true) }
      return
    }
    let kind: StreamRecord.Kind = opcode == 8 ? .close : opcode == 9 ? .ping : .pong
    if kind == .close, !isControlDamaged { checkClose(begin ?? position, &outcome) }
    outcome.records.append(StreamRecord(at: position.time, direction: direction, kind: kind, bytes: control))
    control = []
  }

  private func checkClose(_ place: StreamPosition, _ outcome: inout Outcome) {
    guard !control.isEmpty else { return }
    guard control.count >= 2 else {
      return outcome.anomalies.append(("websocket-close", "a close frame has one byte, so no code", place))
    }
    let code = Int(control[0]) << 8 | Int(control[1])
    // RFC 6455 §7.4: these are not sent, or not assigned.
    if code < 1000 || code > 4999 || [1004, 1005, 1006, 1015].contains(code) || (1016..<3000).contains(code) {
      outcome.anomalies.append(("websocket-close", "the close code \(code) must not be sent", place))
    }
    let reason = control.span.extracting(2..<control.count)
    if !reason.isUTF8 {
      outcome.anomalies.append(("websocket-text", "the reason of a close frame is no UTF-8", place))
    }
  }

  private mutating func endMessage(_ position: StreamPosition, _ outcome: inout Outcome, isWhole: Bool) {
    guard var done = message else { return }
    message = nil
    let place = begin ?? position
    if done.byteCount > UInt64(done.bytes.count), !done.isDamaged {
      let counts = "\(UInt64(done.bytes.count).grouped) of \(done.byteCount.grouped)"
      outcome.anomalies.append(("websocket-message-cut", "\(counts) bytes of a message are kept", place))
      outcome.note("a WebSocket message is longer than what is kept")
      done.isDamaged = true
    }
    if done.isCompressed { inflate(&done, place, &outcome) }
    if done.kind == .text, !done.isDamaged, isWhole, !done.bytes.span.isUTF8 {
      outcome.anomalies.append(("websocket-text", "a text message is no UTF-8", place))
    }
    outcome.records.append(
      StreamRecord(at: position.time, direction: direction, kind: done.kind, bytes: done.bytes))
  }

  /// RFC 7692 §7.2.2: the end of the last block is put back, and the message inflated.
  private mutating func inflate(_ message: inout Message, _ place: StreamPosition, _ outcome: inout Outcome) {
    let takesOver = direction == .fromClient ? deflate.clientTakesOver : deflate.serverTakesOver
    if !takesOver {
      inflater?.reset()
      isContextLost = false
    }
    guard !isContextLost, let inflater else {
      message.kind = .binary
      outcome.note("WebSocket messages after a gap could not be decompressed")
      return
    }
    var output: [UInt8] = []
    var total = 0
    let room = limit
    let sink: (Span<UInt8>) -> Bool = { bytes in
      total += bytes.count
      output.append(contentsOf: bytes.extracting(0..<min(bytes.count, max(0, room - output.count))))
      return total <= Self.inflatedLimit
    }
    let tail: [UInt8] = [0, 0, 0xff, 0xff]
    let isSound = inflater.decode(message.bytes.span, sink) && (message.isDamaged || inflater.decode(tail.span, sink))
    if !isSound || message.isDamaged {
      isContextLost = true
      if !message.isDamaged {
        outcome.anomalies.append(("websocket-deflate", "a compressed message is damaged or far too large", place))
      }
      outcome.note("a WebSocket message could not be decompressed")
      message.isDamaged = true
    } else if total > output.count {
      outcome.anomalies.append(("websocket-message-cut", "a message of \(UInt64(total).grouped) bytes is cut", place))
      outcome.note("a WebSocket message is longer than what is kept")
      message.isDamaged = true
    }
    message.bytes = output
  }

  mutating func lose(_ count: UInt64, _ position: StreamPosition, _ outcome: inout Outcome) {
    switch stage {
    case .opaque: opaqueByteCount &+= count
    case .payload(let left) where count <= left:
      if isControl { isControlDamaged = true } else { message?.isDamaged = true }
      outcome.anomalies.append(("websocket-gap", "\(count.grouped) bytes of a message are missing", position))
      maskIndex &+= count
      stage = .payload(left: left - count)
      if left == count { endFrame(position, &outcome) }
    case .payload, .head:
      if message != nil {
        message?.isDamaged = true
        endMessage(position, &outcome, isWhole: false)
      }
      head = []
      stage = .opaque
      outcome.anomalies.append(
        ("websocket-gap", "\(count.grouped) bytes are missing, and with them where the next frame begins", position))
    }
  }

  /// Gives what is not whole.
  mutating func finish(_ position: StreamPosition, _ outcome: inout Outcome) {
    if case .opaque = stage { return }
    if message != nil {
      message?.isDamaged = true
      outcome.note("the capture ended in a WebSocket message")
      endMessage(position, &outcome, isWhole: false)
    } else if !head.isEmpty {
      outcome.note("the capture ended in a WebSocket frame")
    } else if case .payload = stage {
      outcome.note("the capture ended in a WebSocket frame")
    }
  }
}
