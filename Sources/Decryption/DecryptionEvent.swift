public import Model

/// What a decryptor gives.
public enum DecryptionEvent: Sendable {
  /// Bytes in the clear, at the place of the record that held them.
  case plain([UInt8], from: Direction, at: StreamPosition)
  /// Bytes of the clear stream that are lost: a gap hid their records, or they do not open.
  case gap(Gap, from: Direction, at: StreamPosition)
  /// What the handshake tells: `encryption`, `isDecrypted`, and `parameters` under `tls.…`.
  case facts(SessionFacts)
  case anomaly(Anomaly)
  /// From here on nothing can be read, and why in a few words: `no keys in the key log`. Comes at most once; what follows
  /// need not be given.
  case opaque(reason: String)
}
