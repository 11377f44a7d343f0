import Model
import NIOCore

/// What goes to the target, and what comes of it.
extension HTTPRelay {
  // MARK: Sending

  /// Sends the request over the connection that is there, or over another.
  func send() {
    guard beginMasking(), let known = exchange else { return }
    if let line, line.isReusable, line.isOpen, line.place.isSame(as: known.place), line.inbox.readableBytes == 0 {
      return transmit(line)
    }
    connect()
  }

  private func connect() {
    guard let known = exchange else { return }
    dropLine()
    phase = .connecting
    lines.line(to: known.place, isHTTP1: known.head.upgrade != nil) { [weak self] result in
      guard let self else {
        if case .success(let line) = result { line.close() }
        return
      }
      switch result {
      case .success(let line):
        guard case .connecting = self.phase else { return line.close() }
        self.line = line
        line.relay = self
        self.transmit(line)
        self.resume()
      case .failure(let error): self.cannotReach(error.description)
      }
    }
  }

  private func cannotReach(_ reason: String) {
    guard case .connecting = phase, let known = exchange else { return }
    failTarget("the target \(known.place.target.name) cannot be reached", reason)
    resume()
  }

  /// Tells the client that there is no answer.
  private func failTarget(_ said: String, _ reason: String) {
    core.log.write(
      .error, "target",
      ["session": session?.id ?? "", "target": exchange?.place.target.name ?? "", "reason": reason])
    dropLine()
    answer(.problem(502, "target", said))
  }

  private func transmit(_ line: HTTPTargetLine) {
    guard let known = exchange else { return }
    if known.isGRPC, shared != nil, line.isReusable {
      // Its trailers and both directions at once are not to be had there.
      lines.keep(line)
      self.line = nil
      return answer(.problem(502, "no-http2", "gRPC takes HTTP/2, and \(known.place.target.name) speaks HTTP/1.1"))
    }
    phase = .forwarding
    var buffer = ByteBuffer()
    do throws(HTTPFault) {
      known.head.text(target: known.path, fields: try fields(of: known), into: &buffer)
    } catch {
      dropLine()
      return answer(.problem(error.status, "signature", error.reason))
    }
    buffer.writeImmutableBuffer(known.held)
    exchange?.again = line.isUsed && known.isRepeatable ? buffer : nil
    exchange?.held = ByteBuffer()
    line.isUsed = true
    line.outbox.send(buffer, after: known.gate)
  }

  /// "chunked" and the length are the message's own; it is passed on as it is framed.
  private static let messageFields: Set<String> = [
    "transfer-encoding", "content-length", "host", "content-type", "content-encoding",
  ]

  /// The fields that the target gets: those for the gateway left out, its own credential put in.
  private func fields(of exchange: HTTPExchange) throws(HTTPFault) -> [WireField] {
    let head = exchange.head
    var fields = head.fields
    let hop = fields.hopByHop
    let own = login.fields
    let replaced = exchange.place.target.credential?.replaced ?? []
    let hasContinued = exchange.saidContinue || exchange.body.hasContent
    let wantsTrailers = head.fields.list("te").contains("trailers")
    fields.removeAll { field in
      let name = field.key
      guard !Self.messageFields.contains(name) else { return false }
      return hop.contains(name) || own.contains(name) || replaced.contains(name) || name == "http2-settings"
        || hasContinued && name == "expect"
    }
    if exchange.masking != nil { fields = HTTPMasking.asked(fields) }
    if let url = HTTPURL(head.target) {
      // RFC 9112 §3.2.2: the field of a proxy's request is replaced by the authority of its target.
      fields.removeAll { $0.key == "host" }
      fields.insert(WireField("Host", url.authorityText), at: 0)
    }
    switch exchange.place.target.credential {
    case .field(let name, let secret): fields.append(WireField(name, secret.value))
    case .aws(let credential): fields = try sign(exchange, fields, credential)
    case nil: break
    }
    var options: [String] = []
    if let upgrade = head.upgrade {
      options.append("Upgrade")
      fields.append(WireField("Upgrade", upgradeText(head) ?? upgrade))
    }
    if wantsTrailers {
      options.append("TE")
      fields.append(WireField("TE", "trailers"))
    }
    if head.minor == 0 { options.append("close") }
    if !options.isEmpty { fields.append(WireField("Connection", options.joined(separator: ", "))) }
    return fields
  }

  /// With the name of the server that is asked: nothing else would be taken.
  private func sign(
    _ exchange: HTTPExchange, _ fields: [WireField], _ credential: AWSCredential
  ) throws(HTTPFault) -> [WireField] {
    let isPlain = exchange.reader.isDone && exchange.body != .chunked
    let request = AWSRequest(
      method: exchange.head.method, target: exchange.path,
      fields: [WireField("Host", exchange.place.authority)] + fields.filter { $0.key != "host" },
      content: isPlain ? Array(exchange.held.readableBytesView) : nil)
    // What was judged by a bucket in the name of the server must not go to another.
    let named = exchange.head.fields.values("host").first.flatMap { HTTPAuthority($0)?.host } ?? exchange.place.host
    guard named == exchange.place.host || !named.contains(".s3.") && !named.contains(".s3-") else {
      throw HTTPFault(
        421, "Host names a bucket of another server than that which is asked; put the bucket into the path")
    }
    let own = login.fields.contains("authorization") ? [] : exchange.head.fields.values("authorization")
    return try credential.sign(request, own, at: core.now())
  }

  /// As the client wrote it, HTTP/2 left out.
  private func upgradeText(_ head: RequestHead) -> String? {
    let names = head.fields.values("upgrade").flatMap { $0.split(separator: ",") }
      .map { String($0.drop { $0 == " " }) }.filter { !["h2c", "h2"].contains($0.lowercased()) }
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }

  // MARK: The answer

  func receiveFromTarget(_ buffer: ByteBuffer, _ from: HTTPTargetLine) {
    guard !isOver, from === line else { return }
    if from.inbox.readableBytes == 0 {
      from.inbox = buffer
      from.scanned = 0
    } else {
      if from.inbox.readerIndex > from.inbox.readableBytes { from.inbox.discardReadBytes() }
      from.inbox.writeImmutableBuffer(buffer)
    }
    processTarget()
    // No end of reading is told of a connection that was left.
    guard line === from else { return resume() }
    // A request that waited for this answer may be there already.
    if case .reading = phase { processClient() }
  }

  func targetReadComplete(_ from: HTTPTargetLine) {
    toClient.flush()
    if from === line { from.outbox.flush() }
    readTarget()
    readClient()
  }

  func processTarget() {
    while let line, line.inbox.readableBytes > 0, !isOver {
      switch phase {
      case .tunnel:
        let bytes = line.inbox
        line.inbox = ByteBuffer()
        if let masking = exchange?.masking { sayMessages(bytes, masking) } else { say(bytes) }
      case .forwarding:
        guard exchange?.reply == nil ? readReply(line) : passReply(line) else { return }
      default:
        // Nobody asked for it.
        dropLine()
      }
    }
  }

  private func readReply(_ line: HTTPTargetLine) -> Bool {
    let view = line.inbox.readableBytesView
    do throws(HTTPFault) {
      guard let length = WireLines.headLength(view, scanned: &line.scanned, endsAtLF: true) else {
        guard view.count < limits.head.byteCount else { throw .malformed("the head of its answer is too long") }
        return false
      }
      guard length <= limits.head.byteCount else { throw .malformed("the head of its answer is too long") }
      let head = try ResponseHead(view.prefix(length), limits.head)
      line.inbox.moveReaderIndex(forwardBy: length)
      line.scanned = 0
      try begin(head)
    } catch {
      failTarget("the target's answer is no HTTP", error.reason)
    }
    return !isOver
  }

  private func begin(_ head: ResponseHead) throws(HTTPFault) {
    guard let known = exchange else { return }
    exchange?.again = nil
    switch head.status {
    case 101:
      guard known.head.upgrade != nil, known.reader.isDone else { throw .malformed("it switched protocols unasked") }
      guard let shown = shown(interim: head), beginMessages(head) else { return }
      say(shown.forClient(isLast: false), to: known.head.method)
      tellMasked()
      guard !isOver else { return }
      phase = .tunnel
      processClient()
    case 100:
      // Whoever asked for it has it.
      break
    case 102..<200:
      if known.head.minor == 1, let shown = shown(interim: head) {
        say(shown.forClient(isLast: false), to: known.head.method)
      }
    default:
      let length = try HTTPLength(
        response: head.fields, status: head.status, minor: head.minor, to: known.head.method)
      guard length != .chunked || known.head.minor == 1 else { throw .malformed("it sent chunks to HTTP/1.0") }
      exchange?.status = head.status
      exchange?.keepsTarget = head.isPersistent && length != .untilClose && known.head.minor == 1
      if length == .untilClose || isDraining || !known.reader.isDone { exchange?.isLast = true }
      guard let shown = shown(head, length) else { return }
      if known.request?.listsTools == true, head.status == 200 { exchange?.learned = ByteBuffer() }
      if head.status >= 400, ![401, 403, 407].contains(head.status) { giveBack() }
      exchange?.reply = BodyReader(length, limits.head)
      say(shown.forClient(isLast: exchange?.isLast ?? true), to: known.head.method)
      if exchange?.reply?.isDone == true { finishExchange() }
    }
  }

  private func passReply(_ line: HTTPTargetLine) -> Bool {
    do throws(HTTPFault) {
      if let masking = exchange?.masking {
        var places: [Range<Int>] = []
        let count = try exchange?.reply?.take(line.inbox.readableBytesView) { places.append($0) } ?? 0
        guard count > 0 else { return false }
        let pieces = places.compactMap { line.inbox.getSlice(at: $0.lowerBound, length: $0.count) }
        line.inbox.moveReaderIndex(forwardBy: count)
        say(masked: pieces, masking)
      } else {
        let count = try exchange?.reply?.take(line.inbox.readableBytesView) ?? 0
        guard count > 0, let slice = line.inbox.readSlice(length: count) else { return false }
        say(slice)
      }
      if exchange?.reply?.isDone == true {
        finishExchange()
      } else if let masking = exchange?.masking {
        watchPauses(masking)
      }
      return !isOver
    } catch {
      core.log.write(.error, "target", ["session": session?.id ?? "", "reason": error.reason])
      cut("the target's content is malformed")
      return false
    }
  }

  /// The answer cannot be brought to its end: the client sees that it is not whole.
  private func cut(_ reason: String) { end(reason) }

  private func finishExchange() {
    guard !isOver, finishMasked() else { return }
    if let last = frames?.response.end() { say([last]) }
    guard let known = exchange else { return }
    if let learned = known.learned { session?.judge.learn(request: known.recorded, answer: learned, at: core.now()) }
    if !known.keepsTarget || !known.reader.isDone {
      dropLine()
    }
    exchange = nil
    // Answered before it was all sent: the client may not have come to the answer yet.
    guard known.reader.isDone else { return linger() }
    if known.isLast { return end("answered") }
    nextRequest()
  }

  /// Gives up the connection to the target. Closing is heard at once, so it is forgotten first.
  func dropLine() {
    let old = line
    line = nil
    old?.close()
  }

  func targetClosed(_ from: HTTPTargetLine) {
    guard !isOver, from === line else { return }
    line = nil
    switch phase {
    case .tunnel: end("target closed")
    case .forwarding:
      if exchange?.reply?.endsWithConnection == true {
        exchange?.isLast = true
        finishExchange()
      } else if exchange?.reply != nil {
        cut("the target closed in the middle of its answer")
      } else if exchange?.again != nil {
        // It was closing while the request was on its way (RFC 9112 §9.3.1).
        exchange?.held = ByteBuffer()
        exchange?.again = nil
        connect()
      } else {
        failTarget("the target closed the connection before it answered", "it closed before it answered")
        resume()
      }
    default: break
    }
  }

  func targetFailed(_ from: HTTPTargetLine, _ error: any Error) {
    guard from === line, !isOver, case .forwarding = phase else { return }
    core.log.write(.warning, "target failed", ["session": session?.id ?? "", "reason": "\(error)"])
  }
}
