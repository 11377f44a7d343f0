import Bytes
import Model
import TestKit

@testable import Decryption

/// What the SSH decryptor made of a wire.
struct SSHOpened: Equatable {
  var client: [UInt8] = []
  var server: [UInt8] = []
  var clientGaps: [UInt64] = []
  var serverGaps: [UInt64] = []
  var anomalies: [String] = []
  var parameters: [String: String] = [:]
  var application: String?
  var serverVersion: String?
  var encryption: String?
  var isDecrypted: Bool?
  var opaque: [String] = []
  /// Something came after the event that says that nothing can be read any more.
  var spokeAfterOpaque = false
  /// Places of plain bytes go forward within each direction.
  var isInOrder = true
  /// A `.plain` event held something else than whole packets or lines.
  var hasBrokenPieces = false
  /// The payloads of the packets of each direction, with where they began.
  var payloads = PerDirection<[[UInt8]]>([], [])

  var lossIsSaid: Bool { !(clientGaps + serverGaps).isEmpty || !anomalies.isEmpty || !opaque.isEmpty }
  var gapCount: UInt64 { (clientGaps + serverGaps).reduce(0, +) }

  init(_ wire: Wire, _ keys: KeyRing = KeyRing(), isFinished: Bool = true) {
    var decryptor = SSHDecryptor(keys: keys, flow: FlowID(7))
    var offsets = PerDirection<UInt64>(0, 0)
    var last = PerDirection<UInt64>(0, 0)
    var events: [DecryptionEvent] = []
    func position(_ direction: Direction) -> StreamPosition {
      StreamPosition(time: Timestamp(nanoseconds: 1), origin: Origin(source: 1, packet: 2, offset: offsets[direction]))
    }
    for (from, part) in wire.parts {
      switch part {
      case .bytes(let bytes): decryptor.receive(bytes.span, from: from, at: position(from), into: &events)
      case .lost(let count):
        let gap = Gap(byteCount: UInt64(count), reason: .notCaptured)
        decryptor.skip(gap, from: from, at: position(from), into: &events)
      }
      offsets[from] += UInt64(part.count)
      take(events, &last)
      events = []
    }
    guard isFinished else { return }
    decryptor.finish(at: position(.fromClient), into: &events)
    take(events, &last)
  }

  private mutating func take(_ events: [DecryptionEvent], _ last: inout PerDirection<UInt64>) {
    for event in events {
      if !opaque.isEmpty { spokeAfterOpaque = true }
      switch event {
      case .plain(let bytes, let from, let at):
        if from == .fromClient { client += bytes } else { server += bytes }
        if at.origin.offset < last[from] { isInOrder = false }
        last[from] = at.origin.offset
        split(bytes, from)
      case .gap(let gap, let from, _):
        if from == .fromClient { clientGaps.append(gap.byteCount) } else { serverGaps.append(gap.byteCount) }
      case .facts(let facts):
        parameters.merge(facts.parameters) { _, new in new }
        application = facts.application ?? application
        serverVersion = facts.serverVersion ?? serverVersion
        encryption = facts.encryption ?? encryption
        isDecrypted = facts.isDecrypted ?? isDecrypted
      case .anomaly(let anomaly): anomalies.append(anomaly.code.name)
      case .opaque(let reason): opaque.append(reason)
      }
    }
  }

  private mutating func split(_ bytes: [UInt8], _ from: Direction) {
    if payloads[from].isEmpty, bytes.last == 0x0a, bytes.count < 5 || bytes[0] >= 0x20 { return }
    var reader = ByteReader(bytes.span)
    while !reader.isAtEnd {
      guard let length = try? reader.readUInt32(), let packet = try? reader.read(Int(length)), packet.count > 4,
        (packet.count + 4) % 8 == 0, packet[0] >= 4, Int(packet[0]) < packet.count
      else {
        hasBrokenPieces = true
        return
      }
      payloads[from].append(packet.extracting(1..<packet.count - Int(packet[0])).array)
    }
  }
}
