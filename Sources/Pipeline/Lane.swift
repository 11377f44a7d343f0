import Decryption
import Model
import Parsers

/// One stream of bytes on its way through a parser: a flow as captured, what TLS hid, or a stream inside another.
final class Lane {
  /// What was received before it is known which protocol it is.
  enum Piece {
    case bytes([UInt8], Direction, StreamPosition)
    case gap(Gap, Direction, StreamPosition)
  }

  enum Stage {
    /// The first bytes are collected until someone recognises them.
    case opening
    case parsing(ParserBox)
    /// TLS or SSH; what comes out of it goes into the other lane.
    case decrypting(DecryptorBox, Lane)
    /// No one knows it, or it cannot be decrypted: bytes are counted only.
    case opaque
  }

  /// The session that its exchanges belong to.
  let session: FlowState
  /// Lanes around it.
  let depth: Int
  /// Its bytes were encrypted on the wire.
  var isSecure: Bool
  var stage = Stage.opening
  /// The parser found that what was taken for the client is the server.
  var isReversed = false
  var pieces: [Piece] = []
  var openingFromClient: [UInt8] = []
  var openingFromServer: [UInt8] = []
  /// Streams inside this one, by the parser's name for them.
  var tunnels: [TunnelID: Lane] = [:]
  /// Bytes that could not be decrypted, since when.
  var undecrypted = Opaque(reason: .tls, clientByteCount: 0, serverByteCount: 0)
  var undecryptedSince: StreamPosition?

  init(_ session: FlowState, depth: Int = 0, isSecure: Bool = false) {
    self.session = session
    self.depth = depth
    self.isSecure = isSecure
  }

  /// It is the session's own stream, not one within it.
  var isRoot: Bool { session.root === self }

  /// Lets go of what was collected for recognition.
  func release() {
    pieces = []
    openingFromClient = []
    openingFromServer = []
  }
}
