import Bytes
import Model

/// What the client sends.
extension PostgresDialogue {
  /// Takes a message; one that is damaged or malformed is still taken for what its type says.
  mutating func frontend(_ envelope: borrowing Envelope, _ body: Span<UInt8>, _ events: inout [ParserEvent]) {
    switch envelope.type {
    case FrontendType.query: takeQuery(envelope, body, &events)
    case FrontendType.sync:
      expectEnd(body.count, envelope, "client", &events)
      // COPY in the extended protocol: the server passes over a Sync that comes before the data.
      if answer.copy?.direction == .in, answer.copy?.isEnded == false { return queue.addBytes(envelope.byteCount) }
      if let lone = queue.last?.copy, !lone.copy.isEnded { return }
      push(request(.sync, envelope), &events)
    case FrontendType.copyData: takeClientCopyData(body, envelope, isFirst: true)
    case FrontendType.copyDone: endClientCopy(envelope, failure: nil)
    case FrontendType.copyFail:
      var reader = ByteReader(body)
      endClientCopy(envelope, failure: text.text(reader.readCStringOrRest()))
    case FrontendType.flush: expectEnd(body.count, envelope, "client", &events)
    case FrontendType.terminate:
      let exchange = marker("terminate", "", envelope, from: .fromClient)
      // Sent at once by a client that does not wait; the server answers what came before all the same.
      if queue.isEmpty { events.append(.exchange(exchange)) } else { terminate = exchange }
    case FrontendType.password: takePassword(envelope, body, &events)
    default: takeExtended(envelope, body, &events)
    }
  }

  private func request(_ kind: PostgresRequest.Kind, _ envelope: borrowing Envelope) -> PostgresRequest {
    PostgresRequest(
      kind: kind, begin: envelope.begin, byteCount: UInt64(envelope.byteCount), incompleteReason: envelope.damage)
  }

  private mutating func takeQuery(
    _ envelope: borrowing Envelope, _ body: Span<UInt8>, _ events: inout [ParserEvent]
  ) {
    beginRequest(isWholeCycle: true, &events)
    var reader = ByteReader(body)
    let bytes = reader.readCStringOrRest()
    let isTerminated = bytes.count < body.count
    let (query, isExact) = text.decode(bytes)
    var request = request(.query(text: query, isExact: isExact && isTerminated && envelope.damage == nil), envelope)
    if envelope.damage == nil {
      if isTerminated {
        expectEnd(reader.remaining, envelope, "client", &events)
      } else {
        report("postgres-malformed", "client message 'Q': query without its terminator", envelope.begin, &events)
        request.incompleteReason = "a malformed request"
      }
    }
    // "A simple Query message also destroys the unnamed statement and portal."
    if !isSkipping {
      statements.remove("")
      portals.remove("")
    }
    isDrainingCopy = false
    push(request, &events)
  }

  private mutating func takeExtended(
    _ envelope: borrowing Envelope, _ body: Span<UInt8>, _ events: inout [ParserEvent]
  ) {
    beginRequest(isWholeCycle: envelope.type == FrontendType.functionCall, &events)
    var reader = ByteReader(body)
    var damage = envelope.damage
    let kind: PostgresRequest.Kind
    do throws(DecodeError) {
      switch envelope.type {
      case FrontendType.parse: kind = try parse(&reader, damage)
      case FrontendType.bind: kind = .bind(try portal(&reader, body))
      case FrontendType.describe:
        switch try TargetMessage(parsing: &reader) {
        case .statement(let name): kind = .describeStatement(statements[name], name: name)
        case .portal(let name): kind = .describePortal(portals[name])
        }
      case FrontendType.execute:
        let message = try ExecuteMessage(parsing: &reader)
        let portal = portals[message.portal]
        portal?.executions += 1
        kind = .execute(portal, name: message.portal)
      case FrontendType.close:
        switch try TargetMessage(parsing: &reader) {
        case .statement(let name): kind = .close(isSkipping ? nil : statements.remove(name))
        case .portal(let name):
          if !isSkipping { portals.remove(name) }
          kind = .close(nil)
        }
      default: kind = .functionCall(try FunctionCallMessage(parsing: &reader))
      }
      if damage == nil { expectEnd(reader.remaining, envelope, "client", &events) }
    } catch {
      if damage == nil {
        report("postgres-malformed", "client message \(envelope.type.letter): \(error)", envelope.begin, &events)
        damage = "a malformed request"
      }
      kind = unreadable(envelope.type, body, damage)
    }
    var request = request(kind, envelope)
    request.incompleteReason = damage
    register(&request)
    push(request, &events)
  }

  @_lifetime(reader: copy reader)
  private func parse(_ reader: inout ByteReader, _ damage: String?) throws(DecodeError) -> PostgresRequest.Kind {
    let message = try ParseMessage(parsing: &reader, decode: { text.decode($0) })
    return .parse(
      PreparedStatement(
        name: message.statement, text: message.query, isExact: message.isExact, parameterOIDs: message.parameterOIDs,
        incompleteReason: damage), replaced: nil)
  }

  @_lifetime(reader: copy reader)
  private func portal(_ reader: inout ByteReader, _ body: Span<UInt8>) throws(DecodeError) -> Portal {
    let message = try BindMessage(parsing: &reader)
    let values = BoundValues(
      bytes: message.parameterCount == 0 ? [] : body.extracting(message.valuesOffset..<message.valuesEnd).array,
      count: message.parameterCount, formats: message.parameterFormats)
    return Portal(
      name: message.portal, statement: statements[message.statement], statementName: message.statement, values: values,
      resultFormats: message.resultFormats, incompleteReason: nil)
  }

  /// What a message whose body cannot be read, or not wholly, stands for.
  private func unreadable(_ type: UInt8, _ body: Span<UInt8>, _ damage: String?) -> PostgresRequest.Kind {
    var reader = ByteReader(body)
    switch type {
    case FrontendType.parse:
      let name = reader.readCStringOrRest()
      let query = text.text(reader.readCStringOrRest())
      return .parse(
        PreparedStatement(name: name.string, text: query, isExact: false, parameterOIDs: [], incompleteReason: damage),
        replaced: nil)
    case FrontendType.bind:
      let portal = reader.readCStringOrRest().string
      let name = reader.readCStringOrRest().string
      return .bind(
        Portal(
          name: portal, statement: statements[name], statementName: name, values: BoundValues(), resultFormats: [],
          incompleteReason: damage))
    case FrontendType.describe: return .describeStatement(nil, name: "")
    case FrontendType.execute:
      let name = reader.readCStringOrRest().string
      portals[name]?.executions += 1
      return .execute(portals[name], name: name)
    case FrontendType.close: return .close(nil)
    default:
      return .functionCall(
        FunctionCallMessage(oid: (try? reader.readUInt32()) ?? 0))
    }
  }

  /// Gives statements and portals their names, as the server will when it comes to it.
  private mutating func register(_ request: inout PostgresRequest) {
    guard !isSkipping else { return }
    switch request.kind {
    case .parse(let prepared, _):
      let replaced = statements.set(prepared, named: prepared.name, weight: prepared.text.utf8.count)
      request.kind = .parse(prepared, replaced: replaced)
    case .bind(let portal): portals.set(portal, named: portal.name, weight: portal.values.bytes.count)
    default: break
    }
  }
}
