import Bytes
import Model

/// What the server has sent so far to the oldest request.
struct OpenAnswer {
  /// A result is open: rows or a COPY may come for it.
  var isOpen = false
  var columns: [Column] = []
  var formats: [UInt16] = []
  /// Rows have to be decoded to text first.
  var needsDecoding = false
  var rows: PayloadBuilder
  var rowCount: UInt64 = 0
  var copy: OpenCopy?
  /// When the open result began.
  var resultAt: Timestamp?

  /// Finished results of the same request.
  var results: [StatementResult] = []
  var resultsDropped = 0
  /// Bytes of content that they keep.
  var keptBytes = 0
  var notices: [ServerMessage] = []
  var noticeBytes = 0
  var byteCount: UInt64 = 0
  /// The first and the last byte of the answer.
  var begin: StreamPosition?
  var endTime: Timestamp?

  /// Requests that only prepare (Parse, Bind, Describe, Close), whose bytes count for the Execute that they lead to.
  var groupBegin: StreamPosition?
  var groupBytes: UInt64 = 0
  var groupReason: String?

  private let held: HeldContent?

  init(bodyLimit: Int, held: HeldContent?) {
    self.held = held
    rows = PayloadBuilder(layout: .rows, limit: bodyLimit, held: held)
  }

  /// Nothing came yet.
  var isUntouched: Bool { begin == nil }

  /// Takes note of a message that belongs to it.
  mutating func note(_ envelope: borrowing PostgresDialogue.Envelope) {
    byteCount += UInt64(envelope.byteCount)
    if begin == nil { begin = envelope.begin }
    endTime = envelope.endTime
  }

  /// Adds a request that only prepared.
  mutating func addGroup(_ request: PostgresRequest) {
    if groupBegin == nil { groupBegin = request.begin }
    groupBytes += request.byteCount
    if let reason = request.incompleteReason, groupReason == nil { groupReason = reason }
  }

  /// Opens a result.
  mutating func open(columns: [Column], formats: [UInt16], isUTF8: Bool) {
    isOpen = true
    self.columns = columns
    self.formats = formats
    needsDecoding = !isUTF8 || formats.contains(1)
  }

  /// Closes the result; its content is out already.
  mutating func closeResult(bodyLimit: Int) {
    isOpen = false
    if !columns.isEmpty { columns = [] }
    if !formats.isEmpty { formats = [] }
    needsDecoding = false
    rowCount = 0
    copy = nil
    resultAt = nil
    // What the results before it keep counts for the same exchange.
    let room = max(0, bodyLimit - keptBytes)
    if rows.limit != room || !rows.isEmpty { rows = PayloadBuilder(layout: .rows, limit: room, held: held) }
  }

  /// The request is answered.
  mutating func reset(bodyLimit: Int) {
    results = []
    resultsDropped = 0
    keptBytes = 0
    if !notices.isEmpty { notices = [] }
    noticeBytes = 0
    byteCount = 0
    begin = nil
    endTime = nil
    groupBegin = nil
    groupBytes = 0
    groupReason = nil
    closeResult(bodyLimit: bodyLimit)
  }
}
