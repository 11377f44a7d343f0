import Bytes
import Model

/// Joins the messages of both directions to exchanges.
///
/// Requests wait in a queue for their answers; the server answers in order. The exchanges of a cycle (everything up to a
/// ReadyForQuery) are held until it, because it tells the transaction state.
///
/// What an answer belongs to after bytes were lost rests on one observation: a client that does not pipeline sends its
/// next cycle only after the ReadyForQuery of the last. Whether this client pipelines is learned while nothing is lost.
struct PostgresDialogue {
  let options: ParserOptions
  var text = TextDecoder()
  /// Requests whose answers are not complete.
  var queue = RequestQueue()
  var statements = NamedObjects<PreparedStatement>(
    countLimit: PostgresLimits.prepared, weightLimit: PostgresLimits.preparedBytes)
  var portals = NamedObjects<Portal>(countLimit: PostgresLimits.portals, weightLimit: PostgresLimits.portalBytes)
  var answer: OpenAnswer
  var cycle = OpenCycle()
  var login = LoginProgress()
  /// The server skips requests until a Sync that has not been sent yet.
  var isSkipping = false
  /// The client has been seen to send a cycle before the last was answered.
  var isPipelining = false
  /// Server bytes are missing: answers may have been lost.
  var serverGap: String?
  var sawServer = false
  var sawStartup = false
  /// A COPY from the client failed or ended, so what the client still sends of it is of no use.
  var isDrainingCopy = false
  var terminate: Exchange?
  var replication: Replication?
  var anomalyCount = 0
  /// The last RowDescription, byte for byte, with what it says: the same one tends to come again.
  var lastDescription: (bytes: [UInt8], message: RowDescriptionMessage)?

  /// CopyData of streaming replication.
  struct Replication {
    var begin: StreamPosition
    var endedAt: Timestamp
    var clientBytes: UInt64 = 0
    var serverBytes: UInt64 = 0
  }

  init(options: ParserOptions) {
    self.options = options
    answer = OpenAnswer(bodyLimit: options.bodyLimit, held: options.held)
  }

  /// A message with where and when it was seen.
  struct Envelope {
    var type: UInt8
    var begin: StreamPosition
    /// Time of its last byte.
    var endTime: Timestamp
    /// On the wire, with the header.
    var byteCount: Int
    /// Why its body is not whole, if it is not.
    var damage: String?
  }

  // MARK: Anomalies

  mutating func report(
    _ code: Anomaly.Code, _ detail: @autoclosure () -> String, _ position: StreamPosition,
    _ events: inout [ParserEvent]
  ) {
    anomalyCount += 1
    guard anomalyCount <= PostgresLimits.anomalies else { return }
    let isLast = anomalyCount == PostgresLimits.anomalies
    events.append(
      .anomaly(
        Anomaly(
          isLast ? "postgres-anomalies-omitted" : code,
          isLast ? "further anomalies of this flow are not listed" : detail(),
          origin: position.origin, flow: options.flow, time: position.time)))
  }

  /// Reports bytes after the last field of a message.
  mutating func expectEnd(
    _ remaining: Int, _ envelope: borrowing Envelope, _ side: String, _ events: inout [ParserEvent]
  ) {
    guard remaining > 0 else { return }
    let letter = envelope.type.letter
    report(
      "postgres-trailing-bytes", "\(remaining) bytes after the end of \(side) message \(letter)", envelope.begin,
      &events)
  }

  // MARK: Requests

  /// Adds a request.
  mutating func push(_ request: consuming PostgresRequest, _ events: inout [ParserEvent]) {
    if isSkipping {
      guard request.isSync || request.isLost else { return skip(request, &events) }
      isSkipping = false
    }
    queue.append(request)
    let limit = sawServer ? PostgresLimits.pendingRequests : PostgresLimits.unansweredRequests
    if queue.count > limit || queue.byteCount > UInt64(PostgresLimits.pendingBytes) {
      flushAll("responses not captured", &events)
    }
  }

  /// Looks at what a request that begins now says about those before it.
  mutating func beginRequest(isWholeCycle: Bool, _ events: inout [ParserEvent]) {
    if login.isOpen, serverGap != nil, !isPipelining {
      // A client that goes on was let in.
      finishLogin(.accepted, at: login.begin?.time ?? .epoch, &events)
      serverGap = nil
    }
    guard let last = queue.last, last.endsCycle || last.isLost else { return }
    if let serverGap, !isPipelining {
      // The client has seen the answer to all of it.
      flushAll(serverGap, &events)
      self.serverGap = nil
    } else if last.isLost {
      // Nothing was answered since, so no whole cycle was lost; only an extended one may have lost its beginning.
      if isWholeCycle, !isPipelining, answer.isUntouched { queue.removeLast() }
    } else if serverGap == nil, queue.lostCount == 0, sawServer {
      isPipelining = true
    }
  }

  /// A request that the server passes over after an error.
  mutating func skip(_ request: PostgresRequest, _ events: inout [ParserEvent]) {
    switch request.kind {
    case .parse(let prepared, let replaced):
      if statements[prepared.name] === prepared {
        if let replaced {
          statements.set(replaced, named: replaced.name, weight: replaced.text.utf8.count)
        } else {
          statements.remove(prepared.name)
        }
      }
    case .bind(let portal): if portals[portal.name] === portal { portals.remove(portal.name) }
    case .close(let prepared?):
      if statements[prepared.name] == nil {
        statements.set(prepared, named: prepared.name, weight: prepared.text.utf8.count)
      }
    case .query, .execute, .functionCall: close(request, nil, &events)
    case .describeStatement, .describePortal, .close, .sync, .lost: break
    }
  }

  // MARK: Losses

  /// Client bytes are missing, so requests may be.
  mutating func noteClientLoss(_ reason: String, _ position: StreamPosition, _ events: inout [ParserEvent]) {
    if let last = queue.last, last.isLost { return }
    if answer.copy?.direction == .in || answer.copy?.direction == .both {
      // In the middle of a COPY it is data, most likely.
      queue.updateHead { $0.incompleteReason = $0.incompleteReason ?? reason }
      return
    }
    push(
      PostgresRequest(kind: .lost, begin: position, byteCount: 0, incompleteReason: "request not captured: \(reason)"),
      &events)
  }

  /// Server bytes are missing, so answers may be.
  mutating func noteServerLoss(_ reason: String) {
    serverGap = reason
    if login.isOpen { login.incompleteReason = login.incompleteReason ?? reason }
    if isPipelining {
      queue.updateAll { $0.incompleteReason = $0.incompleteReason ?? reason }
    } else {
      noteOnHead(reason)
    }
  }

  /// Part of a server message is missing.
  mutating func noteDamage(_ reason: String) {
    if login.isOpen {
      login.incompleteReason = login.incompleteReason ?? reason
    } else {
      noteOnHead(reason)
    }
  }

  /// Notes on the oldest request that part of its evidence is missing.
  mutating func noteOnHead(_ reason: String) {
    queue.updateHead { $0.incompleteReason = $0.incompleteReason ?? reason }
  }

  // MARK: The end

  /// The flow is over.
  mutating func finish(at position: StreamPosition, _ events: inout [ParserEvent]) {
    flushAll(sawServer ? "the session ended before the answer came" : "responses not captured", &events)
    finishLogin(.unknown, at: position.time, &events)
    if let terminate { events.append(.exchange(terminate)) }
    terminate = nil
    if let replication {
      let opaque = Opaque(
        reason: .replication, clientByteCount: replication.clientBytes, serverByteCount: replication.serverBytes)
      events.append(
        .exchange(
          Exchange(
            shape: .opaque(opaque), startedAt: replication.begin.time, endedAt: replication.endedAt,
            origin: replication.begin.origin, requestByteCount: replication.clientBytes,
            responseByteCount: replication.serverBytes)))
    }
    replication = nil
  }

  /// Gives up every request that waits.
  mutating func flushAll(_ reason: String, _ events: inout [ParserEvent]) {
    while let request = queue.popFirst() { giveUp(request, reason, &events) }
    if !cycle.exchanges.isEmpty { endCycle(nil, &events) }
    isSkipping = false
    answer.reset(bodyLimit: options.bodyLimit)
  }

  /// Closes a request whose answer will not come any more.
  mutating func giveUp(_ request: PostgresRequest, _ reason: String, _ events: inout [ParserEvent]) {
    if request.isRun || request.isLost && !answer.isUntouched || answer.isOpen {
      close(request, reason, &events)
    } else {
      answer.addGroup(request)
    }
    if request.endsCycle { endCycle(nil, &events) }
  }
}

/// The messages `notice`, `terminated`, `error`, … that are not part of an exchange.
extension PostgresDialogue {
  func marker(
    _ name: String, _ text: String, _ envelope: borrowing Envelope, from direction: Direction
  ) -> Exchange {
    let count = UInt64(envelope.byteCount)
    return Exchange(
      shape: .marker(Marker(name: name, text: text)), startedAt: envelope.begin.time, endedAt: envelope.endTime,
      origin: envelope.begin.origin, requestByteCount: direction == .fromClient ? count : 0,
      responseByteCount: direction == .fromServer ? count : 0, incompleteReason: envelope.damage)
  }
}
