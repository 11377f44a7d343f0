import Decryption
import Model

/// A decryptor in a place of its own: it is changed there, and never copied or moved.
class DecryptorBox {
  /// `tls`, `ssh`.
  let name: String

  fileprivate init(name: String) { self.name = name }

  static func make<D: Decryptor>(_: D.Type, keys: KeyRing, flow: FlowID) -> DecryptorBox {
    Holding(D(keys: keys, flow: flow))
  }

  func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [DecryptionEvent]
  ) {}
  func skip(_ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [DecryptionEvent]) {}
  func finish(at position: StreamPosition, into events: inout [DecryptionEvent]) {}
}

private final class Holding<D: Decryptor>: DecryptorBox {
  private var decryptor: D

  init(_ decryptor: D) {
    self.decryptor = decryptor
    super.init(name: D.encryption)
  }

  override func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [DecryptionEvent]
  ) { decryptor.receive(bytes, from: direction, at: position, into: &events) }

  override func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [DecryptionEvent]
  ) { decryptor.skip(gap, from: direction, at: position, into: &events) }

  override func finish(at position: StreamPosition, into events: inout [DecryptionEvent]) {
    decryptor.finish(at: position, into: &events)
  }
}
