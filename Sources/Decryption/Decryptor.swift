public import Model

/// A stage that turns both directions of one encrypted connection into what they carry in the clear.
///
/// The Pipeline applies it wherever the encryption is recognised; what comes out goes round the pipeline again.
public protocol Decryptor {
  /// The encryption by its name in session facts: `tls`, `ssh`.
  static var encryption: String { get }

  init(keys: KeyRing, flow: FlowID)

  /// The next bytes of one direction, in order.
  mutating func receive(
    _ bytes: Span<UInt8>, from: Direction, at: StreamPosition, into events: inout [DecryptionEvent])
  /// Bytes of one direction that are lost.
  mutating func skip(_ gap: Gap, from: Direction, at: StreamPosition, into events: inout [DecryptionEvent])
  /// The connection is over.
  mutating func finish(at: StreamPosition, into events: inout [DecryptionEvent])
}

/// What every decryptor says in the same words.
protocol ConnectionDecryptor: Decryptor {
  var flow: FlowID { get }
  /// Some of it was opened.
  var hasDecrypted: Bool { get }
  /// Nothing more comes of it.
  var isOpaque: Bool { get set }
}

extension ConnectionDecryptor {
  func anomaly(_ code: Anomaly.Code, _ detail: String, _ at: StreamPosition) -> Anomaly {
    Anomaly(code, detail, origin: at.origin, flow: flow, time: at.time)
  }

  /// Gives the connection up, and says why once.
  mutating func close(_ reason: String, into events: inout [DecryptionEvent]) {
    guard !isOpaque else { return }
    isOpaque = true
    if !hasDecrypted {
      var facts = SessionFacts()
      facts.encryption = Self.encryption
      facts.isDecrypted = false
      events.append(.facts(facts))
    }
    events.append(.opaque(reason: reason))
  }
}
