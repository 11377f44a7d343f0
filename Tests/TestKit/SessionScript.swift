public import Model

/// Writes the actions of one session of a `MemoryCase`, one after another.
public struct SessionScript {
  public let story: MemoryCase
  public let id: String
  private let sourceID: String?
  private var sequence = 0
  private var packet: UInt64 = 10

  public init(_ story: MemoryCase, _ session: Session) {
    self.story = story
    id = story.add(session).id
    sourceID = session.sourceID
  }

  /// Adds a request with its response; its text is `METHOD URL` unless told otherwise.
  /// It `took` so many milliseconds; the first byte of the response came after a third of them, or after 5 where messages
  /// follow.
  @discardableResult
  public mutating func call(
    _ at: Timestamp, _ head: CallHead, _ effect: Effect, _ resources: [Resource] = [], took: Double? = 12.345,
    kind: String = "http", verb: String? = nil, text: String? = nil, status: Action.Status? = nil, code: String? = nil,
    message: String? = nil, identity: Identity = Identity(), request: StoredPayload? = nil,
    response: StoredPayload? = nil, records: [StreamRecord] = []
  ) -> Action {
    sequence += 1
    packet += 3
    let ended = took.map { Timestamp(nanoseconds: at.nanoseconds + Int64($0 * 1_000_000)) }
    let first = took.map {
      Timestamp(nanoseconds: at.nanoseconds + (records.isEmpty ? Int64($0 * 1_000_000) / 3 : 5_000_000))
    }
    let outcome: Action.Status =
      switch head.status {
      case nil: .incomplete
      case 401?, 403?: .denied
      case let code?: code >= 400 ? .error : .ok
      }
    var action = Action(
      id: "\(id).\(sequence)", sessionID: id, sequence: sequence, startedAt: at, firstResponseAt: first, endedAt: ended,
      kind: kind, verb: verb ?? head.method, text: text ?? "\(head.method) \(head.url)", resources: resources,
      effect: effect, status: status ?? outcome, code: code ?? head.status.map(String.init), message: message,
      bytesIn: 200 + (request?.byteCount ?? 0), bytesOut: 150 + (response?.byteCount ?? 0), sourceID: sourceID,
      packet: packet)
    action.identity = identity
    return story.add(
      action, request: request, response: response, records: records.isEmpty ? nil : .records(records), head: head)
  }

  /// Adds an action.
  /// It `took` so many milliseconds, nil when its end was not captured; with `isSameRequest` it is a further statement of
  /// the request before it.
  @discardableResult
  public mutating func act(
    _ at: Timestamp, _ verb: String, _ text: String, _ effect: Effect, _ resources: [Resource] = [],
    took: Double? = 1.204, kind: String = "sql", status: Action.Status = .ok, code: String? = nil,
    message: String? = nil, rows: Int? = nil, parameters: String? = nil, transaction: Action.Transaction? = .committed,
    columns: [String] = [], isUnfiltered: Bool = false, isInferred: Bool = false, parent: String? = nil,
    isSameRequest: Bool = false, request: StoredPayload? = nil, response: StoredPayload? = nil
  ) -> Action {
    sequence += 1
    if !isSameRequest { packet += 3 }
    let ended = took.map { Timestamp(nanoseconds: at.nanoseconds + Int64($0 * 1_000_000)) }
    return story.add(
      Action(
        id: "\(id).\(sequence)", sessionID: id, parentID: parent, sequence: sequence, startedAt: at,
        firstResponseAt: ended, endedAt: ended, kind: kind, verb: verb, text: text, parameters: parameters,
        resources: resources, effect: effect, status: status, code: code, message: message, rowCount: rows,
        bytesIn: isSameRequest ? 0 : UInt64(text.utf8.count + 6), bytesOut: isSameRequest ? 0 : 40,
        isUnfiltered: isUnfiltered, isInferred: isInferred, transaction: transaction, sourceID: sourceID,
        packet: packet, columns: columns),
      request: request, response: response)
  }
}
