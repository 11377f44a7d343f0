/// Bounds on what the parser believes and holds.
enum HTTPLimits {
  /// Bytes of one line of a head, and of a chunk's size line: several times what servers take (nginx: 32 KiB at most).
  static let lineLength = 64 << 10
  /// Bytes of a head or trailer section.
  static let headLength = 256 << 10
  /// Fields of a head or trailer section.
  static let fieldCount = 1_000
  /// A start line that is not whole yet is taken for one when so much of it is there and it begins with a known method.
  static let recognizedLineLength = 2 << 10
  /// Letters of a method that nobody registered.
  static let methodLength = 32

  /// Requests that wait for their answers.
  static let pendingRequests = 2_000
  /// The same while nothing at all came from the server: half a capture.
  static let unansweredRequests = 64
  /// Bytes of request bodies that are kept for requests that wait.
  static let pendingBytes: UInt64 = 64 << 20
  /// Bytes of the client that are held until it is known what the connection becomes; also of a server that speaks first.
  static let heldLength = 64 << 10
  /// Pieces and gaps so held.
  static let heldPieces = 4_096
  /// Informational responses kept of one request.
  static let informational = 100

  /// Anomalies of one flow that are listed one by one.
  static let anomalies = 1_000
}
