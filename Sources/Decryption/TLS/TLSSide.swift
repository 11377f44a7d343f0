import Model

/// One direction of a connection.
struct TLSSide {
  enum Protection {
    case clear
    case sealed(RecordCipher)
    /// The first cipher that opens a record, within `window` lost records, is the one.
    case seeking([RecordCipher], window: UInt64)
    /// No key opens what comes.
    case closed
  }

  var protection = Protection.clear
  var handshake = HandshakeBuffer()
  /// The beginning of a record whose end has not come.
  var pending: [UInt8] = []
  var pendingStart: StreamPosition?
  /// A record boundary has to be found.
  var isSearching = false
  /// Bytes of a record that a gap hit, still to come.
  var skipCount = 0
  /// Text of this side was opened.
  var hasSpoken = false
  var failures = 0
  /// Bytes lost while nothing was sealed yet, which may have held more than the rest of the handshake.
  var clearLoss: (count: UInt64, at: StreamPosition)?
}
