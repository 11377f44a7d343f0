import Bytes
import Model

/// A request that waits for its answers.
struct PostgresRequest {
  enum Kind {
    case query(text: String, isExact: Bool)
    /// With the statement of the same name that it replaced, which comes back when the server refuses.
    case parse(PreparedStatement, replaced: PreparedStatement?)
    case bind(Portal)
    case describeStatement(PreparedStatement?, name: String)
    case describePortal(Portal?)
    case execute(Portal?, name: String)
    /// With the statement that was closed.
    case close(PreparedStatement?)
    case sync
    case functionCall(FunctionCallMessage)
    /// Client bytes are missing here: requests may have been lost.
    case lost
  }

  var kind: Kind
  var begin: StreamPosition
  var byteCount: UInt64
  var incompleteReason: String?
  /// Data of a COPY whose CopyInResponse was not seen.
  var copy: LoneCopy?

  /// Whether the server answers it with ReadyForQuery.
  var endsCycle: Bool {
    switch kind {
    case .query, .sync, .functionCall: true
    default: false
    }
  }

  var isLost: Bool {
    if case .lost = kind { return true }
    return false
  }

  var isSync: Bool {
    if case .sync = kind { return true }
    return false
  }

  /// Whether something ran, or would have run, by it.
  var isRun: Bool {
    switch kind {
    case .query, .execute, .functionCall: true
    default: false
    }
  }

  /// Whether a server message of this type can answer it.
  func fits(_ type: UInt8) -> Bool {
    switch kind {
    case .lost: return true
    case .query, .execute:
      switch type {
      case BackendType.dataRow, BackendType.commandComplete, BackendType.emptyQueryResponse,
        BackendType.copyInResponse, BackendType.copyOutResponse, BackendType.copyBothResponse, BackendType.copyDone:
        return true
      case BackendType.rowDescription: return endsCycle
      case BackendType.portalSuspended: return !endsCycle
      default: return false
      }
    case .parse: return type == BackendType.parseComplete
    case .bind: return type == BackendType.bindComplete
    case .close: return type == BackendType.closeComplete
    case .describeStatement:
      return type == BackendType.parameterDescription || type == BackendType.rowDescription
        || type == BackendType.noData
    case .describePortal: return type == BackendType.rowDescription || type == BackendType.noData
    case .functionCall: return type == BackendType.functionCallResponse
    case .sync: return false
    }
  }
}

/// What a Parse made.
final class PreparedStatement {
  let name: String
  let text: String
  let isExact: Bool
  /// Why the text is not whole.
  let incompleteReason: String?
  /// From the Parse; from a ParameterDescription once there is one.
  var parameterOIDs: [UInt32]
  /// From an answer to a Describe; formats are those of the Bind.
  var columns: [Column]?

  init(name: String, text: String, isExact: Bool, parameterOIDs: [UInt32], incompleteReason: String? = nil) {
    self.name = name
    self.text = text
    self.isExact = isExact
    self.parameterOIDs = parameterOIDs
    self.incompleteReason = incompleteReason
  }
}

/// What a Bind made.
final class Portal {
  let name: String
  let statement: PreparedStatement?
  let statementName: String
  let values: BoundValues
  let resultFormats: [UInt16]
  /// Why it is not whole.
  let incompleteReason: String?
  /// The last Execute stopped at its row limit.
  var isSuspended = false
  /// What its values were judged under, by one who stands between client and server.
  var ticket: UInt64 = 0
  /// Executes that were sent.
  var executions = 0
  var columns: [Column]?

  init(
    name: String, statement: PreparedStatement?, statementName: String, values: BoundValues, resultFormats: [UInt16],
    incompleteReason: String?
  ) {
    self.name = name
    self.statement = statement
    self.statementName = statementName
    self.values = values
    self.resultFormats = resultFormats
    self.incompleteReason = incompleteReason
  }
}

/// A COPY that is going on.
struct OpenCopy {
  var direction: CopyTransfer.Direction
  var isBinary: Bool
  var content: PayloadBuilder
  var messageCount: UInt64 = 0
  var failure: String?
  /// The client sent CopyDone or CopyFail.
  var isEnded = false
}

/// A COPY of which only the client's data was seen.
final class LoneCopy {
  var copy: OpenCopy

  init(_ copy: OpenCopy) { self.copy = copy }
}
