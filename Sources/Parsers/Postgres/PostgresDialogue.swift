import Bytes
import Model

/// Joins the messages of both directions to exchanges.
///
/// Requests wait in a queue for their answers; the server answers in order. The exchanges of a cycle (everything up to a
/// ReadyForQuery) are held until it, because it tells the transaction state.
struct PostgresDialogue {
  let options: ParserOptions
  var text = TextDecoder()
  /// Requests whose answers are not complete; `first` is the index of the oldest.
  var pending: [PostgresRequest] = []
  var first = 0
  var statements: [String: PreparedStatement] = [:]
  var portals: [String: Portal] = [:]
  /// The result of the oldest request.
  var current: OpenResult
  /// Finished results of the oldest request, when it is a simple query.
  var results: [StatementResult] = []
  var notices: [ServerMessage] = []
  /// The last RowDescription as it was sent, and what it says.
  var lastDescription: (bytes: [UInt8], description: RowDescription)?
  var responseBytes: UInt64 = 0
  var responseAt: Timestamp?
  var lastResponseAt: Timestamp?
  var responsePosition: StreamPosition?
  /// The server skips requests until a Sync.
  var isSkipping = false
  var cycle: UInt32 = 0
  var cycleExchanges: [HeldStatement] = []
  var cycleWeight = 0
  /// Server bytes are missing: answers may have been lost.
  var serverGap: String?
  var sawServer = false
  var login = LoginProgress()
  var isReplication = false
  var replicationBytes: (client: UInt64, server: UInt64) = (0, 0)
  /// A copy from the client is going on in a capture without the server's side.
  var loneCopy: OpenCopy?

  init(options: ParserOptions) {
    self.options = options
    current = OpenResult(bodyLimit: options.bodyLimit)
  }

  var head: PostgresRequest? { first < pending.count ? pending[first] : nil }
  var waitingCount: Int { pending.count - first }

  mutating func popHead() -> PostgresRequest? {
    guard first < pending.count else { return nil }
    let request = pending[first]
    first += 1
    if first >= 64, first * 2 >= pending.count {
      pending.removeFirst(first)
      first = 0
    } else if first == pending.count {
      pending.removeAll(keepingCapacity: true)
      first = 0
    }
    return request
  }

  /// Notes on the oldest request that part of its evidence is missing.
  mutating func noteOnHead(_ reason: String) {
    if first < pending.count, pending[first].incompleteReason == nil { pending[first].incompleteReason = reason }
  }

  /// Takes note of a server message that belongs to the oldest request.
  mutating func noteResponse(_ position: StreamPosition, bytes: Int, at time: Timestamp) {
    responseBytes += UInt64(bytes)
    if responseAt == nil { responseAt = position.time }
    if responsePosition == nil { responsePosition = position }
    lastResponseAt = time
  }

  mutating func resetResponse() {
    results = []
    if !notices.isEmpty { notices = [] }
    responseBytes = 0
    responseAt = nil
    lastResponseAt = nil
    responsePosition = nil
    if current.isOpen { current = OpenResult(bodyLimit: options.bodyLimit) }
  }

  func anomaly(_ code: Anomaly.Code, _ detail: String, _ position: StreamPosition) -> ParserEvent {
    .anomaly(Anomaly(code, detail, origin: position.origin, flow: options.flow, time: position.time))
  }

  // MARK: Emission

  /// Holds an exchange until its cycle ends, or gives it at once when the cycle is too large.
  private mutating func emit(_ exchange: HeldStatement, into events: inout [ParserEvent]) {
    cycleExchanges.append(exchange)
    cycleWeight += 256 + Int(clamping: min(exchange.responseByteCount, UInt64(options.bodyLimit)))
    if cycleExchanges.count >= PostgresLimits.cycleExchanges || cycleWeight >= PostgresLimits.cycleBytes {
      for held in cycleExchanges { events.append(.exchange(held.exchange)) }
      cycleExchanges.removeAll(keepingCapacity: true)
      cycleWeight = 0
    }
  }

  /// Ends the cycle: every held exchange learns the transaction state.
  mutating func endCycle(_ state: TransactionState?, into events: inout [ParserEvent]) {
    let last = cycleExchanges.count - 1
    for index in cycleExchanges.indices {
      cycleExchanges[index].statement.transactionState = state
      cycleExchanges[index].statement.endsCycle = index == last
      events.append(.exchange(cycleExchanges[index].exchange))
    }
    cycleExchanges.removeAll(keepingCapacity: true)
    cycleWeight = 0
    cycle &+= 1
  }

  /// Gives the exchange of a request, whatever of its answer came.
  mutating func close(_ request: PostgresRequest, incomplete: String? = nil, into events: inout [ParserEvent]) {
    defer { resetResponse() }
    if current.isOpen { results.append(finishResult(.unknown)) }
    var statement: Statement
    switch request.kind {
    case .query(let text, let isExact):
      statement = Statement(mode: .simple, text: text, isTextExact: isExact)
    case .execute(let name, let portal, let isContinuation):
      let statementName = portal?.statementName ?? ""
      statement = Statement(
        mode: isContinuation
          ? .continuation(statementName: statementName, portal: name)
          : .extended(statementName: statementName, portal: name),
        text: portal?.statement?.text ?? "", isTextExact: portal?.statement?.isExact ?? false,
        parameters: portal?.parameters ?? [])
    case .functionCall(let oid):
      statement = Statement(mode: .functionCall, text: "function oid \(oid)")
    case .parse(let name, let prepared):
      guard !results.isEmpty else { return }
      statement = Statement(mode: .preparation(statementName: name), text: prepared.text, isTextExact: prepared.isExact)
    case .bind(_, let portal):
      guard !results.isEmpty else { return }
      statement = Statement(
        mode: .preparation(statementName: portal.statementName), text: portal.statement?.text ?? "",
        isTextExact: portal.statement?.isExact ?? false, parameters: portal.parameters)
    case .describeStatement(let prepared):
      guard !results.isEmpty else { return }
      statement = Statement(
        mode: .preparation(statementName: prepared?.name ?? ""), text: prepared?.text ?? "",
        isTextExact: prepared?.isExact ?? false)
    case .describePortal(let portal):
      guard !results.isEmpty else { return }
      statement = Statement(
        mode: .preparation(statementName: portal?.statementName ?? ""), text: portal?.statement?.text ?? "",
        isTextExact: portal?.statement?.isExact ?? false, parameters: portal?.parameters ?? [])
    case .close, .sync:
      guard !results.isEmpty else { return }
      statement = Statement(mode: .preparation(statementName: ""), text: "", isTextExact: true)
    case .lost:
      guard !results.isEmpty || responseBytes > 0 else { return }
      statement = Statement(mode: .simple, text: "", isTextExact: false)
    }
    statement.results = results
    statement.notices = notices
    statement.cycle = cycle
    var reason = incomplete
    if reason == nil, statement.text.isEmpty, !statement.isTextExact { reason = "request not captured" }
    emit(
      HeldStatement(
        statement: statement, position: request.position, firstResponseAt: responseAt, endedAt: lastResponseAt,
        requestByteCount: request.byteCount, responseByteCount: responseBytes,
        incompleteReason: request.incompleteReason ?? reason), into: &events)
  }

  /// The open result, finished with an outcome.
  mutating func finishResult(_ outcome: StatementResult.Outcome) -> StatementResult {
    var result = StatementResult(outcome: outcome)
    result.columns = current.columns
    if current.rowCount > 0 || !current.columns.isEmpty {
      result.rowCount = current.rowCount
      if !current.rows.isEmpty { result.rows = current.rows.finish() }
    }
    if var copy = current.copy {
      result.copy = CopyTransfer(
        direction: copy.direction, isBinary: copy.isBinary, content: copy.content.finish(),
        messageCount: copy.messages, failure: copy.failure)
      result.rowCount = copy.messages
    }
    if case .completed(let tag) = outcome, let count = CommandTag.rowCount(tag),
      result.rows == nil || result.copy != nil
    {
      result.rowCount = count
    }
    result.firstResponseAt = current.firstAt ?? responseAt
    result.endedAt = lastResponseAt
    if current.isOpen { current = OpenResult(bodyLimit: options.bodyLimit) }
    return result
  }
}

/// How far authentication is.
struct LoginProgress {
  enum Stage {
    case none
    case begun
    case accepted
    case over
  }

  var stage = Stage.none
  var user: String?
  var methods: [String] = []
  var isCleartext = false
  var position: StreamPosition?
  var requestBytes: UInt64 = 0
  var responseBytes: UInt64 = 0
  var firstResponseAt: Timestamp?
}
