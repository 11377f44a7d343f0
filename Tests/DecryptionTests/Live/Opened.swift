import Bytes
import Model
import TestKit

@testable import Decryption

/// What a decryptor made of a wire.
struct Opened: Equatable {
  /// What one record held.
  struct Piece: Hashable {
    var from: Direction
    /// Of the record within its direction.
    var offset: UInt64
    var bytes: [UInt8]
  }

  var pieces: [Piece] = []
  var plain = PlainText()
  var clientGaps: [UInt64] = []
  var serverGaps: [UInt64] = []
  var anomalies: [String] = []
  var parameters: [String: String] = [:]
  var isDecrypted: Bool?
  var opaque: [String] = []
  /// Something came after the event that says that nothing can be read any more.
  var spokeAfterOpaque = false
  /// Places of plain bytes go forward within each direction.
  var isInOrder = true

  var lossIsSaid: Bool { !(clientGaps + serverGaps).isEmpty || !anomalies.isEmpty || !opaque.isEmpty }

  init(_ wire: Wire, _ keys: KeyRing, isFinished: Bool = true) {
    var decryptor = TLSDecryptor(keys: keys, flow: FlowID(7))
    var offsets: [Direction: UInt64] = [:]
    var last: [Direction: UInt64] = [:]
    func position(_ direction: Direction) -> StreamPosition {
      StreamPosition(
        time: Timestamp(nanoseconds: 1), origin: Origin(source: 1, packet: 2, offset: offsets[direction] ?? 0))
    }
    func take(_ events: [DecryptionEvent], into out: inout Opened) {
      for event in events {
        if !out.opaque.isEmpty { out.spokeAfterOpaque = true }
        switch event {
        case .plain(let bytes, let from, let at):
          out.pieces.append(Piece(from: from, offset: at.origin.offset, bytes: bytes))
          if from == .fromClient { out.plain.client += bytes } else { out.plain.server += bytes }
          if let before = last[from], at.origin.offset < before { out.isInOrder = false }
          last[from] = at.origin.offset
        case .gap(let gap, let from, _):
          if from == .fromClient { out.clientGaps.append(gap.byteCount) } else { out.serverGaps.append(gap.byteCount) }
        case .facts(let facts):
          out.parameters.merge(facts.parameters) { _, new in new }
          out.isDecrypted = facts.isDecrypted ?? out.isDecrypted
        case .anomaly(let anomaly): out.anomalies.append(anomaly.code.name)
        case .opaque(let reason): out.opaque.append(reason)
        }
      }
    }
    for (from, part) in wire.parts {
      var events: [DecryptionEvent] = []
      switch part {
      case .bytes(let bytes): decryptor.receive(bytes.span, from: from, at: position(from), into: &events)
      case .lost(let count):
        decryptor.skip(
          Gap(byteCount: UInt64(count), reason: .notCaptured), from: from, at: position(from), into: &events)
      }
      offsets[from, default: 0] += UInt64(part.count)
      take(events, into: &self)
    }
    guard isFinished else { return }
    var events: [DecryptionEvent] = []
    decryptor.finish(at: position(.fromClient), into: &events)
    take(events, into: &self)
  }
}
