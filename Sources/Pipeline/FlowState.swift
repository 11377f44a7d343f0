import Model
import Parsers

/// One flow on its way through a parser.
final class FlowState {
  /// What was received before it is known which protocol it is.
  enum Piece {
    case bytes([UInt8], Direction, StreamPosition)
    case gap(Gap, Direction, StreamPosition)
  }

  enum Stage {
    /// The first bytes are collected until a parser recognises them.
    case opening
    case parsing(ParserBox)
    /// No parser knows it: bytes are counted only.
    case opaque
  }

  var flow: Flow
  var stage = Stage.opening
  /// The parser found that what was taken for the client is the server.
  var isReversed = false
  var pieces: [Piece] = []
  var openingFromClient: [UInt8] = []
  var openingFromServer: [UInt8] = []
  var isAnnounced = false
  var bytesFromClient: UInt64 = 0
  var bytesFromServer: UInt64 = 0
  var missingBytes: UInt64 = 0
  var lastAt: Timestamp
  /// The gap of each direction that waits for the time of the next byte after it.
  var pendingGaps: [Direction: (gap: Gap, at: Timestamp)] = [:]

  init(_ flow: Flow) {
    self.flow = flow
    lastAt = flow.openedAt
  }
}
