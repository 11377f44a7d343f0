import Bytes
import Model

/// What the server answers.
extension PostgresPipeline {
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
      if case .describe(let prepared?, _)? = head?.kind,
        let message = try? ParameterDescriptionMessage(parsing: &reader)
      {
        prepared.parameterOIDs = message.oids
      }
      return .other
    case BackendType.noData, BackendType.rowDescription:
      if first < requests.count, case .describe = requests[first].kind { removeFirst() }
      return .other
    case BackendType.commandComplete, BackendType.emptyQueryResponse, BackendType.portalSuspended:
      if first < requests.count, case .execute = requests[first].kind {
        removeFirst()
      } else if followsResults {
        followStatement()
      }
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
    guard first < requests.count, fits(requests[first].kind), !requests[first].isRefused else {
      return .violation("\(what) answers nothing")
    }
    removeFirst()
    return .other
  }

  private mutating func takeReady(_ body: Span<UInt8>) -> Answer {
    var reader = ByteReader(body)
    guard let state = try? ReadyForQueryMessage(parsing: &reader).state else { return .violation("ReadyForQuery") }
    guard first < requests.count, requests[first].endsCycle else {
      return .violation("ReadyForQuery answers nothing")
    }
    removeFirst()
    answeredCycle += 1
    copy = .none
    if first == requests.count {
      answeredCycle = cycle - 1
      changedStatements.removeAll()
      changedPortals.removeAll()
      // "All portals are destroyed at the end of the transaction."
      if state == .idle { portals.removeAll() }
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
    if followsResults { followEnd() }
    requests.stepOver(&first, keepingCapacityUpTo: 256)
  }
}
