/// One or more statements sent as one request, with their results.
public struct Statement: Sendable {
  /// How it came.
  public enum Mode: Sendable, Hashable {
    /// PostgreSQL's simple query: `text` may hold several statements, `results` has one element for each that ran.
    case simple
    /// PostgreSQL's extended query: one Execute of a portal. Names are empty for the unnamed ones.
    case extended(statementName: String, portal: String)
    /// An Execute that went on with a suspended portal.
    case continuation(statementName: String, portal: String)
    /// A Parse, Bind or Describe that failed, so that nothing was executed.
    case preparation(statementName: String)
    /// The fast-path function call; `text` is `function oid 1234`.
    case functionCall
  }

  public var mode: Mode
  /// As sent. Empty when the request was not captured.
  public var text: String
  /// Whether `text` is what was sent, byte for byte (it was well-formed in the session's encoding and was captured).
  public var isTextExact: Bool
  public var parameters: [Parameter]
  public var results: [StatementResult]
  public var notices: [ServerMessage]
  /// Number of the request cycle in its session, from 0: all exchanges between two ReadyForQuery share it.
  public var cycle: UInt32
  /// The transaction state that the ReadyForQuery at the end of the cycle reported; nil when not seen.
  public var transactionState: TransactionState?
  /// This exchange is the last of its cycle, so `transactionState` holds after it.
  public var endsCycle: Bool

  public init(
    mode: Mode, text: String, isTextExact: Bool = true, parameters: [Parameter] = [], results: [StatementResult] = [],
    notices: [ServerMessage] = [], cycle: UInt32 = 0, transactionState: TransactionState? = nil, endsCycle: Bool = false
  ) {
    self.mode = mode
    self.text = text
    self.isTextExact = isTextExact
    self.parameters = parameters
    self.results = results
    self.notices = notices
    self.cycle = cycle
    self.transactionState = transactionState
    self.endsCycle = endsCycle
  }
}

/// The transaction status indicator of PostgreSQL's ReadyForQuery.
public enum TransactionState: String, Sendable, Hashable {
  /// `I`: not in a transaction block.
  case idle
  /// `T`: in a transaction block.
  case open
  /// `E`: in a failed transaction block; everything is refused until it ends.
  case failed
}
