import Bytes
import Decryption
import Model
import Parsers

/// Recognising a stream, and taking its pieces through decryption and parsers, however deep they nest.
extension FlowRouter {
  /// Streams within streams, TLS included, that are looked into.
  static let depthLimit = 8
  /// Streams open at once inside one stream.
  static let tunnelLimit = 1000

  // MARK: Pieces

  mutating func receive(_ bytes: Span<UInt8>, in lane: Lane, from direction: Direction, at position: StreamPosition) {
    switch lane.stage {
    case .parsing(let parser):
      let shortened = held.shortenedCount
      parser.receive(bytes, from: direction, at: position, into: &parsed)
      if held.shortenedCount != shortened { reportShortened(position, lane.session) }
      collect(from: lane)
    case .decrypting(let box, let inner):
      var found: [DecryptionEvent] = []
      box.receive(bytes, from: direction, at: position, into: &found)
      take(found, lane, box, inner)
    case .opening:
      lane.pieces.append(.bytes(bytes.array, direction, position))
      recognize(lane, adding: bytes, from: direction)
    case .opaque: countUndecrypted(UInt64(bytes.count), lane, direction, position)
    }
  }

  /// Some content of this flow is not kept as far as it might be.
  private mutating func reportShortened(_ position: StreamPosition, _ session: FlowState) {
    let limit = "the \(held.byteCount >> 20) MiB that all open exchanges share"
    let detail = "less of a content is kept than was asked for: too much is open at once for \(limit)"
    let flow = session.flow.id
    parsed.append(
      .anomaly(Anomaly("content-shortened", detail, origin: position.origin, flow: flow, time: position.time)))
  }

  mutating func skip(_ gap: Gap, in lane: Lane, from direction: Direction, at position: StreamPosition) {
    switch lane.stage {
    case .parsing(let parser):
      parser.skip(gap, from: direction, at: position, into: &parsed)
      collect(from: lane)
    case .decrypting(let box, let inner):
      var found: [DecryptionEvent] = []
      box.skip(gap, from: direction, at: position, into: &found)
      take(found, lane, box, inner)
    case .opening: lane.pieces.append(.gap(gap, direction, position))
    case .opaque: countUndecrypted(gap.byteCount, lane, direction, position)
    }
  }

  mutating func finish(_ lane: Lane, _ reason: FlowEnd, at position: StreamPosition) {
    if case .opening = lane.stage { decide(lane, isLast: true) }
    switch lane.stage {
    case .parsing(let parser):
      parser.finish(at: position, into: &parsed)
      collect(from: lane)
    case .decrypting(let box, let inner):
      var found: [DecryptionEvent] = []
      box.finish(at: position, into: &found)
      take(found, lane, box, inner)
      if case .decrypting = lane.stage { finish(inner, reason, at: position) }
    case .opening, .opaque: break
    }
    for (_, tunnel) in lane.tunnels.sorted(by: { $0.key.number < $1.key.number }) {
      end(tunnel, of: lane, reason, at: position)
    }
    lane.tunnels = [:]
    settleUndecrypted(lane, at: position)
  }

  // MARK: Recognition

  /// Adds to what is known of a stream's beginning and asks who knows it.
  private mutating func recognize(_ lane: Lane, adding bytes: Span<UInt8>, from direction: Direction) {
    let kept = direction == .fromClient ? lane.openingFromClient.count : lane.openingFromServer.count
    let more = bytes.extracting(first: min(bytes.count, max(0, Opening.limit - kept)))
    if direction == .fromClient {
      lane.openingFromClient.append(contentsOf: more)
    } else {
      lane.openingFromServer.append(contentsOf: more)
    }
    let isFull = lane.openingFromClient.count >= Opening.limit || lane.openingFromServer.count >= Opening.limit
    decide(lane, isLast: isFull)
  }

  private mutating func decide(_ lane: Lane, isLast: Bool) {
    guard !lane.openingFromClient.isEmpty || !lane.openingFromServer.isEmpty else { return }
    var isUndecided = false
    switch Self.ask({ TLSDecryptor.recognize($0) }, lane) {
    case .no: break
    case .undecided: isUndecided = true
    case .yes: return startDecryption(lane, "tls", isReversed: false)
    case .yesReversed: return startDecryption(lane, "tls", isReversed: true)
    }
    switch Self.ask({ SSHDecryptor.recognize($0) }, lane) {
    case .no: break
    case .undecided: isUndecided = true
    case .yes: return startDecryption(lane, "ssh", isReversed: false)
    case .yesReversed: return startDecryption(lane, "ssh", isReversed: true)
    }
    for parser in Catalog.parsers {
      switch Self.ask({ parser.recognize($0) }, lane) {
      case .no: continue
      case .undecided: isUndecided = true
      case .yes: return start(parser, lane, isReversed: false)
      case .yesReversed: return start(parser, lane, isReversed: true)
      }
    }
    if isUndecided, !isLast { return }
    let label = FlowLabel.name(client: lane.openingFromClient.span, server: lane.openingFromServer.span)
    announce(lane.session, label, isDecoded: false)
    lane.stage = .opaque
    lane.undecrypted.reason = .unknownProtocol
    replay(lane)
  }

  private static func ask(_ recognize: (borrowing Opening) -> Recognition, _ lane: Lane) -> Recognition {
    let (client, server) = (lane.openingFromClient, lane.openingFromServer)
    let (clientSpan, serverSpan) = (client.span, server.span)
    let opening = Opening(
      fromClient: clientSpan, fromServer: serverSpan, isMidstream: lane.isRoot && lane.session.flow.role != .handshake)
    return recognize(opening)
  }

  private mutating func start(_ kind: any ProtocolParser.Type, _ lane: Lane, isReversed: Bool) {
    if isReversed { reverse(lane) }
    announce(lane.session, kind.id.name, isDecoded: true)
    lane.stage = .parsing(ParserBox.make(kind, options(lane.session.flow.id, isSecure: lane.isSecure)))
    replay(lane)
  }

  private func options(_ flow: FlowID, isSecure: Bool) -> ParserOptions {
    var options = ParserOptions(bodyLimit: bodyLimit, secrets: secrets, flow: flow, isSecure: isSecure)
    options.objects = objects
    options.held = held
    return options
  }

  private mutating func startDecryption(_ lane: Lane, _ name: String, isReversed: Bool) {
    guard lane.depth < FlowRouter.depthLimit else {
      announce(lane.session, name, isDecoded: false)
      lane.stage = .opaque
      return replay(lane)
    }
    if isReversed { reverse(lane) }
    let flow = lane.session.flow.id
    let inner = Lane(lane.session, depth: lane.depth + 1, isSecure: true)
    if name == "tls" {
      lane.stage = .decrypting(DecryptorBox.make(TLSDecryptor.self, keys: keys, flow: flow), inner)
    } else {
      // What SSH hides is SSH: the parser takes it from its first byte.
      inner.stage = .parsing(ParserBox.make(SSHParser.self, options(flow, isSecure: true)))
      lane.stage = .decrypting(DecryptorBox.make(SSHDecryptor.self, keys: keys, flow: flow), inner)
    }
    replay(lane)
  }

  private func reverse(_ lane: Lane) {
    lane.isReversed = true
    lane.pieces = lane.pieces.map { piece in
      switch piece {
      case .bytes(let bytes, let direction, let position): .bytes(bytes, direction.reversed, position)
      case .gap(let gap, let direction, let position): .gap(gap, direction.reversed, position)
      }
    }
    if lane.isRoot, !lane.session.isAnnounced { lane.session.reverse() }
  }

  /// Gives the stage that was found what had come before.
  private mutating func replay(_ lane: Lane) {
    let pieces = lane.pieces
    lane.release()
    for piece in pieces {
      switch piece {
      case .bytes(let bytes, let direction, let position):
        receive(bytes.span, in: lane, from: direction, at: position)
      case .gap(let gap, let direction, let position): skip(gap, in: lane, from: direction, at: position)
      }
    }
  }

  // MARK: Decryption

  private mutating func take(_ found: [DecryptionEvent], _ lane: Lane, _ box: DecryptorBox, _ inner: Lane) {
    for event in found {
      switch event {
      case .plain(let bytes, let direction, let position):
        if box.name == "ssh" { announce(lane.session, box.name, isDecoded: true) }
        receive(bytes.span, in: inner, from: inner.isReversed ? direction.reversed : direction, at: position)
      case .gap(let gap, let direction, let position):
        skip(gap, in: inner, from: inner.isReversed ? direction.reversed : direction, at: position)
      case .facts(let facts): emit([.facts(facts)], lane.session)
      case .anomaly(let anomaly): emit([.anomaly(anomaly)], lane.session)
      case .opaque(let reason):
        announce(lane.session, box.name, isDecoded: false)
        emit([.facts(.undecrypted(box.name, reason))], lane.session)
        lane.undecrypted.reason = box.name == "tls" ? .tls : .ssh
        finish(inner, .finished, at: lane.session.position)
        lane.stage = .opaque
      }
    }
  }

  /// Bytes of TLS that stay closed are told of when the stream ends.
  private func countUndecrypted(_ count: UInt64, _ lane: Lane, _ direction: Direction, _ position: StreamPosition) {
    if lane.undecryptedSince == nil { lane.undecryptedSince = position }
    if direction == .fromClient {
      lane.undecrypted.clientByteCount += count
    } else {
      lane.undecrypted.serverByteCount += count
    }
  }

  private mutating func settleUndecrypted(_ lane: Lane, at position: StreamPosition) {
    guard case .opaque = lane.stage, let since = lane.undecryptedSince else { return }
    lane.undecryptedSince = nil
    // A session of which nothing at all was looked into says so itself.
    guard lane.session.isAnnounced, !(lane.isRoot && lane.session.isOpaque) else { return }
    let exchange = Exchange(
      shape: .opaque(lane.undecrypted), startedAt: since.time, endedAt: position.time, origin: since.origin,
      requestByteCount: lane.undecrypted.clientByteCount, responseByteCount: lane.undecrypted.serverByteCount)
    emit([.exchange(exchange)], lane.session)
  }

  // MARK: Tunnels

  /// Hands on what the lane's parser gave; streams inside it go their own way.
  private mutating func collect(from lane: Lane) {
    guard !parsed.isEmpty else { return }
    let all = parsed
    parsed = []
    guard all.contains(where: { if case .tunnel = $0 { true } else { false } }) else { return emit(all, lane.session) }
    var own: [ParserEvent] = []
    for event in all {
      guard case .tunnel(let tunnel) = event else {
        own.append(event)
        continue
      }
      emit(own, lane.session)
      own = []
      take(tunnel, of: lane)
    }
    emit(own, lane.session)
  }

  private mutating func take(_ event: TunnelEvent, of lane: Lane) {
    switch event {
    case .opened(let id, let tunnel):
      guard lane.tunnels.count < FlowRouter.tunnelLimit, lane.depth < FlowRouter.depthLimit else {
        let detail = "more streams inside one another than are looked into; this one is only counted"
        emit(
          [.anomaly(Anomaly("tunnel-limit", detail, origin: tunnel.origin, flow: lane.session.flow.id))], lane.session)
        return
      }
      lane.tunnels[id] = open(tunnel, in: lane)
    case .bytes(let id, let bytes, let direction, let position):
      guard let inner = lane.tunnels[id] else { return }
      if inner.session !== lane.session {
        inner.session.count(UInt64(bytes.count), inner.isReversed ? direction.reversed : direction)
        inner.session.lastAt = max(inner.session.lastAt, position.time)
      }
      receive(bytes.span, in: inner, from: inner.isReversed ? direction.reversed : direction, at: position)
    case .gap(let id, let gap, let direction, let position):
      guard let inner = lane.tunnels[id] else { return }
      if inner.session !== lane.session { inner.session.missingBytes += gap.byteCount }
      skip(gap, in: inner, from: inner.isReversed ? direction.reversed : direction, at: position)
    case .closed(let id, let position):
      guard let inner = lane.tunnels.removeValue(forKey: id) else { return }
      end(inner, of: lane, .finished, at: position)
    }
  }

  private mutating func open(_ tunnel: Tunnel, in lane: Lane) -> Lane {
    switch tunnel.kind {
    case .continuation: return Lane(lane.session, depth: lane.depth + 1, isSecure: lane.isSecure)
    case .child(let server):
      var flow = lane.session.flow
      flow.id = FlowID(nextChild)
      nextChild &+= 1
      flow.parent = lane.session.flow.id
      flow.serverName = server
      flow.openedAt = tunnel.openedAt
      flow.origin = tunnel.origin
      // What protects the stream around it says nothing of what its own ends agreed on.
      return FlowState(flow).begin(depth: lane.depth + 1, isSecure: false)
    }
  }

  private mutating func end(_ inner: Lane, of lane: Lane, _ reason: FlowEnd, at position: StreamPosition) {
    if inner.session === lane.session {
      finish(inner, reason, at: position)
    } else {
      inner.session.lastAt = max(inner.session.lastAt, position.time)
      close(inner.session, reason, at: position)
    }
  }
}

extension SessionFacts {
  /// What stays closed, and why.
  fileprivate static func undecrypted(_ by: String, _ reason: String) -> SessionFacts {
    var facts = SessionFacts()
    facts.encryption = by
    facts.parameters["\(by).not-decrypted"] = reason
    return facts
  }
}
