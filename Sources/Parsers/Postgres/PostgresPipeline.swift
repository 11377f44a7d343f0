import Bytes
public import Model

/// What a client asks and a server answers, followed message by message while both go on: for one who stands between them
/// and decides before the server is asked.
///
/// Each message of the client is read first (`ask`), which changes nothing; then it is taken (`take`) as it is sent on. What
/// a name means is believed only as far as the server must agree: where an earlier request cycle that is not answered yet
/// may change it, the message has to wait. After an error the server passes over everything up to a Sync, and so does this.
public struct PostgresPipeline {
  /// What a message of the client asks.
  public enum Ask: Sendable {
    /// Something will run, or be planned with its parameters.
    case statement(Statement)
    /// Nothing that is judged.
    case pass
    /// The server will pass over it: it need not be sent.
    case skip
    /// It cannot be told what it means before the server has answered more.
    case wait
    /// No client that keeps to the protocol sends it here.
    case violation(String)
  }

  /// What a message of the server says.
  public enum Answer: Sendable, Equatable {
    case other
    /// The cycle is over.
    case ready(TransactionState)
    /// The request that was judged under this ticket failed, or was never reached; `isRefused` when what was sent in its
    /// place did.
    case failed(ticket: UInt64, isRefused: Bool, unreached: [UInt64])
    /// It answers nothing that was asked.
    case violation(String)
  }

  /// Requests that wait for answers.
  static let requestLimit = 10_000

  private var requests: [PipelineRequest] = []
  private var first = 0
  private var statements = NamedObjects<PreparedStatement>(
    countLimit: PostgresLimits.prepared, weightLimit: PostgresLimits.preparedBytes)
  private var portals: [String: Portal] = [:]
  private var text = TextDecoder()
  /// The server passes over everything up to a Sync that has not been sent.
  private var isSkipping = false
  private var copy = CopyState.none
  /// Cycles that were begun, and those that were answered.
  private var cycle: UInt64 = 1
  private var answeredCycle: UInt64 = 0
  /// The cycle in which a name was given a meaning or lost it last, until it is answered.
  private var changed: [String: UInt64] = [:]
  /// Strings are read as the standard says; without that a backslash may hide where one ends.
  private var hasStandardStrings = true
  /// Something was said of how texts are read, so that what is not answered yet may change it.
  private var isReadingUnsettled = false

  private enum CopyState {
    case none
    /// The server waits for data.
    case into
    /// Replication.
    case both
  }

  public init() {}

  /// Nothing that was sent waits for an answer.
  public var isIdle: Bool { first == requests.count && copy == .none && !isSkipping }
  public var waitingCount: Int { requests.count - first }

  private var head: PipelineRequest? { first < requests.count ? requests[first] : nil }

  /// What was sent in the place of the oldest request makes the server refuse it.
  public var isRefusalNext: Bool { head?.isRefused ?? false }

  /// The largest length that a message of the client may tell; nil for a type that does not exist.
  public static func clientLimit(_ type: UInt8) -> Int? { FrontendType.limit(type) }
  public static func serverLimit(_ type: UInt8) -> Int? { BackendType.limit(type) }
  /// Bytes of one message that are held to be judged; a longer one is judged by its beginning.
  public static let heldLength = PostgresLimits.heldLength

  // MARK: The client

  /// Reads a message of the client; `isWhole` is false when only its beginning is there.
  public func ask(_ type: UInt8, _ body: Span<UInt8>, isWhole: Bool = true) -> Ask {
    if copy != .none { return duringCopy(type) }
    if isSkipping, type != FrontendType.sync, type != FrontendType.terminate { return .skip }
    guard waitingCount < Self.requestLimit else { return .wait }
    do throws(DecodeError) {
      return try read(type, body, isWhole)
    } catch {
      // What cannot be read the server refuses; nobody can say what it would have been.
      return .violation("client message \(type.letter): \(error)")
    }
  }

  private func duringCopy(_ type: UInt8) -> Ask {
    switch type {
    case FrontendType.copyData, FrontendType.copyDone, FrontendType.copyFail, FrontendType.flush, FrontendType.sync,
      FrontendType.terminate:
      return .pass
    default: return .violation("client message \(type.letter) during COPY")
    }
  }

  private func read(_ type: UInt8, _ body: Span<UInt8>, _ isWhole: Bool) throws(DecodeError) -> Ask {
    var reader = ByteReader(body)
    switch type {
    case FrontendType.query:
      let (query, isExact) = decode(isWhole ? try reader.readCString("query") : reader.readCStringOrRest())
      if isWhole { try reader.expectEnd("query") }
      return .statement(Statement(mode: .simple, text: isWhole ? query : "", isTextExact: isExact && isWhole))
    case FrontendType.parse:
      let name = try reader.readCString("statement name").string
      return isUncertain("s" + name) ? .wait : .pass
    case FrontendType.bind: return try readBind(body, isWhole)
    case FrontendType.execute:
      let message = try ExecuteMessage(parsing: &reader)
      guard !isUncertain("p" + message.portal) else { return .wait }
      // What was bound was judged then.
      guard portals[message.portal] == nil else { return .pass }
      return .statement(
        Statement(mode: .extended(statementName: "", portal: message.portal), text: "", isTextExact: false))
    case FrontendType.describe, FrontendType.close:
      switch try TargetMessage(parsing: &reader) {
      case .statement(let name): return isUncertain("s" + name) ? .wait : .pass
      case .portal(let name): return isUncertain("p" + name) ? .wait : .pass
      }
    case FrontendType.functionCall:
      let oid = try reader.readUInt32("function OID")
      return .statement(Statement(mode: .functionCall, text: "function oid \(oid)", isTextExact: isWhole))
    case FrontendType.sync, FrontendType.flush, FrontendType.terminate, FrontendType.copyData, FrontendType.copyDone,
      FrontendType.copyFail:
      return .pass
    default: return .violation("client message \(type.letter)")
    }
  }

  private func readBind(_ body: Span<UInt8>, _ isWhole: Bool) throws(DecodeError) -> Ask {
    var reader = ByteReader(body)
    let portal = try reader.readCString("portal name").string
    let name = try reader.readCString("statement name").string
    guard !isUncertain("s" + name), !isUncertain("p" + portal) else { return .wait }
    let mode = Statement.Mode.extended(statementName: name, portal: portal)
    guard let prepared = statements[name], isWhole else {
      let known = statements[name]
      return .statement(Statement(mode: mode, text: known?.text ?? "", isTextExact: false))
    }
    reader = ByteReader(body)
    let message = try BindMessage(parsing: &reader)
    let values = BoundValues(
      bytes: message.parameterCount == 0 ? [] : body.extracting(message.valuesOffset..<message.valuesEnd).array,
      count: message.parameterCount, formats: message.parameterFormats)
    let (parameters, reason) = values.parameters(
      prepared.parameterOIDs, text: text, limit: PostgresLimits.heldLength)
    return .statement(
      Statement(
        mode: mode, text: prepared.text, isTextExact: prepared.isExact && reason == nil, parameters: parameters))
  }

  /// Whether a cycle that is not answered changes what the name means.
  private func isUncertain(_ name: String) -> Bool {
    guard let cycle = changed[name] else { return false }
    return cycle > answeredCycle && cycle < self.cycle
  }

  /// Takes note of a message that is sent on. Of one that is refused something is sent in its place that makes the server
  /// fail in the same way: a Query for a Query or FunctionCall, a Bind for a Bind or Execute.
  public mutating func take(
    _ type: UInt8, _ body: Span<UInt8>, isWhole: Bool = true, ticket: UInt64 = 0, isRefused: Bool = false
  ) {
    if copy != .none { return takeDuringCopy(type) }
    var reader = ByteReader(body)
    var ticket = ticket
    let kind: PipelineRequest.Kind
    switch type {
    case FrontendType.query:
      kind = .query
      // "A simple Query message also destroys the unnamed statement and portal."
      if !isRefused {
        statements.remove("")
        drop(portal: "")
      }
    case FrontendType.functionCall: kind = .functionCall
    case FrontendType.sync:
      kind = .sync
      isSkipping = false
    case FrontendType.parse: kind = takeParse(body, isWhole)
    case FrontendType.bind: kind = takeBind(body, isRefused, ticket)
    case FrontendType.describe:
      if case .statement(let name)? = try? TargetMessage(parsing: &reader) {
        kind = .describe(statements[name])
      } else {
        kind = .describe(nil)
      }
    case FrontendType.execute:
      kind = .execute
      if ticket == 0, let name = try? reader.readCString().string { ticket = portals[name]?.ticket ?? 0 }
    case FrontendType.close:
      switch try? TargetMessage(parsing: &reader) {
      case .statement(let name)?:
        note(change: "s" + name)
        kind = .closeStatement(statements.remove(name))
      case .portal(let name)?:
        note(change: "p" + name)
        kind = .closePortal(drop(portal: name))
      case nil: return
      }
    case FrontendType.copyDone, FrontendType.copyFail:
      noteEndOfCopy()
      return
    default: return
    }
    requests.append(PipelineRequest(kind: kind, ticket: ticket, isRefused: isRefused))
    if requests[requests.count - 1].endsCycle { cycle += 1 }
  }

  /// The client ended a COPY of which the server has not said that it is one.
  private mutating func noteEndOfCopy() {
    var index = requests.count - 1
    while index >= first, case .sync = requests[index].kind { index -= 1 }
    guard index >= first else { return }
    switch requests[index].kind {
    case .query, .execute:
      requests[index].endsCopy = true
      requests[index].syncsInCopy = requests.count - 1 - index
    default: break
    }
  }

  private mutating func takeDuringCopy(_ type: UInt8) {
    if type == FrontendType.copyDone || type == FrontendType.copyFail {
      copy = .none
      if first < requests.count { requests[first].endsCopy = true }
    }
  }

  private mutating func takeParse(_ body: Span<UInt8>, _ isWhole: Bool) -> PipelineRequest.Kind {
    var reader = ByteReader(body)
    let message = isWhole ? try? ParseMessage(parsing: &reader, decode: { decode($0) }) : nil
    reader = ByteReader(body)
    let name = message?.statement ?? (try? reader.readCString().string) ?? ""
    // Of a text that is not whole nothing is kept: what it does cannot be told.
    let prepared = PreparedStatement(
      name: name, text: message?.query ?? "", isExact: message?.isExact ?? false,
      parameterOIDs: message?.parameterOIDs ?? [])
    note(change: "s" + name)
    return .parse(prepared, replaced: statements.set(prepared, named: name, weight: prepared.text.utf8.count))
  }

  private mutating func takeBind(_ body: Span<UInt8>, _ isRefused: Bool, _ ticket: UInt64) -> PipelineRequest.Kind {
    var reader = ByteReader(body)
    let name = (try? reader.readCString().string) ?? ""
    let statement = (try? reader.readCString().string) ?? ""
    let portal = Portal(
      name: name, statement: statements[statement], statementName: statement, values: BoundValues(),
      resultFormats: [], incompleteReason: nil)
    portal.ticket = ticket
    guard !isRefused else { return .bind(portal, replaced: portals[name]) }
    note(change: "p" + name)
    let replaced = portals[name]
    // Beyond the limit nothing is remembered, so an Execute of it is judged as what it is: unknown.
    if portals.count < PostgresLimits.portals { portals[name] = portal } else { portals[name] = nil }
    return .bind(portal, replaced: replaced)
  }

  private mutating func note(change name: String) {
    if changed.count >= PostgresLimits.prepared { changed = changed.filter { $0.value > answeredCycle } }
    changed[name] = cycle
  }

  @discardableResult
  private mutating func drop(portal name: String) -> Portal? { portals.removeValue(forKey: name) }

  // MARK: What SQL does to names

  /// SQL took the name of a prepared statement away (`DEALLOCATE`); nil is all of them.
  public mutating func forget(statement name: String?) {
    if let name { statements.remove(name) } else { statements.removeAll() }
  }

  /// SQL declared or closed a cursor: portals have the same names.
  public mutating func forgetPortals() { portals.removeAll() }

  /// What is sent on now may change how the texts behind it are read (`client_encoding`, `standard_conforming_strings`).
  /// From here on a text is read only where the server has answered all before it, or where it makes no difference.
  public mutating func doubtReading() { isReadingUnsettled = true }

  /// A text of the client, and whether the server reads exactly that.
  private func decode(_ bytes: Span<UInt8>) -> (text: String, isExact: Bool) {
    let (decoded, isExact) = text.decode(bytes)
    let isInDoubt = isReadingUnsettled && waitingCount > 0
    if !hasStandardStrings || isInDoubt, bytes.firstIndex(of: UInt8(ascii: "\\")) != nil { return (decoded, false) }
    return (decoded, isExact && (!isInDoubt || bytes.isASCII))
  }

  // MARK: The server

  /// Takes a message of the server. `body` is needed for ReadyForQuery, ParameterStatus and ParameterDescription only.
  public mutating func receive(_ type: UInt8, _ body: Span<UInt8>) -> Answer {
    switch type {
    case BackendType.dataRow, BackendType.copyData, BackendType.noticeResponse, BackendType.notificationResponse,
      BackendType.copyDone, BackendType.copyOutResponse, BackendType.functionCallResponse:
      return .other
    case BackendType.readyForQuery: return takeReady(body)
    case BackendType.errorResponse: return takeError()
    case BackendType.parameterStatus:
      var reader = ByteReader(body)
      if let message = try? ParameterStatusMessage(parsing: &reader, decode: { text.text($0) }),
        !message.name.isEmpty
      {
        learn(setting: message.name, message.value)
      }
      return .other
    case BackendType.copyInResponse: return beginCopy(.into)
    case BackendType.copyBothResponse: return beginCopy(.both)
    case BackendType.parseComplete: return pop("ParseComplete") { if case .parse = $0 { true } else { false } }
    case BackendType.bindComplete: return pop("BindComplete") { if case .bind = $0 { true } else { false } }
    case BackendType.closeComplete:
      return pop("CloseComplete") { kind in
        switch kind {
        case .closeStatement, .closePortal: true
        default: false
        }
      }
    case BackendType.parameterDescription:
      var reader = ByteReader(body)
      if case .describe(let prepared?)? = head?.kind, let message = try? ParameterDescriptionMessage(parsing: &reader) {
        prepared.parameterOIDs = message.oids
      }
      return .other
    case BackendType.noData, BackendType.rowDescription:
      if case .describe? = head?.kind { removeFirst() }
      return .other
    case BackendType.commandComplete, BackendType.emptyQueryResponse, BackendType.portalSuspended:
      if case .execute? = head?.kind { removeFirst() }
      return .other
    default: return .violation("server message \(type.letter)")
    }
  }

  /// Takes a setting that the connection begins with, or that the server tells.
  public mutating func learn(setting: String, _ value: String) {
    switch setting {
    case "client_encoding":
      text.encoding = value
      if !text.isUTF8 { isReadingUnsettled = true }
    case "standard_conforming_strings":
      hasStandardStrings = value == "on"
      if !hasStandardStrings { isReadingUnsettled = true }
    default: break
    }
  }

  private mutating func pop(_ what: String, _ fits: (PipelineRequest.Kind) -> Bool) -> Answer {
    guard let head, fits(head.kind), !head.isRefused else { return .violation("\(what) answers nothing") }
    removeFirst()
    return .other
  }

  private mutating func takeReady(_ body: Span<UInt8>) -> Answer {
    var reader = ByteReader(body)
    guard let state = try? ReadyForQueryMessage(parsing: &reader).state else { return .violation("ReadyForQuery") }
    guard let head, head.endsCycle else { return .violation("ReadyForQuery answers nothing") }
    removeFirst()
    answeredCycle += 1
    copy = .none
    if first == requests.count {
      answeredCycle = cycle - 1
      changed.removeAll(keepingCapacity: changed.capacity < 64)
      // "All portals are destroyed at the end of the transaction."
      if state == .idle { portals.removeAll(keepingCapacity: portals.capacity < 64) }
    }
    return .ready(state)
  }

  private mutating func takeError() -> Answer {
    if copy == .into { copy = .none }
    guard let head else { return .other }
    let failed = Answer.failed(ticket: head.ticket, isRefused: head.isRefused, unreached: [])
    guard head.isExtended else { return failed }
    // "The backend reads and discards messages until a Sync is reached."
    isSkipping = true
    var skipped: [PipelineRequest] = []
    while let request = self.head {
      if case .sync = request.kind {
        isSkipping = false
        break
      }
      if request.endsCycle { answeredCycle += 1 }
      skipped.append(request)
      removeFirst()
    }
    for request in skipped.reversed() { undo(request) }
    return .failed(
      ticket: head.ticket, isRefused: head.isRefused, unreached: skipped.dropFirst().map(\.ticket).filter { $0 != 0 })
  }

  /// Takes back what a request would have named.
  private mutating func undo(_ request: PipelineRequest) {
    switch request.kind {
    case .parse(let prepared, let replaced):
      guard statements[prepared.name] === prepared else { return }
      // A Parse without a name drops the one before it even when it fails.
      if let replaced, !prepared.name.isEmpty {
        statements.set(replaced, named: replaced.name, weight: replaced.text.utf8.count)
      } else {
        statements.remove(prepared.name)
      }
    case .bind(let portal, let replaced):
      guard portals[portal.name] === portal else { return }
      portals[portal.name] = portal.name.isEmpty ? nil : replaced
    case .closeStatement(let prepared?):
      if statements[prepared.name] == nil {
        statements.set(prepared, named: prepared.name, weight: prepared.text.utf8.count)
      }
    case .closePortal(let portal?): if portals[portal.name] == nil { portals[portal.name] = portal }
    default: break
    }
  }

  private mutating func beginCopy(_ state: CopyState) -> Answer {
    guard let head else { return .violation("a COPY that nobody asked for") }
    switch head.kind {
    case .query, .execute: break
    default: return .violation("a COPY that nobody asked for")
    }
    // The server passes over each Sync that comes before the end of the data.
    let left = head.endsCopy ? head.syncsInCopy : .max
    var passed = 0
    while passed < left, first + 1 < requests.count, case .sync = requests[first + 1].kind {
      requests.remove(at: first + 1)
      answeredCycle += 1
      passed += 1
    }
    guard !head.endsCopy else { return .other }
    guard first + 1 == requests.count else { return .violation("requests behind a COPY that has not ended") }
    copy = state
    return .other
  }

  private mutating func removeFirst() {
    first += 1
    if first == requests.count {
      requests.removeAll(keepingCapacity: requests.capacity <= 256)
      first = 0
    } else if first >= 64, first * 2 >= requests.count {
      requests.removeFirst(first)
      first = 0
    }
  }
}
