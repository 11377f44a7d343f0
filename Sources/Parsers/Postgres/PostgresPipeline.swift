import Bytes
public import Model

/// What a client asks and a server answers, followed message by message while both go on: for one who stands between them
/// and decides before the server is asked.
///
/// Each message of the client is read first (`ask`), which changes nothing; then it is taken (`take`) as it is sent on. What
/// a name means is believed only as far as the server must agree: where an earlier request cycle that is not answered yet
/// may change it, the message has to wait. After an error the server passes over everything up to a Sync, and so does this.
///
/// It cannot be copied, so that looking at one that belongs to an object copies nothing.
public struct PostgresPipeline: ~Copyable {
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

  var requests: [PipelineRequest] = []
  var first = 0
  var statements = NamedObjects<PreparedStatement>(
    countLimit: PostgresLimits.prepared, weightLimit: PostgresLimits.preparedBytes)
  var portals = NamedPortals()
  var text = TextDecoder()
  /// The server passes over everything up to a Sync that has not been sent.
  var isSkipping = false
  var copy = CopyState.none
  /// Cycles that were begun, and those that were answered.
  var cycle: UInt64 = 1
  var answeredCycle: UInt64 = 0
  /// The cycles in which names were given a meaning or lost it last, until they are answered.
  var changedStatements = NamedCycles()
  var changedPortals = NamedCycles()
  /// Strings are read as the standard says; without that a backslash may hide where one ends.
  var hasStandardStrings = true
  /// Takes note of what is needed to read the rows of answers: `rowShape`, `answerSource`.
  public var followsResults = false
  /// Bytes that the client had sent before the message that is taken next; told by `answerSource`.
  public var requestOffset: UInt64 = 0
  /// Of the simple query that is being answered.
  var openShape: RowShape?
  var openNumber = 0
  /// Bytes of the texts that `requests` keep.
  var heldText = 0
  /// Something was said of how texts are read, so that what is not answered yet may change it.
  var isReadingUnsettled = false

  enum CopyState {
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

  var head: PipelineRequest? { first < requests.count ? requests[first] : nil }

  /// The server passes over all that the client sends up to a Sync, also what it was asked about before.
  public var isPassingOver: Bool { isSkipping }

  /// What was sent in the place of the oldest request makes the server refuse it.
  public var isRefusalNext: Bool { first < requests.count && requests[first].isRefused }

  /// The largest length that a message of the client may tell; nil for a type that does not exist.
  public static func clientLimit(_ type: UInt8) -> Int? { FrontendType.limit(type) }
  public static func serverLimit(_ type: UInt8) -> Int? { BackendType.limit(type) }
  /// Bytes of one message that are held to be judged; a longer one is judged by its beginning.
  public static let heldLength = PostgresLimits.heldLength

  // MARK: The client

  /// Reads a message of the client; `isWhole` is false when only its beginning is there. Without `readsValues` the statement
  /// of a Bind has no parameters where all of them would be there; everything else is the same.
  public func ask(_ type: UInt8, _ body: Span<UInt8>, isWhole: Bool = true, readsValues: Bool = true) -> Ask {
    if copy != .none { return duringCopy(type) }
    if isSkipping, type != FrontendType.sync, type != FrontendType.terminate { return .skip }
    guard waitingCount < Self.requestLimit, followedBytes < Self.followedLimit else { return .wait }
    do throws(DecodeError) {
      return try read(type, body, isWhole, readsValues)
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

  private func read(
    _ type: UInt8, _ body: Span<UInt8>, _ isWhole: Bool, _ readsValues: Bool
  ) throws(DecodeError) -> Ask {
    var reader = ByteReader(body)
    switch type {
    case FrontendType.query:
      let (query, isExact) = decode(isWhole ? try reader.readCString("query") : reader.readCStringOrRest())
      if isWhole { try reader.expectEnd("query") }
      return .statement(Statement(mode: .simple, text: isWhole ? query : "", isTextExact: isExact && isWhole))
    case FrontendType.parse:
      let name = try reader.readCString("statement name").string
      return isUncertain(statement: name) ? .wait : .pass
    case FrontendType.bind: return try readBind(body, isWhole, readsValues)
    case FrontendType.execute:
      let message = try ExecuteMessage(parsing: &reader)
      guard !isUncertain(portal: message.portal) else { return .wait }
      // What was bound was judged then.
      guard portals[message.portal] == nil else { return .pass }
      return .statement(
        Statement(mode: .extended(statementName: "", portal: message.portal), text: "", isTextExact: false))
    case FrontendType.describe, FrontendType.close:
      switch try TargetMessage(parsing: &reader) {
      case .statement(let name): return isUncertain(statement: name) ? .wait : .pass
      case .portal(let name): return isUncertain(portal: name) ? .wait : .pass
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

  /// Bytes of a Bind whose values are whole in any case: of all values a number of few bytes and many digits (`numeric`) grows
  /// most when it is read, to 131,072 digits.
  private static let smallBindLength = 512

  private func readBind(_ body: Span<UInt8>, _ isWhole: Bool, _ readsValues: Bool) throws(DecodeError) -> Ask {
    var reader = ByteReader(body)
    let portal = try reader.readCString("portal name").string
    let name = try reader.readCString("statement name").string
    guard !isUncertain(statement: name), !isUncertain(portal: portal) else { return .wait }
    let mode = Statement.Mode.extended(statementName: name, portal: portal)
    guard let prepared = statements[name], isWhole else {
      let known = statements[name]
      return .statement(Statement(mode: mode, text: known?.text ?? "", isTextExact: false))
    }
    reader = ByteReader(body)
    let message = try BindMessage(parsing: &reader)
    if !readsValues, body.count <= Self.smallBindLength {
      return .statement(Statement(mode: mode, text: prepared.text, isTextExact: prepared.isExact))
    }
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
  private func isUncertain(statement name: String) -> Bool {
    hasEarlierCycles && isUncertain(changedStatements[name])
  }

  private func isUncertain(portal name: String) -> Bool { hasEarlierCycles && isUncertain(changedPortals[name]) }

  private func isUncertain(_ change: UInt64?) -> Bool {
    guard let change else { return false }
    return change > answeredCycle && change < cycle
  }

  /// Cycles before this one are not answered yet.
  private var hasEarlierCycles: Bool { answeredCycle &+ 1 < cycle }

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
        portals.remove("")
      }
    case FrontendType.functionCall: kind = .functionCall
    case FrontendType.sync:
      kind = .sync
      isSkipping = false
    case FrontendType.parse: kind = takeParse(body, isWhole)
    case FrontendType.bind: kind = takeBind(body, isRefused, ticket)
    case FrontendType.describe:
      if case .statement(let name)? = try? TargetMessage(parsing: &reader) {
        kind = .describe(statements[name], portal: nil)
      } else {
        reader = ByteReader(body)
        kind = .describe(nil, portal: described(&reader))
      }
    case FrontendType.execute:
      let portal = (try? reader.readCString().string).flatMap { portals[$0] }
      kind = .execute(portal)
      if ticket == 0 { ticket = portal?.ticket ?? 0 }
    case FrontendType.close:
      switch try? TargetMessage(parsing: &reader) {
      case .statement(let name)?:
        noteChange(ofStatement: name)
        kind = .closeStatement(statements.remove(name))
      case .portal(let name)?:
        noteChange(ofPortal: name)
        kind = .closePortal(portals.remove(name))
      case nil: return
      }
    case FrontendType.copyDone, FrontendType.copyFail:
      noteEndOfCopy()
      return
    default: return
    }
    let request = PipelineRequest(kind: kind, ticket: ticket, isRefused: isRefused)
    requests.append(request)
    if followsResults { requests[requests.count - 1].source = source(type, body, isWhole) }
    if request.endsCycle { cycle += 1 }
    // It fails for sure, and the server passes over what comes behind it.
    if isRefused, request.isExtended { isSkipping = true }
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
    noteChange(ofStatement: name)
    return .parse(prepared, replaced: statements.set(prepared, named: name, weight: prepared.text.utf8.count))
  }

  private mutating func takeBind(_ body: Span<UInt8>, _ isRefused: Bool, _ ticket: UInt64) -> PipelineRequest.Kind {
    var reader = ByteReader(body)
    let name = (try? reader.readCString().string) ?? ""
    let statement = (try? reader.readCString().string) ?? ""
    let formats = resultFormats(body)
    let portal = Portal(
      name: name, statement: statements[statement], statementName: statement, values: BoundValues(),
      resultFormats: formats ?? [], incompleteReason: formats == nil ? "its formats were not read" : nil)
    portal.ticket = ticket
    guard !isRefused else { return .bind(portal, replaced: portals[name]) }
    noteChange(ofPortal: name)
    let replaced = portals[name]
    // Beyond the limit nothing is remembered, so an Execute of it is judged as what it is: unknown.
    if portals.count < PostgresLimits.portals { portals[name] = portal } else { portals[name] = nil }
    return .bind(portal, replaced: replaced)
  }

  private mutating func noteChange(ofStatement name: String) {
    changedStatements.note(name, in: cycle, answered: answeredCycle, limit: PostgresLimits.prepared)
  }

  private mutating func noteChange(ofPortal name: String) {
    changedPortals.note(name, in: cycle, answered: answeredCycle, limit: PostgresLimits.prepared)
  }

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
  func decode(_ bytes: Span<UInt8>) -> (text: String, isExact: Bool) {
    let (decoded, isExact) = text.decode(bytes)
    let isInDoubt = isReadingUnsettled && waitingCount > 0
    if !hasStandardStrings || isInDoubt, bytes.firstIndex(of: UInt8(ascii: "\\")) != nil { return (decoded, false) }
    return (decoded, isExact && (!isInDoubt || bytes.isASCII))
  }
}
