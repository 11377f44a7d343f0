import Bytes
import Model
import Parsers

/// Takes the stream pieces of all flows, finds the parser of each, and collects what the parsers give.
struct FlowRouter: StreamSink {
  private let bodyLimit: Int
  private let secrets: SecretHasher
  private var flows: [FlowID: FlowState] = [:]
  private var parsed: [ParserEvent] = []
  /// Events since the last `take()`.
  private(set) var events: [FlowEvent] = []
  /// Bytes that `events` roughly hold.
  private(set) var weight = 0

  init(bodyLimit: Int, secrets: SecretHasher) {
    self.bodyLimit = bodyLimit
    self.secrets = secrets
  }

  /// Gives the events so far.
  mutating func take() -> [FlowEvent] {
    defer {
      events = []
      events.reserveCapacity(EvidenceReader.batchCount + 64)
      weight = 0
    }
    return events
  }

  mutating func open(_ flow: Flow) { flows[flow.id] = FlowState(flow) }

  mutating func update(_ flow: Flow) {
    guard let state = flows[flow.id], !state.isAnnounced else { return }
    state.flow = flow
  }

  mutating func receive(
    _ bytes: Span<UInt8>, of id: FlowID, from sender: Direction, at position: StreamPosition
  ) {
    guard let state = flows[id] else { return }
    let direction = state.isReversed ? sender.reversed : sender
    if direction == .fromClient {
      state.bytesFromClient += UInt64(bytes.count)
    } else {
      state.bytesFromServer += UInt64(bytes.count)
    }
    state.lastAt = max(state.lastAt, position.time)
    settleGap(of: state, direction, until: position.time)
    switch state.stage {
    case .parsing(let parser):
      parser.receive(bytes, from: direction, at: position, into: &parsed)
      collect(from: id)
    case .opening:
      state.pieces.append(.bytes(bytes.array, direction, position))
      recognize(state, adding: bytes, from: direction)
    case .opaque: break
    }
  }

  mutating func skip(_ gap: Gap, of id: FlowID, from sender: Direction, at position: StreamPosition) {
    guard let state = flows[id] else { return }
    let direction = state.isReversed ? sender.reversed : sender
    state.missingBytes += gap.byteCount
    state.lastAt = max(state.lastAt, position.time)
    settleGap(of: state, direction, until: position.time)
    state.pendingGaps[direction] = (gap, position.time)
    switch state.stage {
    case .parsing(let parser):
      parser.skip(gap, from: direction, at: position, into: &parsed)
      collect(from: id)
    case .opening: state.pieces.append(.gap(gap, direction, position))
    case .opaque: break
    }
  }

  mutating func end(_ id: FlowID, from: Direction, at position: StreamPosition) {
    guard let state = flows[id] else { return }
    state.lastAt = max(state.lastAt, position.time)
  }

  mutating func close(_ id: FlowID, _ reason: FlowEnd, at position: StreamPosition) {
    guard let state = flows.removeValue(forKey: id) else { return }
    state.lastAt = max(state.lastAt, position.time)
    if case .opening = state.stage { decide(state, isLast: true) }
    if case .parsing(let parser) = state.stage {
      parser.finish(at: position, into: &parsed)
      collect(from: id)
    }
    for direction in Direction.allCases { settleGap(of: state, direction, until: nil) }
    guard state.isAnnounced else { return }
    events.append(
      .closed(
        id,
        FlowSummary(
          end: reason, endedAt: state.lastAt, bytesFromClient: state.bytesFromClient,
          bytesFromServer: state.bytesFromServer, missingBytes: state.missingBytes)))
  }

  mutating func report(_ anomaly: Anomaly) { events.append(.anomaly(anomaly)) }

  /// Adds to what is known of a flow's beginning and asks the parsers.
  private mutating func recognize(_ state: FlowState, adding bytes: Span<UInt8>, from direction: Direction) {
    let kept = direction == .fromClient ? state.openingFromClient.count : state.openingFromServer.count
    let more = bytes.extracting(first: min(bytes.count, max(0, Opening.limit - kept)))
    if direction == .fromClient {
      state.openingFromClient.append(contentsOf: more)
    } else {
      state.openingFromServer.append(contentsOf: more)
    }
    let isFull = state.openingFromClient.count >= Opening.limit || state.openingFromServer.count >= Opening.limit
    decide(state, isLast: isFull)
  }

  private mutating func decide(_ state: FlowState, isLast: Bool) {
    guard !state.openingFromClient.isEmpty || !state.openingFromServer.isEmpty else { return }
    var isUndecided = false
    for parser in Catalog.parsers {
      switch Self.ask(parser, state) {
      case .no: continue
      case .undecided: isUndecided = true
      case .yes: return start(parser, state, isReversed: false)
      case .yesReversed: return start(parser, state, isReversed: true)
      }
    }
    if isUndecided, !isLast { return }
    let label = FlowLabel.name(client: state.openingFromClient.span, server: state.openingFromServer.span)
    announce(state, label, isDecoded: false)
    state.stage = .opaque
    state.release()
  }

  private static func ask<Parser: ProtocolParser>(_ parser: Parser.Type, _ state: FlowState) -> Recognition {
    let (client, server) = (state.openingFromClient, state.openingFromServer)
    let (clientSpan, serverSpan) = (client.span, server.span)
    let opening = Opening(
      fromClient: clientSpan, fromServer: serverSpan, isMidstream: state.flow.role != .handshake)
    return parser.recognize(opening)
  }

  private mutating func start(_ kind: any ProtocolParser.Type, _ state: FlowState, isReversed: Bool) {
    if isReversed { state.reverse() }
    announce(state, kind.id.name, isDecoded: true)
    let parser = ParserBox.make(kind, ParserOptions(bodyLimit: bodyLimit, secrets: secrets, flow: state.flow.id))
    for piece in state.pieces {
      switch piece {
      case .bytes(let bytes, let direction, let position):
        parser.receive(
          bytes.span, from: isReversed ? direction.reversed : direction, at: position, into: &parsed)
      case .gap(let gap, let direction, let position):
        parser.skip(gap, from: isReversed ? direction.reversed : direction, at: position, into: &parsed)
      }
    }
    state.stage = .parsing(parser)
    state.release()
    collect(from: state.flow.id)
  }

  private mutating func announce(_ state: FlowState, _ name: String, isDecoded: Bool) {
    guard !state.isAnnounced else { return }
    state.isAnnounced = true
    events.append(.opened(state.flow, protocolName: name, isDecoded: isDecoded))
  }

  private mutating func settleGap(of state: FlowState, _ direction: Direction, until: Timestamp?) {
    guard !state.pendingGaps.isEmpty, let pending = state.pendingGaps.removeValue(forKey: direction) else { return }
    announce(state, FlowLabel.unknown, isDecoded: false)
    events.append(.gap(state.flow.id, pending.gap, from: direction, at: pending.at, until: until))
  }

  private mutating func collect(from id: FlowID) {
    guard !parsed.isEmpty else { return }
    for event in parsed {
      if case .exchange(let exchange) = event { weight += exchange.weight }
    }
    events.append(.parsed(id, parsed))
    parsed = []
  }
}

extension FlowState {
  /// Lets go of what was collected for recognition.
  func release() {
    pieces = []
    openingFromClient = []
    openingFromServer = []
  }

  /// Swaps the ends.
  func reverse() {
    isReversed = true
    (flow.client, flow.server) = (flow.server, flow.client)
    (bytesFromClient, bytesFromServer) = (bytesFromServer, bytesFromClient)
    pendingGaps = Dictionary(uniqueKeysWithValues: pendingGaps.map { ($0.key.reversed, $0.value) })
  }
}

extension Exchange {
  /// Bytes that it roughly holds in memory.
  var weight: Int {
    guard case .statement(let statement) = shape else { return 256 }
    return statement.results.reduce(512 + statement.text.utf8.count) {
      $0 + 128 + ($1.rows?.bytes.count ?? 0) + ($1.copy?.content.bytes.count ?? 0)
    }
  }
}
