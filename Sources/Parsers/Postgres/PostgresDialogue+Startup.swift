import Bytes
import Model

/// Start-up and authentication.
extension PostgresDialogue {
  mutating func takeStartup(
    _ parameters: [(name: String, value: String)], version: String, byteCount: Int, _ position: StreamPosition,
    _ events: inout [ParserEvent]
  ) {
    var facts = SessionFacts()
    facts.protocolVersion = version
    for (name, value) in parameters {
      switch name {
      case "user": facts.user = value
      case "database": facts.target = value
      case "application_name": facts.application = value
      case "replication": facts.replication = value
      case "client_encoding":
        text.encoding = value
        lastDescription = nil
      default: break
      }
      facts.parameters[name] = value
    }
    // The server takes the user's name for the database when none is given.
    if facts.target == nil { facts.target = facts.user }
    login.stage = .begun
    login.user = facts.user
    login.position = position
    login.requestBytes += UInt64(byteCount)
    events.append(.facts(facts))
  }

  @_lifetime(reader: copy reader)
  mutating func takeAuthentication(
    _ reader: inout ByteReader, _ byteCount: Int, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    let message = try AuthenticationMessage(parsing: &reader)
    if login.stage == .none { login.stage = .begun }
    login.position = login.position ?? position
    login.responseBytes += UInt64(byteCount)
    login.firstResponseAt = login.firstResponseAt ?? position.time
    login.isCleartext = false
    switch message {
    case .ok: login.stage = .accepted
    case .request(let method, let isCleartext):
      if login.methods.last != method { login.methods.append(method) }
      login.isCleartext = isCleartext
    case .step: break
    }
  }

  /// A password or a step of a SASL exchange: never kept; of a cleartext password a keyed hash is.
  @_lifetime(reader: copy reader)
  mutating func takePassword(
    _ reader: inout ByteReader, _ byteCount: Int, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    login.requestBytes += UInt64(byteCount)
    if login.stage == .begun, login.isCleartext, let password = try? reader.readCString("password") {
      var facts = SessionFacts()
      facts.credentialHash = options.secrets.hash(password)
      events.append(.facts(facts))
      return
    }
    // The client names the mechanism that it chose of those that were offered.
    if let last = login.methods.last, last.hasPrefix("scram"), let name = try? reader.readCString("mechanism") {
      let chosen = name.string.lowercased()
      if last.split(separator: "/").contains(Substring(chosen)) { login.methods[login.methods.count - 1] = chosen }
    }
  }

  /// Gives the login's exchange once its outcome is known.
  ///
  /// - Returns: whether the message that told it was about the login.
  mutating func finishLogin(_ outcome: Login.Outcome, at time: Timestamp, into events: inout [ParserEvent]) -> Bool {
    guard login.stage == .begun || login.stage == .accepted, let position = login.position else { return false }
    // An error after AuthenticationOk refuses the login as well: no such database, too many connections.
    login.stage = .over
    let method = login.methods.isEmpty ? "trust" : login.methods.joined(separator: "+")
    let isKnown = outcome == .accepted || !login.methods.isEmpty
    events.append(
      .exchange(
        Exchange(
          shape: .login(Login(user: login.user, method: isKnown ? method : "none", outcome: outcome)),
          startedAt: position.time, firstResponseAt: login.firstResponseAt, endedAt: time, origin: position.origin,
          requestByteCount: login.requestBytes, responseByteCount: login.responseBytes)))
    return true
  }

  @_lifetime(reader: copy reader)
  mutating func takeParameter(_ reader: inout ByteReader, _ events: inout [ParserEvent]) throws(DecodeError) {
    let name = try reader.readCString("parameter name").string
    let value = text.decode(try reader.readCString("parameter value")).text
    try reader.expectEnd("ParameterStatus")
    var facts = SessionFacts()
    facts.parameters[name] = value
    switch name {
    case "server_version": facts.serverVersion = value
    case "application_name": if !value.isEmpty { facts.application = value }
    case "client_encoding":
      text.encoding = value
      lastDescription = nil
    default: break
    }
    events.append(.facts(facts))
  }

  @_lifetime(reader: copy reader)
  mutating func takeKey(_ reader: inout ByteReader, _ events: inout [ParserEvent]) throws(DecodeError) {
    var facts = SessionFacts()
    facts.processID = try reader.readUInt32("process id")
    facts.cancelSecretHash = options.secrets.hash(reader.rest)
    events.append(.facts(facts))
  }
}
