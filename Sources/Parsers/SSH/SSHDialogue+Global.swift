import Bytes
import Model

/// A request about the connection as a whole that waits for its answer (RFC 4254 §4).
struct SSHGlobalRequest {
  let name: String
  let begin: StreamPosition
  let byteCount: Int
  var forwarding: Forwarding?
  /// The client left the choice of the port to the server.
  var hasOpenPort = false
  var host = ""
  var incompleteReason: String?
}

extension SSHDialogue {
  @_lifetime(reader: copy reader)
  mutating func takeGlobal(
    _ number: UInt8, _ reader: inout ByteReader, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    guard number == SSHMessageNumber.globalRequest else {
      return takeGlobalReply(number == SSHMessageNumber.requestSuccess, &reader, envelope, &events)
    }
    let name = try reader.readText("request name")
    let wantsReply = try reader.readBool("want reply")
    var request = SSHGlobalRequest(name: name, begin: envelope.begin, byteCount: envelope.byteCount)
    defer { enqueue(request, wantsReply, envelope, &events) }
    switch name {
    case "tcpip-forward", "cancel-tcpip-forward":
      request.host = try reader.readText("address to bind")
      let port = try reader.readUInt32("port to bind")
      let isCancel = name != "tcpip-forward"
      request.hasOpenPort = port == 0 && !isCancel
      request.forwarding = Forwarding(
        isCancel ? .cancelListen : .listen, destination: SSHDialogue.endpoint(request.host, port))
    case "streamlocal-forward@openssh.com", "cancel-streamlocal-forward@openssh.com":
      let isCancel = name.hasPrefix("cancel")
      request.forwarding = Forwarding(
        isCancel ? .cancelListen : .listen, destination: try reader.readText("socket path"))
    case "hostkeys-00@openssh.com": try takeHostKeys(&reader, &events)
    case "no-more-sessions@openssh.com":
      var facts = SessionFacts()
      facts.parameters["ssh.no-more-sessions"] = "true"
      events.append(.facts(facts))
    case "hostkeys-prove-00@openssh.com": break
    // Anything with an answer does for a keep-alive; these are the names in use.
    case "keepalive@openssh.com", "keep-alive@openssh.com", "keepalive", "winadj@putty.projects.tartarus.org":
      keepalives[envelope.direction] += 1
    default: events.append(.exchange(marker("global-request", name, envelope)))
    }
  }

  private mutating func enqueue(
    _ request: SSHGlobalRequest, _ wantsReply: Bool, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    guard wantsReply else { return emit(request, .unknown, nil, 0, &events) }
    if globalRequests[envelope.direction].count >= SSHLimits.pendingRequests,
      let oldest = globalRequests[envelope.direction].popFirst()
    {
      emit(oldest, .unknown, nil, 0, &events)
    }
    globalRequests[envelope.direction].append(request)
  }

  @_lifetime(reader: copy reader)
  private mutating func takeGlobalReply(
    _ isSuccess: Bool, _ reader: inout ByteReader, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    guard var request = globalRequests[envelope.direction.reversed].popFirst() else {
      if !lost[envelope.direction.reversed] {
        report("ssh-unexpected-message", "an answer to no global request", envelope.begin, &events)
      }
      return
    }
    // RFC 4254 §7.1: the port that was allocated is in the answer.
    if isSuccess, request.hasOpenPort, let port = try? reader.readUInt32() {
      request.forwarding?.destination = SSHDialogue.endpoint(request.host, port)
    }
    // After a loss it may be another request's answer.
    let outcome: Forwarding.Outcome =
      request.incompleteReason != nil
      ? .unknown : isSuccess ? .accepted : .refused("refused by the \(envelope.direction.name)")
    emit(request, outcome, envelope, envelope.byteCount, &events)
  }

  private func emit(
    _ request: SSHGlobalRequest, _ outcome: Forwarding.Outcome, _ reply: SSHEnvelope?, _ replyByteCount: Int,
    _ events: inout [ParserEvent]
  ) {
    guard var forwarding = request.forwarding else { return }
    forwarding.outcome = outcome
    events.append(
      .exchange(
        Exchange(
          shape: .forwarding(forwarding), startedAt: request.begin.time, firstResponseAt: reply?.begin.time,
          endedAt: reply?.endTime, origin: request.begin.origin, requestByteCount: UInt64(request.byteCount),
          responseByteCount: UInt64(replyByteCount), incompleteReason: request.incompleteReason)))
  }

  /// OpenSSH's PROTOCOL §2.5: all host keys of the server.
  @_lifetime(reader: copy reader)
  private func takeHostKeys(_ reader: inout ByteReader, _ events: inout [ParserEvent]) throws(DecodeError) {
    var keys: [String] = []
    while !reader.isAtEnd, keys.count < 64 {
      let blob = try reader.readString("host key")
      let key = try? SSHPublicKey(parsing: blob)
      keys.append(key?.text ?? SSHPublicKey.fingerprint(of: blob))
    }
    var facts = SessionFacts()
    facts.parameters["ssh.host-keys"] = keys.joined(separator: ", ")
    events.append(.facts(facts))
  }

  /// Answers may have been lost, so what follows may answer another request.
  mutating func noteGlobalLoss(_ direction: Direction, _ reason: String) {
    let count = globalRequests[direction.reversed].count
    for index in 0..<count {
      globalRequests[direction.reversed].update(at: index) { $0.incompleteReason = $0.incompleteReason ?? reason }
    }
  }

  mutating func finishGlobal(at position: StreamPosition, _ events: inout [ParserEvent]) {
    for direction in Direction.allCases {
      while var request = globalRequests[direction].popFirst() {
        request.incompleteReason = request.incompleteReason ?? "no answer was captured"
        emit(request, .unknown, nil, 0, &events)
      }
    }
    guard keepalives[.fromClient] + keepalives[.fromServer] > 0 else { return }
    var facts = SessionFacts()
    for direction in Direction.allCases where keepalives[direction] > 0 {
      facts.parameters["ssh.\(direction.name)-keepalives"] = "\(keepalives[direction])"
    }
    events.append(.facts(facts))
  }
}
