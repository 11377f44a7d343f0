import Bytes
import Captures
import Decryption
import Model
import Parsers

/// Takes the stream pieces of all flows, finds the parser of each, and collects what the parsers give.
///
/// Streams nest: TLS gives a stream in the clear, a tunnel gives one inside another. Each goes round again from its first
/// byte (FlowRouter+Lanes.swift).
struct FlowRouter: StreamSink {
  let bodyLimit: Int
  let secrets: SecretHasher
  let objects: (any ObjectSource)?
  /// What the exchanges of all flows hold together.
  let held: HeldContent
  private(set) var keys: KeyRing
  private(set) var flows: [FlowID: FlowState] = [:]
  var parsed: [ParserEvent] = []
  /// Numbers for conversations inside others; flows as captured are numbered from 0.
  var nextChild: UInt32 = 1 << 31
  /// Connections that a gateway recorded.
  var recorded = RecordedSessions()
  /// Events since the last `take()`.
  var events: [FlowEvent] = []
  /// Bytes that `events` roughly hold.
  private(set) var weight = 0

  init(bodyLimit: Int, secrets: SecretHasher, keys: KeyRing, objects: (any ObjectSource)? = nil) {
    self.objects = objects
    self.bodyLimit = bodyLimit
    held = HeldContent(bodyLimit: bodyLimit)
    self.secrets = secrets
    self.keys = keys
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

  /// Takes keys that came with the captures.
  mutating func add(_ secrets: DecryptionSecrets) {
    let known: [UInt32] = [DecryptionSecrets.file, 0x544c_534b, 0x5353_484b]
    guard known.contains(secrets.type) else { return }
    let reading = keys.add(secrets.bytes.span)
    guard !reading.damagedLines.isEmpty else { return }
    let lines = reading.damagedLines.prefix(5).map(String.init).joined(separator: ", ")
    report(
      Anomaly(
        "key-log-damaged", "lines that are no keys: \(lines)\(reading.damagedLines.count > 5 ? ", …" : "")",
        origin: Origin(source: secrets.source, packet: 0)))
  }

  mutating func open(_ flow: Flow) {
    let state = FlowState(flow)
    _ = state.begin()
    flows[flow.id] = state
    if !recorded.isEmpty { join(state) }
  }

  mutating func update(_ flow: Flow) {
    guard let state = flows[flow.id], !state.isAnnounced else { return }
    state.flow = flow
  }

  mutating func receive(_ bytes: Span<UInt8>, of id: FlowID, from sender: Direction, at position: StreamPosition) {
    guard let state = flows[id], let lane = state.root else { return }
    let direction = lane.isReversed ? sender.reversed : sender
    state.count(UInt64(bytes.count), direction)
    state.lastAt = max(state.lastAt, position.time)
    settleGap(of: state, direction, until: position.time)
    receive(bytes, in: lane, from: direction, at: position)
  }

  mutating func skip(_ gap: Gap, of id: FlowID, from sender: Direction, at position: StreamPosition) {
    guard let state = flows[id], let lane = state.root else { return }
    let direction = lane.isReversed ? sender.reversed : sender
    state.missingBytes += gap.byteCount
    state.lastAt = max(state.lastAt, position.time)
    settleGap(of: state, direction, until: position.time)
    state.pendingGaps[direction] = (gap, position.time)
    skip(gap, in: lane, from: direction, at: position)
  }

  mutating func end(_ id: FlowID, from: Direction, at position: StreamPosition) {
    guard let state = flows[id] else { return }
    state.lastAt = max(state.lastAt, position.time)
  }

  mutating func close(_ id: FlowID, _ reason: FlowEnd, at position: StreamPosition) {
    guard let state = flows.removeValue(forKey: id) else { return }
    state.lastAt = max(state.lastAt, position.time)
    if !recorded.isEmpty { recorded.close(id) }
    close(state, reason, at: position)
  }

  /// Ends a session and all within it.
  mutating func close(_ state: FlowState, _ reason: FlowEnd, at position: StreamPosition) {
    if let lane = state.root { finish(lane, reason, at: position) }
    for direction in Direction.allCases { settleGap(of: state, direction, until: nil) }
    state.end()
    if let name = state.silentProtocol {
      announce(state, name, isDecoded: true)
    } else if !state.waiting.isEmpty {
      announce(state, FlowLabel.unknown, isDecoded: false)
    }
    guard state.isAnnounced else { return }
    events.append(
      .closed(
        state.flow.id,
        FlowSummary(
          end: reason, endedAt: state.lastAt, bytesFromClient: state.bytesFromClient,
          bytesFromServer: state.bytesFromServer, missingBytes: state.missingBytes)))
  }

  mutating func report(_ anomaly: Anomaly) { events.append(.anomaly(anomaly)) }

  mutating func announce(_ state: FlowState, _ name: String, isDecoded: Bool) {
    guard !state.isAnnounced else { return }
    state.isAnnounced = true
    state.isOpaque = !isDecoded
    events.append(.opened(state.flow, protocolName: name, isDecoded: isDecoded))
    events += state.waiting
    state.waiting = []
  }

  private mutating func settleGap(of state: FlowState, _ direction: Direction, until: Timestamp?) {
    guard !state.pendingGaps.isEmpty, let pending = state.pendingGaps.removeValue(forKey: direction) else { return }
    let gap = FlowEvent.gap(state.flow.id, pending.gap, from: direction, at: pending.at, until: until)
    if state.isAnnounced { events.append(gap) } else { state.waiting.append(gap) }
  }

  /// Hands on what was found of a session.
  mutating func emit(_ found: [ParserEvent], _ state: FlowState) {
    guard !found.isEmpty else { return }
    guard state.isAnnounced else {
      state.waiting.append(.parsed(state.flow.id, found))
      return
    }
    for event in found {
      if case .exchange(let exchange) = event { weight += exchange.weight }
    }
    events.append(.parsed(state.flow.id, found))
  }
}

extension Exchange {
  /// Bytes that it roughly holds in memory.
  var weight: Int {
    switch shape {
    case .statement(let statement):
      statement.results.reduce(512 + statement.text.utf8.count) {
        $0 + 128 + ($1.rows?.bytes.count ?? 0) + ($1.copy?.content.bytes.count ?? 0)
      }
    case .call(let call):
      2048 + (call.requestBody?.content.bytes.count ?? 0) + (call.responseBody?.content.bytes.count ?? 0)
        + (call.records?.bytes.count ?? 0)
    case .command(let command): 1024 + (command.records?.bytes.count ?? 0)
    case .file(let file): 512 + (file.content?.bytes.count ?? 0)
    case .repository(let exchange): 2048 + (exchange.history?.bytes.count ?? 0) + 256 * exchange.commits.count
    case .login, .cancellation, .notification, .marker, .opaque, .forwarding: 256
    }
  }
}
