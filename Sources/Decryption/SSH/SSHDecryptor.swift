import Bytes
public import Model

/// Turns both directions of one SSH connection into the packets they carry, in the clear.
///
/// What comes out is, for each direction, its identification line and the server's lines before it as on the wire, and
/// then every packet in the framing of RFC 4253 §6 as with cipher, MAC and compression `none`.
public struct SSHDecryptor: ConnectionDecryptor {
  public static let encryption = "ssh"
  /// A direction that comes before the other one's half of a key exchange waits with so much.
  static let waitingLimit = 4 << 20
  /// Packets in a row that do not open, after which a new boundary is looked for.
  static let failureLimit = 2
  /// Work that the search for packets behind gaps may cost in one connection, in headers deciphered.
  static let searchLimit = 4 << 20
  /// What one event carries, about.
  static let outputLimit = 1 << 20

  let keys: KeyRing
  let flow: FlowID
  var sides = PerDirection(SSHSide(), SSHSide())
  var identifications = PerDirection<Identification?>(nil, nil)
  var exchange = SSHExchange(number: 1)
  var ready = PerDirection<ReadyKeys?>(nil, nil)
  /// H of the first key exchange.
  var sessionID: [UInt8]?
  var isStrict = false
  /// Key exchanges after the first.
  var rekeyCount = 0
  var hasDecrypted = false
  var isOpaque = false
  /// Why a key exchange gave no keys.
  var sealedReason: String?
  var searchCost = 0
  var observation = SSHObservation()

  public init(keys: KeyRing, flow: FlowID) {
    self.keys = keys
    self.flow = flow
  }

  /// The next bytes of one direction, in order.
  public mutating func receive(
    _ bytes: Span<UInt8>, from: Direction, at: StreamPosition, into events: inout [DecryptionEvent]
  ) {
    guard !isOpaque, !bytes.isEmpty else { return }
    // Taken out, so that its buffers have one owner while packets are read.
    var side = SSHSide.placeholder
    swap(&side, &sides[from])
    side.input.append(bytes, at: at)
    drain(&side, from, &events)
    side.input.compact()
    swap(&side, &sides[from])
    settle(from.reversed, &events)
    closeIfDone(&events)
  }

  /// Bytes that are lost.
  public mutating func skip(
    _ gap: Gap, from: Direction, at: StreamPosition, into events: inout [DecryptionEvent]
  ) {
    guard !isOpaque, gap.byteCount > 0 else { return }
    var side = SSHSide.placeholder
    swap(&side, &sides[from])
    lose(gap, &side, from, at, &events)
    swap(&side, &sides[from])
    closeIfDone(&events)
  }

  /// Nothing more comes.
  public mutating func finish(at: StreamPosition, into events: inout [DecryptionEvent]) {
    guard !isOpaque else { return }
    for direction in Direction.allCases where sides[direction].state == .waiting {
      seal(direction, "the other direction's half of the key exchange was not captured", &events)
      settle(direction, &events)
    }
    for direction in Direction.allCases {
      var side = SSHSide.placeholder
      swap(&side, &sides[direction])
      end(&side, direction, at, &events)
      swap(&side, &sides[direction])
    }
    if sides.fromClient.state == .observing || sides.fromServer.state == .observing {
      var facts = SessionFacts()
      facts.parameters = observation.parameters(exchange.algorithms)
      if !facts.parameters.isEmpty { events.append(.facts(facts)) }
      close(sealedReason ?? "no keys in the key log for this session", into: &events)
    }
  }

  /// What is left of a direction at the end.
  private func end(
    _ side: inout SSHSide, _ from: Direction, _ at: StreamPosition, _ events: inout [DecryptionEvent]
  ) {
    if !side.input.isEmpty, side.state != .observing {
      let start = side.input.position() ?? at
      if side.state == .identification { tellCutIdentification(side, from, &events) }
      if side.state == .identification || side.state == .packets {
        events.append(.anomaly(anomaly("ssh-packet-cut", "the flow ends within an SSH packet", start)))
      }
      giveUp(side.input.count, start, &side)
    } else if side.skipCount > 0 {
      events.append(.anomaly(anomaly("ssh-packet-cut", "the flow ends within an SSH packet", at)))
    }
    tellLost(&side, from, .ended, &events)
  }

  /// Reads what waits in a direction since keys have come for it, or none will.
  mutating func settle(_ from: Direction, _ events: inout [DecryptionEvent]) {
    guard !isOpaque, sides[from].state == .waiting || sides[from].state == .searching && ready[from] != nil else {
      return
    }
    var side = SSHSide.placeholder
    swap(&side, &sides[from])
    drain(&side, from, &events)
    side.input.compact()
    swap(&side, &sides[from])
  }

  mutating func drain(_ side: inout SSHSide, _ from: Direction, _ events: inout [DecryptionEvent]) {
    var isMoving = true
    while isMoving, !isOpaque {
      switch side.state {
      case .identification: isMoving = readIdentification(&side, from, &events)
      case .packets: isMoving = readPacket(&side, from, &events)
      case .waiting: isMoving = changeKeys(&side, from, &events)
      case .searching: isMoving = search(&side, from, &events)
      case .observing:
        observation.receive(side.input, from)
        side.input.clear()
        isMoving = false
      case .closed:
        if let position = side.input.position() { giveUp(side.input.count, position, &side) }
        side.input.clear()
        if !side.toldLoss { tellLost(&side, from, .notCaptured, &events) }
        isMoving = false
      }
    }
    flush(&side, from, &events)
  }

  /// Tells the packets that have been read.
  func flush(_ side: inout SSHSide, _ from: Direction, _ events: inout [DecryptionEvent]) {
    guard let start = side.outputStart else { return }
    var bytes: [UInt8] = []
    swap(&bytes, &side.output)
    side.outputStart = nil
    if !bytes.isEmpty { events.append(.plain(bytes, from: from, at: start)) }
  }

  func giveUp(_ count: Int, _ at: StreamPosition, _ side: inout SSHSide) {
    side.lost &+= UInt64(clamping: count)
    side.lostAt = side.lostAt ?? at
  }

  /// Tells what was given up as one gap.
  func tellLost(
    _ side: inout SSHSide, _ from: Direction, _ reason: Gap.Reason, _ events: inout [DecryptionEvent]
  ) {
    guard side.lost > 0, let at = side.lostAt else { return }
    flush(&side, from, &events)
    events.append(.gap(Gap(byteCount: side.lost, reason: reason), from: from, at: at))
    (side.lost, side.lostAt, side.toldLoss) = (0, nil, true)
  }

  /// Nothing can come of either direction any more.
  private mutating func closeIfDone(_ events: inout [DecryptionEvent]) {
    guard sides.fromClient.state == .closed, sides.fromServer.state == .closed, !isOpaque else { return }
    for direction in Direction.allCases { tellLost(&sides[direction], direction, .notCaptured, &events) }
    close(sealedReason ?? "the packets do not open with the keys given", into: &events)
  }
}
