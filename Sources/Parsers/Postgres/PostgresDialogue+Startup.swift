import Bytes
import Model

/// How far authentication is.
struct LoginProgress {
  enum Stage {
    case none
    case begun
    case accepted
    case over
  }

  /// What the client's next answer is.
  enum Expected {
    case nothing
    case cleartext
    case mechanism
  }

  var stage = Stage.none
  var expected = Expected.nothing
  var user: String?
  var methods: [String] = []
  /// The mechanisms that the server offers.
  var offered: [String] = []
  var begin: StreamPosition?
  var requestBytes: UInt64 = 0
  var responseBytes: UInt64 = 0
  var firstResponseAt: Timestamp?
  var incompleteReason: String?

  /// Whether the verdict is still to come.
  var isOpen: Bool { stage == .begun || stage == .accepted }

  /// The methods by name.
  func method(_ outcome: Login.Outcome) -> String {
    if !methods.isEmpty { return methods.joined(separator: "+") }
    // Nothing was asked: trust, peer, ident or a client certificate.
    if stage == .accepted { return "trust" }
    if case .refused = outcome { return "none" }
    return "unknown"
  }
}

/// Start-up and authentication.
extension PostgresDialogue {
  /// A packet before the start-up packet that belongs to it: SSLRequest or GSSENCRequest.
  mutating func notePrelude(_ begin: StreamPosition, byteCount: Int, from direction: Direction) {
    if login.begin == nil { login.begin = begin }
    if direction == .fromClient {
      login.requestBytes += UInt64(byteCount)
    } else {
      login.responseBytes += UInt64(byteCount)
      if login.firstResponseAt == nil { login.firstResponseAt = begin.time }
    }
  }

  mutating func takeStartup(
    minor: UInt16, _ parameters: [(name: [UInt8], value: [UInt8])], byteCount: Int, _ begin: StreamPosition,
    damage: String? = nil, _ events: inout [ParserEvent]
  ) {
    var facts = SessionFacts()
    facts.protocolVersion = "3.\(minor)"
    for (nameBytes, valueBytes) in parameters {
      let name = nameBytes.span.string
      let value = valueBytes.span.string
      switch name {
      case "user": facts.user = value
      case "database": facts.target = value
      case "application_name": facts.application = value
      // "Boolean values true, on, yes, 1, and database": false is the default.
      case "replication": if !["false", "off", "no", "0"].contains(value) { facts.replication = value }
      case "client_encoding": text.encoding = value
      default: break
      }
      facts.parameters[name] = value
    }
    // "The database to connect to. Defaults to the user name."
    if facts.target == nil, damage == nil, facts.replication == nil || facts.replication == "database" {
      facts.target = facts.user
    }
    sawStartup = true
    login.stage = .begun
    login.user = facts.user
    login.incompleteReason = damage
    notePrelude(begin, byteCount: byteCount, from: .fromClient)
    events.append(.facts(facts))
  }

  private mutating func noteLoginAnswer(_ envelope: borrowing Envelope) {
    login.responseBytes += UInt64(envelope.byteCount)
    if login.begin == nil { login.begin = envelope.begin }
    if login.firstResponseAt == nil { login.firstResponseAt = envelope.begin.time }
  }

  @_lifetime(reader: copy reader)
  mutating func takeAuthentication(
    _ envelope: borrowing Envelope, _ reader: inout ByteReader, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    guard login.stage != .over else {
      report("postgres-unexpected-message", "authentication after the session began", envelope.begin, &events)
      return try reader.skip(reader.remaining)
    }
    if login.stage == .none { login.stage = .begun }
    noteLoginAnswer(envelope)
    switch try AuthenticationMessage(parsing: &reader) {
    case .ok: login.stage = .accepted
    case .cleartext: request("password", .cleartext)
    case .method(let name): request(name, .nothing)
    case .sasl(let mechanisms):
      login.offered = mechanisms
      request(mechanisms.count == 1 ? mechanisms[0].lowercased() : "sasl", .mechanism)
    case .step: break
    }
  }

  private mutating func request(_ method: String, _ expected: LoginProgress.Expected) {
    if login.methods.last != method, login.methods.count < 8 { login.methods.append(method) }
    login.expected = expected
  }

  /// A password or a step of an exchange: never kept. Of a cleartext password there is a keyed hash, of SASL the
  /// mechanism.
  mutating func takePassword(_ envelope: borrowing Envelope, _ body: Span<UInt8>, _ events: inout [ParserEvent]) {
    guard login.stage != .over else {
      return report("postgres-unexpected-message", "a password after the session began", envelope.begin, &events)
    }
    if login.stage == .none { login.stage = .begun }
    notePrelude(envelope.begin, byteCount: envelope.byteCount, from: .fromClient)
    if let damage = envelope.damage { login.incompleteReason = login.incompleteReason ?? damage }
    var reader = ByteReader(body)
    switch login.expected {
    case .cleartext:
      guard envelope.damage == nil, let password = try? reader.readCString("password") else { break }
      var facts = SessionFacts()
      facts.credentialHash = options.secrets.hash(password)
      events.append(.facts(facts))
    case .mechanism:
      guard let response = try? SASLInitialResponseMessage(parsing: &reader),
        login.offered.contains(response.mechanism),
        !login.methods.isEmpty
      else { break }
      login.methods[login.methods.count - 1] = response.mechanism.lowercased()
    case .nothing: break
    }
    login.expected = .nothing
  }

  /// Gives the login's exchange once its outcome is known.
  mutating func finishLogin(_ outcome: Login.Outcome, at time: Timestamp, _ events: inout [ParserEvent]) {
    guard login.isOpen, let begin = login.begin else { return }
    // An error after AuthenticationOk refuses the login as well: no such database, too many connections.
    let method = login.method(outcome)
    login.stage = .over
    events.append(
      .exchange(
        Exchange(
          shape: .login(Login(user: login.user, method: method, outcome: outcome)), startedAt: begin.time,
          firstResponseAt: login.firstResponseAt, endedAt: login.firstResponseAt == nil ? nil : time,
          origin: begin.origin, requestByteCount: login.requestBytes, responseByteCount: login.responseBytes,
          incompleteReason: login.incompleteReason ?? (outcome == .unknown ? "the verdict was not captured" : nil))))
  }

  @_lifetime(reader: copy reader)
  mutating func takeParameter(
    _ envelope: borrowing Envelope, _ reader: inout ByteReader, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    let message = try ParameterStatusMessage(parsing: &reader, decode: { text.text($0) })
    var facts = SessionFacts()
    facts.parameters[message.name] = message.value
    if !login.isOpen { facts.learnedAt = envelope.begin.time }
    switch message.name {
    case "server_version": facts.serverVersion = message.value
    case "application_name": facts.application = message.value
    case "client_encoding":
      text.encoding = message.value
      lastDescription = nil
    default: break
    }
    events.append(.facts(facts))
    if login.isOpen {
      noteLoginAnswer(envelope)
    } else if !queue.isEmpty {
      answer.note(envelope)
    } else if login.stage == .over {
      // Nobody asked: the server's configuration was reloaded.
      let text = "\(message.name) = \(message.value)"
      events.append(.exchange(marker("parameter-status", text, envelope, from: .fromServer)))
    }
  }

  @_lifetime(reader: copy reader)
  mutating func takeKey(
    _ envelope: borrowing Envelope, _ reader: inout ByteReader, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    if login.isOpen { noteLoginAnswer(envelope) }
    let message = try BackendKeyDataMessage(parsing: &reader)
    var facts = SessionFacts()
    facts.processID = message.processID
    facts.cancelSecretHash = options.secrets.hash(message.secret.span)
    events.append(.facts(facts))
  }

  @_lifetime(reader: copy reader)
  mutating func takeVersion(
    _ envelope: borrowing Envelope, _ reader: inout ByteReader, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    if login.isOpen { noteLoginAnswer(envelope) }
    let message = try NegotiateProtocolVersionMessage(parsing: &reader)
    var facts = SessionFacts()
    facts.protocolVersion = message.version
    if !message.unknownOptions.isEmpty {
      facts.parameters["unsupported options"] = message.unknownOptions.joined(separator: ", ")
    }
    events.append(.facts(facts))
  }
}
