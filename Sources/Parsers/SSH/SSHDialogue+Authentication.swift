import Bytes
import Model

/// User authentication: RFC 4252, keyboard-interactive (RFC 4256), GSSAPI (RFC 4462).
extension SSHDialogue {
  @_lifetime(reader: copy reader)
  mutating func takeAuthentication(
    _ number: UInt8, _ reader: inout ByteReader, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    switch (number, envelope.direction) {
    case (SSHMessageNumber.authRequest, .fromClient): try takeAttempt(&reader, envelope, &events)
    case (SSHMessageNumber.authFailure, .fromServer):
      let methods = try reader.readText("methods that can continue")
      let isPartial = try reader.readBool("partial success")
      takeFailure(methods, isPartial, envelope, &events)
    case (SSHMessageNumber.authSuccess, .fromServer): takeSuccess(envelope, &events)
    case (SSHMessageNumber.authBanner, .fromServer):
      events.append(.exchange(marker("banner", try reader.readText("message"), envelope)))
    case (60, .fromServer): try takeQuestion(&reader, envelope, &events)
    case (60...79, .fromClient): try takeAnswer(number, &reader, envelope, &events)
    case (60...79, .fromServer):
      authentication.current?.responseByteCount += UInt64(envelope.byteCount)
    default:
      report(
        "ssh-unexpected-message", "message \(number) from the \(envelope.direction.name)", envelope.begin, &events)
    }
  }

  @_lifetime(reader: copy reader)
  private mutating func takeAttempt(
    _ reader: inout ByteReader, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    let user = try reader.readText("user name")
    _ = try reader.readString("service name")
    var method = try reader.readText("method name")
    // The same with the server's host key behind (PROTOCOL of OpenSSH, §3.1).
    if method == "publickey-hostbound-v00@openssh.com" { method = "publickey" }
    // RFC 4252 §5.1: requests after success are to be passed over in silence.
    guard !authentication.isDone else { return }
    var attempt = SSHAuthentication.Attempt(
      user: user, method: method, title: method, begin: envelope.begin, requestByteCount: UInt64(envelope.byteCount))
    if lost[.fromClient] { attempt.incompleteReason = "the verdict may be on an attempt that was not captured" }
    if authentication.user != user {
      authentication.user = user
      var facts = SessionFacts()
      facts.user = user
      events.append(.facts(facts))
    }
    defer { enqueue(attempt, &events) }
    switch method {
    case "publickey":
      attempt.isQuery = !(try reader.readBool("has signature"))
      let algorithm = try reader.readText("algorithm")
      let blob = try reader.readString("public key")
      let key = try? SSHPublicKey(parsing: blob)
      attempt.key = key
      attempt.title = "publickey " + (key?.text ?? "\(algorithm) \(SSHPublicKey.fingerprint(of: blob))")
    case "hostbased":
      _ = try reader.readText("algorithm")
      let key = try? SSHPublicKey(parsing: try reader.readString("host key"))
      let host = try reader.readText("client host name")
      let hostUser = try reader.readText("user name on the client host")
      attempt.key = key
      attempt.title = "hostbased \(key?.text ?? "") \(hostUser)@\(host)"
    case "password":
      let isChange = try reader.readBool("changes password")
      tellCredential(try reader.readString("password"), &events)
      if isChange {
        attempt.title = "password change"
        tellCredential(try reader.readString("new password"), &events)
      }
    default: break
    }
  }

  private mutating func enqueue(_ attempt: SSHAuthentication.Attempt, _ events: inout [ParserEvent]) {
    var attempt = attempt
    authentication.attemptCount += 1
    // A method that was under way is given up by a new request (RFC 4252 §5.1).
    if let given = authentication.current {
      authentication.current = nil
      if !given.isQuery { emit(given, .unknown, endedAt: nil, "the client gave the attempt up", &events) }
    }
    if let query = authentication.acceptable {
      authentication.acceptable = nil
      if !attempt.isQuery, attempt.title == query.title {
        // The signed request is the same attempt.
        attempt.begin = query.begin
        attempt.requestByteCount += query.requestByteCount
        attempt.responseByteCount += query.responseByteCount
        attempt.firstResponseAt = query.firstResponseAt
      } else {
        tellAcceptable(query, &events)
      }
    }
    if authentication.pending.count >= SSHLimits.pendingAttempts, let oldest = authentication.pending.popFirst() {
      emit(oldest, .unknown, endedAt: nil, "no answer was captured", &events)
    }
    authentication.pending.append(attempt)
  }

  private mutating func takeFailure(
    _ methods: String, _ isPartial: Bool, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    guard var attempt = authentication.takeCurrent() else { return orphanVerdict(envelope, &events) }
    attempt.take(envelope)
    let message = ServerMessage(
      severity: "FAILURE", code: isPartial ? "partial-success" : "refused",
      message: isPartial ? "accepted, and more is asked for: \(methods)" : "methods that can continue: \(methods)",
      fields: [ServerMessage.Field(name: "methods", value: methods)])
    var facts = SessionFacts()
    facts.parameters["ssh.auth-methods"] = methods
    events.append(.facts(facts))
    if attempt.method == "none", !isPartial {
      if authentication.attemptCount == 1 {
        authentication.probe = exchange(attempt, .refused(message), endedAt: envelope.endTime, nil)
      }
      return
    }
    if isPartial { tellKey(attempt, &events) }
    emit(attempt, .refused(message), endedAt: envelope.endTime, nil, &events)
  }

  private mutating func takeSuccess(_ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    guard var attempt = authentication.takeCurrent() else {
      authentication.isDone = true
      return orphanVerdict(envelope, &events)
    }
    attempt.take(envelope)
    authentication.isDone = true
    tellKey(attempt, &events)
    var facts = SessionFacts()
    facts.user = attempt.user
    facts.parameters["ssh.auth-method"] = attempt.method
    events.append(.facts(facts))
    emit(attempt, .accepted, endedAt: envelope.endTime, nil, &events)
  }

  private mutating func orphanVerdict(_ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    report("ssh-unexpected-message", "a verdict on an attempt that was not captured", envelope.begin, &events)
  }

  /// Message 60: what it is depends on the method.
  @_lifetime(reader: copy reader)
  private mutating func takeQuestion(
    _ reader: inout ByteReader, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    guard var attempt = authentication.takeCurrent() else { return orphanVerdict(envelope, &events) }
    attempt.take(envelope)
    if attempt.method == "publickey" {
      // RFC 4252 §7: SSH_MSG_USERAUTH_PK_OK.
      attempt.isKeyAcceptable = true
      if let earlier = authentication.acceptable { tellAcceptable(earlier, &events) }
      authentication.acceptable = attempt
      return
    }
    defer { authentication.current = attempt }
    switch attempt.method {
    case "keyboard-interactive":
      _ = try reader.readString("name")
      _ = try reader.readString("instruction")
      _ = try reader.readString("language")
      let count = try reader.readUInt32("prompt count")
      attempt.hiddenPrompts = []
      while attempt.hiddenPrompts.count < min(count, 64) {
        _ = try reader.readString("prompt")
        attempt.hiddenPrompts.append(!(try reader.readBool("echo")))
      }
    case "gssapi-with-mic": attempt.title = "gssapi-with-mic"
    default: break
    }
  }

  /// Messages 60 to 79 of the client belong to the method that is under way.
  @_lifetime(reader: copy reader)
  private mutating func takeAnswer(
    _ number: UInt8, _ reader: inout ByteReader, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    guard var attempt = authentication.current else { return }
    defer { authentication.current = attempt }
    attempt.requestByteCount += UInt64(envelope.byteCount)
    guard number == SSHMessageNumber.authMethod61, attempt.method == "keyboard-interactive" else { return }
    let count = try reader.readUInt32("answer count")
    for index in 0..<Int(min(count, 64)) {
      let answer = try reader.readString("answer")
      if index >= attempt.hiddenPrompts.count || attempt.hiddenPrompts[index] { tellCredential(answer, &events) }
    }
  }

  /// The connection protocol has begun, so somebody was let in.
  mutating func noteAuthenticated(_ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    guard !authentication.isDone else { return }
    authentication.isDone = true
    guard let attempt = authentication.takeCurrent() ?? authentication.acceptable else { return }
    authentication.acceptable = nil
    emit(attempt, .unknown, endedAt: nil, "the server's verdict was not captured", &events)
  }

  mutating func finishAuthentication(at position: StreamPosition, _ events: inout [ParserEvent]) {
    if let query = authentication.acceptable { tellAcceptable(query, &events) }
    authentication.acceptable = nil
    while let attempt = authentication.takeCurrent() {
      emit(attempt, .unknown, endedAt: nil, attempt.incompleteReason ?? "no verdict was captured", &events)
    }
    if let probe = authentication.probe { events.append(.exchange(probe)) }
    authentication.probe = nil
  }

  // MARK: What is told

  /// A key that the server would take, and no signature came: the client had only the public half, or asked to know.
  private func tellAcceptable(_ attempt: SSHAuthentication.Attempt, _ events: inout [ParserEvent]) {
    let text = "\(attempt.user): \(attempt.title) would be accepted"
    events.append(
      .exchange(
        Exchange(
          shape: .marker(Marker(name: "key-acceptable", text: text)), startedAt: attempt.begin.time,
          firstResponseAt: attempt.firstResponseAt, endedAt: attempt.firstResponseAt, origin: attempt.begin.origin,
          requestByteCount: attempt.requestByteCount, responseByteCount: attempt.responseByteCount)))
  }

  private func tellKey(_ attempt: SSHAuthentication.Attempt, _ events: inout [ParserEvent]) {
    guard let key = attempt.key else { return }
    var facts = SessionFacts()
    facts.parameters["ssh.user-key"] = key.text
    if let certificate = key.certificate {
      let name = "ssh.user-certificate"
      facts.parameters[name] = certificate.keyID
      facts.parameters[name + "-serial"] = "\(certificate.serial)"
      facts.parameters[name + "-principals"] = certificate.principals.joined(separator: ",")
      facts.parameters[name + "-authority"] = certificate.authority
      if certificate.validAfter != 0 {
        facts.parameters[name + "-valid-after"] = SSHDialogue.time(certificate.validAfter)
      }
      if certificate.validBefore != .max {
        facts.parameters[name + "-valid-before"] = SSHDialogue.time(certificate.validBefore)
      }
      if !certificate.criticalOptions.isEmpty {
        facts.parameters[name + "-options"] = certificate.criticalOptions.joined(separator: ",")
      }
    }
    events.append(.facts(facts))
  }

  private static func time(_ seconds: UInt64) -> String {
    let (nanoseconds, isOver) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !isOver, let time = Int64(exactly: nanoseconds) else { return "\(seconds)" }
    return Timestamp(nanoseconds: time).formatted(fractionDigits: 0)
  }

  /// A secret that was seen leaves its keyed hash and nothing else.
  private func tellCredential(_ secret: Span<UInt8>, _ events: inout [ParserEvent]) {
    guard !secret.isEmpty else { return }
    var facts = SessionFacts()
    facts.credentialHash = options.secrets.hash(secret)
    events.append(.facts(facts))
  }

  private mutating func emit(
    _ attempt: SSHAuthentication.Attempt, _ outcome: Login.Outcome, endedAt: Timestamp?, _ reason: String?,
    _ events: inout [ParserEvent]
  ) {
    authentication.probe = nil
    events.append(.exchange(exchange(attempt, outcome, endedAt: endedAt, reason)))
  }

  private func exchange(
    _ attempt: SSHAuthentication.Attempt, _ outcome: Login.Outcome, endedAt: Timestamp?, _ reason: String?
  ) -> Exchange {
    Exchange(
      shape: .login(Login(user: attempt.user, method: attempt.title, outcome: outcome)), startedAt: attempt.begin.time,
      firstResponseAt: attempt.firstResponseAt ?? endedAt, endedAt: endedAt, origin: attempt.begin.origin,
      requestByteCount: attempt.requestByteCount, responseByteCount: attempt.responseByteCount,
      incompleteReason: reason ?? attempt.incompleteReason)
  }
}

extension SSHAuthentication.Attempt {
  /// An answer of the server.
  fileprivate mutating func take(_ envelope: SSHEnvelope) {
    if firstResponseAt == nil { firstResponseAt = envelope.begin.time }
    responseByteCount += UInt64(envelope.byteCount)
  }
}
