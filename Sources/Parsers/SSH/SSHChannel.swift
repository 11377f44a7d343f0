import Bytes
import Model

/// One channel (RFC 4254 §5).
struct SSHChannel {
  enum Kind {
    /// A program on the other side.
    case session(SSHSession)
    /// A connection carried inside; nil where nothing is handed on.
    case forwarding(Forwarding, TunnelID?)
    /// A type that we have no name for.
    case other
  }

  /// A request that wants an answer.
  enum Request {
    case terminal
    case agent
    case x11
    /// The program of the session.
    case program
    /// One more program; its place in the list.
    case furtherProgram(Int)
    case other
  }

  /// In the order of opening, from 0.
  let number: UInt32
  let opener: Direction
  let type: String
  let begin: StreamPosition
  /// The opener's number for it, and the other end's.
  let openerNumber: UInt32
  var acceptorNumber: UInt32?
  var kind: Kind
  /// Bytes that a direction may still send, and the most of one packet.
  var window: SSHBoth<Int64>
  var maximumPacket: SSHBoth<UInt32>
  /// Bytes of its packets on the wire.
  var byteCount = SSHBoth<UInt64>(0, 0)
  var hasEnded = SSHBoth(false, false)
  var hasClosed = SSHBoth(false, false)
  var pending = SSHBoth<SSHRequestQueue<Request>>(SSHRequestQueue(), SSHRequestQueue())
  var firstResponseAt: Timestamp?
  var lastAt: Timestamp
  var incompleteReason: String?
  /// Windows are no longer known: messages were lost.
  var isWindowUnknown = false
  /// What was reported of it already; each is said once.
  var reported: Set<String> = []

  init(
    number: UInt32, opener: Direction, type: String, begin: StreamPosition, openerNumber: UInt32, kind: Kind,
    window: UInt32, maximumPacket: UInt32
  ) {
    self.number = number
    self.opener = opener
    self.type = type
    self.begin = begin
    self.openerNumber = openerNumber
    self.kind = kind
    // The opener says how much the other end may send.
    let toOpener = Int64(window)
    self.window = opener == .fromClient ? SSHBoth(0, toOpener) : SSHBoth(toOpener, 0)
    self.maximumPacket = opener == .fromClient ? SSHBoth(.max, maximumPacket) : SSHBoth(maximumPacket, .max)
    lastAt = begin.time
  }

  var isOpen: Bool { acceptorNumber != nil }

  mutating func note(_ reason: String) { if incompleteReason == nil { incompleteReason = reason } }

  /// Counts a packet of it.
  mutating func count(_ envelope: SSHEnvelope) {
    byteCount[envelope.direction] += UInt64(envelope.byteCount)
    lastAt = max(lastAt, envelope.endTime)
    if envelope.direction != opener, firstResponseAt == nil { firstResponseAt = envelope.begin.time }
  }

  /// Packets of a direction were lost, and some may have been of this channel.
  mutating func noteLoss(
    _ direction: Direction, _ reason: String, _ count: UInt64, _ position: StreamPosition,
    _ events: inout [ParserEvent]
  ) {
    note(reason)
    isWindowUnknown = true
    // Which answer belongs to which request is no longer known.
    pending[direction.reversed] = SSHRequestQueue()
    switch kind {
    case .session(let session): session.program?.content.skip(direction, at: position, &events)
    case .forwarding(_, let tunnel?):
      guard count > 0 else { return }
      let gap = Gap(byteCount: count, reason: .notCaptured)
      events.append(.tunnel(.gap(tunnel, gap, from: direction == opener ? .fromClient : .fromServer, at: position)))
    case .forwarding, .other: break
    }
  }
}
