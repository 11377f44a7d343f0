import Model

/// Which action made, changed or dropped which column (or table), where it took effect.
struct ColumnHistory {
  struct Entry {
    let resource: Resource
    let actionID: String
    let session: Int
    let time: Timestamp
    /// The evidence of how it ended is missing.
    let isUncertain: Bool
  }

  /// Entries kept; a schema has rarely more columns.
  private static let kept = 2000

  private(set) var entries: [Entry] = []
  private(set) var omittedCount = 0

  mutating func take(_ action: Action, session: Int) {
    guard action.isChange, action.status == .ok || action.status == .incomplete, !action.isWithoutEffect else {
      return
    }
    for resource in action.resources where Self.isStructure(resource) {
      guard entries.count < Self.kept else {
        omittedCount += 1
        continue
      }
      entries.append(
        Entry(
          resource: resource, actionID: action.id, session: session, time: action.startedAt,
          isUncertain: action.status == .incomplete || action.transaction == .undecided))
    }
  }

  private static func isStructure(_ resource: Resource) -> Bool {
    switch resource.kind {
    case "column": ["add", "drop", "rename", "alter", "create"].contains(resource.access)
    case "table", "view": ["create", "drop", "rename"].contains(resource.access)
    default: false
    }
  }
}
