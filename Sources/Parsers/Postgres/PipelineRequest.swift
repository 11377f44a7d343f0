/// A message of a client that the server was sent and answers.
struct PipelineRequest {
  enum Kind {
    case query
    case functionCall
    case sync
    /// With what its name meant before.
    case parse(PreparedStatement, replaced: PreparedStatement?)
    case bind(Portal, replaced: Portal?)
    case describe(PreparedStatement?, portal: Portal?)
    case execute(Portal?)
    /// With what it closed.
    case closeStatement(PreparedStatement?)
    case closePortal(Portal?)
  }

  var kind: Kind
  /// Names the statement that was judged; 0 when it needed no judgement.
  var ticket: UInt64
  /// What was sent in its place makes the server refuse it.
  var isRefused: Bool
  /// The client ended the data of a COPY behind it.
  var endsCopy = false
  /// What a Query or FunctionCall said, for one who follows what the rows are: see `PostgresPipeline.followsResults`.
  var source: AnswerSource?
  /// Syncs between it and that end, which the server passes over if it is a COPY.
  var syncsInCopy = 0

  /// The server answers it with ReadyForQuery.
  var endsCycle: Bool {
    switch kind {
    case .query, .functionCall, .sync: true
    default: false
    }
  }

  /// An error in it makes the server pass over all up to the next Sync.
  var isExtended: Bool { !endsCycle }
}
