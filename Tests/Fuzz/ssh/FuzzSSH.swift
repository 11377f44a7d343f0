import Bytes
import Decryption
import Model

/// The input is a key log with its length before it, and then a list of parts: kind, length, bytes. Bit 0 of the kind is
/// the direction; with bit 1 the length is that of a gap and no bytes follow.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSSH(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard bytes.count >= 2 else { return 0 }
  let keyCount = min(Int(bytes[0]) << 8 | Int(bytes[1]), bytes.count - 2)
  var index = 2 + keyCount
  let log = Array(bytes[2..<index])
  var ring = KeyRing()
  let reading = ring.add(log.span)
  precondition(reading.secretCount + reading.privateKeyCount > 0 || ring.isEmpty, "keys from nowhere")
  _ = KeyRing.recognizes(log.span)

  var parts: [Part] = []
  while index + 3 <= bytes.count {
    let kind = bytes[index]
    let length = Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
    index += 3
    let from: Direction = kind & 1 == 0 ? .fromClient : .fromServer
    if kind & 2 != 0 {
      parts.append(Part(from: from, bytes: [], lost: length))
    } else {
      let end = min(bytes.count, index + length)
      parts.append(Part(from: from, bytes: Array(bytes[index..<end]), lost: 0))
      index = end
    }
  }
  recognize(parts)
  _ = Outcome(parts, KeyRing(), pieceCount: 7)
  let whole = Outcome(parts, ring, pieceCount: .max)
  let single = Outcome(parts, ring, pieceCount: 1)
  // Behind a loss the ends of segments are a hint to where packets begin.
  guard !whole.isDamaged, !single.isDamaged else { return 0 }
  precondition(whole.client.plain == single.client.plain, "how the client's bytes are cut makes a difference")
  precondition(whole.server.plain == single.server.plain, "how the server's bytes are cut makes a difference")
  precondition(whole.parameters == single.parameters, "how the bytes are cut makes a difference to facts")
  precondition(whole.opaque == single.opaque, "how the bytes are cut makes a difference to the end")
  return 0
}

struct Part {
  var from: Direction
  var bytes: [UInt8]
  var lost: Int
}

func recognize(_ parts: [Part]) {
  let client = parts.first { $0.from == .fromClient }?.bytes ?? []
  let server = parts.first { $0.from == .fromServer }?.bytes ?? []
  for isMidstream in [false, true] {
    _ = SSHDecryptor.recognize(Opening(fromClient: client.span, fromServer: server.span, isMidstream: isMidstream))
  }
}

/// What a decryptor gives, checked against what it promises.
struct Outcome {
  struct Side {
    var plain: [UInt8] = []
    /// Bytes of the wire.
    var offset: UInt64 = 0
    var lastPlace: UInt64 = 0
    var hasIdentification = false
  }

  var client = Side()
  var server = Side()
  var parameters: [String: String] = [:]
  var opaque: String?
  /// Bytes are missing, or something was strange.
  var isDamaged = false

  init(_ parts: [Part], _ keys: KeyRing, pieceCount: Int) {
    var decryptor = SSHDecryptor(keys: keys, flow: FlowID(1))
    var events: [DecryptionEvent] = []
    for part in parts {
      var start = 0
      while start < part.bytes.count {
        let end = part.bytes.count - start > pieceCount ? start + pieceCount : part.bytes.count
        let piece = Array(part.bytes[start..<end])
        decryptor.receive(piece.span, from: part.from, at: position(part.from), into: &events)
        self[part.from].offset += UInt64(piece.count)
        start = end
        take(&events)
      }
      if part.lost > 0 {
        decryptor.skip(
          Gap(byteCount: UInt64(part.lost), reason: .notCaptured), from: part.from, at: position(part.from),
          into: &events)
        self[part.from].offset += UInt64(part.lost)
        take(&events)
      }
    }
    decryptor.finish(at: position(.fromClient), into: &events)
    take(&events)
  }

  private func position(_ from: Direction) -> StreamPosition {
    StreamPosition(time: Timestamp(nanoseconds: 1), origin: Origin(source: 0, packet: 1, offset: self[from].offset))
  }

  private mutating func take(_ events: inout [DecryptionEvent]) {
    for event in events {
      precondition(opaque == nil, "it speaks after it said opaque")
      switch event {
      case .plain(let bytes, let from, let at):
        precondition(!bytes.isEmpty, "an empty piece")
        precondition(at.origin.offset >= self[from].lastPlace, "a piece before the one before it")
        self[from].lastPlace = at.origin.offset
        self[from].plain += bytes
        check(bytes)
      case .gap(let gap, _, _):
        precondition(gap.byteCount > 0, "an empty gap")
        isDamaged = true
      case .facts(let facts): parameters.merge(facts.parameters) { _, new in new }
      case .anomaly: isDamaged = true
      case .opaque(let reason): opaque = reason
      }
    }
    events = []
  }

  /// A piece is a line, or whole packets.
  private func check(_ bytes: [UInt8]) {
    if bytes.last == 0x0a, bytes[0] != 0 { return }
    var reader = ByteReader(bytes.span)
    while !reader.isAtEnd {
      guard let length = try? reader.readUInt32(), let packet = try? reader.read(Int(length)), packet.count >= 5,
        (packet.count + 4) % 8 == 0, packet[0] >= 4, Int(packet[0]) < packet.count
      else {
        if bytes.last == 0x0a { return }
        preconditionFailure("a piece that is no packets")
      }
    }
  }

  private subscript(_ direction: Direction) -> Side {
    get { direction == .fromClient ? client : server }
    set {
      if direction == .fromClient { client = newValue } else { server = newValue }
    }
  }
}
