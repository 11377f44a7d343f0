import Model
import Replay

/// Which tables were read, how many rows went out, and to whom.
struct DataSeen {
  struct Entry {
    let resource: Resource
    var statements = 0
    /// Of the statements, those that were requests of HTTP.
    var calls = 0
    /// Bytes of their responses; a response counts for each thing that it was read from.
    var callBytes: UInt64 = 0
    /// Rows of statements that returned rows; a join counts for each of its tables.
    var rows = 0
    /// Some statements read other tables too, so that not all rows are of this one.
    var isShared = false
    var sessions: [Int] = []
    var moreSessions = false
    /// Columns of results that came from this table alone.
    var columns: [String] = []
    var moreColumns = false
    let first: Timestamp
    var last: Timestamp
    /// The first action that read it.
    let firstActionID: String
  }

  /// Tables kept; the rest is counted.
  private static let kept = 2000
  private static let columnsKept = 40
  private static let sessionsKept = 20

  private(set) var entries: [Entry] = []
  private(set) var omittedCount = 0
  private var index: [Resource: Int] = [:]

  mutating func take(_ action: Action, session: Int) {
    guard action.status == .ok || action.status == .incomplete, action.transaction != .notRun else { return }
    let read = action.resources.filter { $0.access == "read" }
    guard !read.isEmpty else { return }
    let tables = Set(read)
    for resource in read where tables.contains(resource) {
      guard let place = place(of: resource, action) else {
        omittedCount += 1
        continue
      }
      entries[place].add(
        action, session: session, isShared: tables.count > 1, sessionsKept: Self.sessionsKept,
        columnsKept: Self.columnsKept)
    }
  }

  private mutating func place(of resource: Resource, _ action: Action) -> Int? {
    if let place = index[resource] { return place }
    guard entries.count < Self.kept else { return nil }
    index[resource] = entries.count
    entries.append(
      Entry(resource: resource, first: action.startedAt, last: action.startedAt, firstActionID: action.id))
    return entries.count - 1
  }

  /// Most rows first.
  var sorted: [Entry] {
    entries.sorted {
      ($1.rows, $1.statements, $0.resource.name, $0.resource.kind)
        < ($0.rows, $0.statements, $1.resource.name, $1.resource.kind)
    }
  }
}

extension DataSeen.Entry {
  fileprivate mutating func add(
    _ action: Action, session: Int, isShared: Bool, sessionsKept: Int, columnsKept: Int
  ) {
    statements += 1
    if action.isCall {
      calls += 1
      callBytes = callBytes.addingReportingOverflow(action.bytesOut).partialValue
    }
    last = max(last, action.startedAt)
    if sessions.last != session, !sessions.contains(session) {
      if sessions.count < sessionsKept { sessions.append(session) } else { moreSessions = true }
    }
    guard action.returnsRows, let count = action.rowCount else { return }
    rows = rows.addingReportingOverflow(count).partialValue
    if isShared {
      self.isShared = true
      return
    }
    for column in action.columns where !columns.contains(column) {
      if columns.count < columnsKept { columns.append(column) } else { moreColumns = true }
    }
  }
}
