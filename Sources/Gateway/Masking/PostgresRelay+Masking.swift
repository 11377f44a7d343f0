import Bytes
import Model
import NIOCore
import Parsers
import Policy

/// What the server sends, where values of it are masked: message by message, before anything is recorded.
extension PostgresRelay {
  private enum Kind {
    static let dataRow = UInt8(ascii: "D")
  }

  /// Messages with which an answer, or a part of it, is over.
  private static let ends = Set("CsIEZV".utf8)

  /// Bytes that are gathered before they are recorded and sent.
  private static let gatheredLimit = 128 << 10
  /// Values that are masked before it is told how many.
  private static let toldLimit = 100_000

  // MARK: The rules

  /// Begins to mask if rules hold for the session.
  ///
  /// - Throws: `GatewayError` when it cannot be masked.
  func beginMasking(
    _ listener: PostgresListener, _ startup: ClientStartup, _ welcome: TargetSide.Welcome
  ) throws {
    maskingScope = RelayMasking.Scope(
      listener: listener, database: startup.database, isReplication: startup.replication != nil)
    guard let stream = maskingScope?.stream(core) else { return }
    guard startup.replication == nil else { throw GatewayError("replication cannot be masked") }
    do throws(MaskingFailure) {
      for (name, value) in welcome.parameters { try stream.learn(setting: name, value) }
    } catch {
      throw GatewayError(error.reason)
    }
    mask(with: stream)
  }

  private func mask(with stream: PostgresMasking) {
    guard let scope = maskingScope else { return }
    pipeline.followsResults = true
    masking = RelayMasking(
      stream, scope.listener.catalogs.catalog(scope.listener, scope.database, on: loop, core.log), scope)
  }

  /// Takes the rules of another policy, as soon as nothing is under way: it is called again when the server has answered.
  func replaceMasking() {
    guard !isOver, let scope = maskingScope else { return }
    isMaskingStale = true
    guard pipeline.isIdle, outbound.readableBytes == 0, answerLeft == 0, masking?.isAsking != true else { return }
    isMaskingStale = false
    tellMasked()
    masking = nil
    guard let stream = scope.stream(core) else { return }
    if scope.isReplication { return fail(masking: "replication cannot be masked") }
    mask(with: stream)
  }

  // MARK: Messages

  func receiveMasked(_ buffer: ByteBuffer) {
    guard let masking else { return }
    if outbound.readableBytes == 0 {
      outbound = buffer
    } else {
      if outbound.readerIndex > outbound.readableBytes { outbound.discardReadBytes() }
      outbound.writeImmutableBuffer(buffer)
    }
    do throws(MaskingFailure) {
      while !isOver, !masking.isAsking, try goOn(masking) {
        if masking.out.readableBytes >= Self.gatheredLimit { sendMasked() }
      }
    } catch {
      return fail(masking: error.reason)
    }
    sendMasked()
    guard !isOver else { return }
    if outbound.readableBytes == 0 { outbound = ByteBuffer() }
    if isMaskingStale { replaceMasking() }
    endPassedOver()
    if isWaiting {
      isWaiting = false
      processClient()
    }
    if isDraining { drain(now: false) }
  }

  /// Sends what is gathered.
  private func sendMasked() {
    guard let masking, masking.out.readableBytes > 0 else { return }
    let out = masking.out
    masking.out = ByteBuffer()
    sendToClient(out)
  }

  /// Takes the next message, or more of it; false when more of it has to come.
  private func goOn(_ masking: RelayMasking) throws(MaskingFailure) -> Bool {
    if masking.stream.isInside { return try masking.stream.go(on: &outbound, into: &masking.out) }
    if !interjections.isEmpty {
      for interjection in interjections { masking.out.writeImmutableBuffer(interjection) }
      interjections = []
    }
    let start = outbound.readerIndex
    guard let type = outbound.getInteger(at: start, as: UInt8.self),
      let length = outbound.getInteger(at: start + 1, as: UInt32.self)
    else { return false }
    guard let limit = PostgresPipeline.serverLimit(type), (4...limit).contains(Int(length)) else {
      fail("the target sent no message of the protocol", code: "08P01")
      return false
    }
    let byteCount = Int(length) + 1
    guard PostgresMasking.isHeld(type, byteCount: byteCount) else {
      return try begin(masking, type, left: byteCount - 5)
    }
    guard byteCount <= PostgresMasking.messageLimit else {
      throw MaskingFailure(reason: "a message of the target is too long to be masked")
    }
    guard outbound.readableBytes >= byteCount, hasNames(masking, type) else { return false }
    lastAnswer = type
    if type == Kind.dataRow {
      try take(masking, byteCount, into: &masking.out)
    } else {
      try takeOther(masking, type, byteCount)
      guard !isOver else { return false }
    }
    outbound.moveReaderIndex(forwardBy: byteCount)
    if masking.stream.maskedCount &- masking.toldCount >= Self.toldLimit { tellMasked() }
    return !isOver
  }

  private func take(
    _ masking: RelayMasking, _ byteCount: Int, into out: inout ByteBuffer
  ) throws(MaskingFailure) {
    let buffer = outbound
    let names = masking.names ?? KnownNames()
    masking.names = nil
    try masking.stream.take(
      buffer.readableBytesUInt8Span.extracting(0..<byteCount), &pipeline, names, into: &out)
  }

  /// A message that says how far answers are.
  private func takeOther(_ masking: RelayMasking, _ type: UInt8, _ byteCount: Int) throws(MaskingFailure) {
    var shown = ByteBuffer()
    try take(masking, byteCount, into: &shown)
    if Self.ends.contains(type) { tellMasked() }
    let own = take(type, 5..<byteCount, 0)
    guard !isOver else { return }
    masking.out.writeImmutableBuffer(own ?? shown)
  }

  /// The head of what is not held until it is whole.
  private func begin(_ masking: RelayMasking, _ type: UInt8, left: Int) throws(MaskingFailure) -> Bool {
    guard hasNames(masking, type) else { return false }
    lastAnswer = type
    if type == Kind.dataRow {
      masking.stream.begin(pipeline, masking.names ?? KnownNames())
      masking.names = nil
    }
    outbound.moveReaderIndex(forwardBy: 5)
    try masking.stream.open(type, left: left)
    return true
  }

  /// Whether the names that a message needs are there; if not they are asked for, and all goes on when they come.
  private func hasNames(_ masking: RelayMasking, _ type: UInt8) -> Bool {
    guard masking.names == nil, masking.stream.needsNames(type) else { return true }
    let question = masking.stream.question(type, pipeline)
    if question.isEmpty { return true }
    if let known = masking.catalog.known(question) {
      masking.names = known
      return true
    }
    masking.isAsking = true
    masking.catalog.ask(question) { [weak self, loop] names in
      // Not from within what asks.
      loop.assumeIsolated().execute {
        masking.names = names
        masking.isAsking = false
        guard let self, !self.isOver else { return }
        self.receiveMasked(ByteBuffer())
        self.resume()
      }
    }
    return false
  }

  /// What the target says before a session begins: settings and notices.
  func shown(_ greeting: ByteBuffer) -> ByteBuffer {
    guard let masking else { return greeting }
    var (rest, out) = (greeting, ByteBuffer())
    while let length = rest.getInteger(at: rest.readerIndex + 1, as: UInt32.self),
      let message = rest.readSlice(length: Int(length) + 1)
    {
      // One that cannot be masked is left out: the session has not begun.
      try? masking.stream.take(message.readableBytesUInt8Span, &pipeline, KnownNames(), into: &out)
    }
    return out
  }

  // MARK: What is told

  /// The session ends: what is gathered goes out first.
  func finishMasked() {
    guard masking != nil else { return }
    sendMasked()
    tellMasked()
  }

  /// Writes what was masked since it was told last.
  func tellMasked() {
    guard let masking, !isOver, masking.stream.maskedCount != masking.toldCount else { return }
    masking.toldCount = masking.stream.maskedCount
    let offset = pipeline.answerSource?.source.offset ?? record.receivedCount
    for (key, count) in masking.stream.takeCounts() {
      let event = GatewayMask(
        offset: offset, rule: key.mask.rule, dataClass: key.mask.dataClass, method: key.mask.action,
        location: key.location, count: count)
      core.metrics.add(masked: count)
      do { _ = try record.note(.mask(event)) } catch { return fail(recording: error) }
    }
  }

  /// What cannot be masked is not shown: the session ends, and that is a leaf of the evidence log.
  func fail(masking reason: String) {
    let offset = pipeline.answerSource?.source.offset ?? record.receivedCount
    core.metrics.count(.maskingFailure)
    guard note(.decision(GatewayDecision(offset: offset, outcome: .denied, rule: "masking", reason: reason))) else {
      return
    }
    answerLeft = 0
    fail(reason, code: "58000")
  }
}
