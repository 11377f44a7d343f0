import Decryption
import Model

/// A decryptor in a place of its own: it is changed there, and never copied or moved.
class DecryptorBox {
  /// `tls`, `ssh`.
  let name: String

  fileprivate init(name: String) { self.name = name }

  func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [DecryptionEvent]
  ) {}
  func skip(_ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [DecryptionEvent]) {}
  func finish(at position: StreamPosition, into events: inout [DecryptionEvent]) {}
}

final class TLSBox: DecryptorBox {
  private var decryptor: TLSDecryptor

  init(keys: KeyRing, flow: FlowID) {
    decryptor = TLSDecryptor(keys: keys, flow: flow)
    super.init(name: "tls")
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

final class SSHBox: DecryptorBox {
  private var decryptor: SSHDecryptor

  init(keys: KeyRing, flow: FlowID) {
    decryptor = SSHDecryptor(keys: keys, flow: flow)
    super.init(name: "ssh")
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
