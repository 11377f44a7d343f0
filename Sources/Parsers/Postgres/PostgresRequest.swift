import Model

/// A request that waits for its answers.
struct PostgresRequest {
  enum Kind {
    case query(text: String, isExact: Bool)
    case parse(name: String, PreparedStatement)
    case bind(portal: String, Portal)
    case describeStatement(PreparedStatement?)
    case describePortal(Portal?)
    case execute(name: String, Portal?, isContinuation: Bool)
    case close
    case sync
    case functionCall(oid: UInt32)
    /// Client bytes are missing here: requests may have been lost.
    case lost
  }

  var kind: Kind
  var position: StreamPosition
  var byteCount: UInt64
  var incompleteReason: String?

  /// Whether the server answers it, or the cycle that it is in, with ReadyForQuery.
  var endsCycle: Bool {
    switch kind {
    case .query, .sync, .functionCall: true
    default: false
    }
  }
}

/// What a Parse made.
final class PreparedStatement {
  let name: String
  let text: String
  let isExact: Bool
  var parameterOIDs: [UInt32]
  /// From an answer to a Describe; formats are those of the Bind.
  var columns: [Column]?

  init(name: String, text: String, isExact: Bool, parameterOIDs: [UInt32]) {
    self.name = name
    self.text = text
    self.isExact = isExact
    self.parameterOIDs = parameterOIDs
  }
}

/// What a Bind made.
final class Portal {
  let statement: PreparedStatement?
  let statementName: String
  let parameters: [Parameter]
  let resultFormats: [UInt16]
  var isSuspended = false
  var columns: [Column]?

  init(statement: PreparedStatement?, statementName: String, parameters: [Parameter], resultFormats: [UInt16]) {
    self.statement = statement
    self.statementName = statementName
    self.parameters = parameters
    self.resultFormats = resultFormats
  }
}

/// The result that the server is sending.
struct OpenResult {
  var isOpen = false
  var columns: [Column] = []
  var formats: [UInt16] = []
  var hasBinary = false
  var rows: PayloadBuilder
  var rowCount: UInt64 = 0
  var copy: OpenCopy?
  var firstAt: Timestamp?

  init(bodyLimit: Int) { rows = PayloadBuilder(layout: .rows, limit: bodyLimit) }
}

/// A COPY that is going on.
struct OpenCopy {
  var direction: CopyTransfer.Direction
  var isBinary: Bool
  var content: PayloadBuilder
  var messages: UInt64 = 0
  var failure: String?
}

/// An answered statement that waits for the end of its cycle.
struct HeldStatement {
  var statement: Statement
  var position: StreamPosition
  var firstResponseAt: Timestamp?
  var endedAt: Timestamp?
  var requestByteCount: UInt64
  var responseByteCount: UInt64
  var incompleteReason: String?

  var exchange: Exchange {
    Exchange(
      shape: .statement(statement), startedAt: position.time, firstResponseAt: firstResponseAt, endedAt: endedAt,
      origin: position.origin, requestByteCount: requestByteCount, responseByteCount: responseByteCount,
      incompleteReason: incompleteReason)
  }
}
