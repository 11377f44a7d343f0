import Model

/// The lists of actions, read once for each distinct text: a million actions of one program have a handful of them.
struct ListMemo {
  private var resources: [String: [Resource]] = [:]
  private var columns: [String: [String]] = [:]

  /// Distinct texts that are kept of each.
  private static let limit = 4096

  mutating func resources(_ json: String) -> [Resource] {
    if let known = resources[json] { return known }
    if resources.count >= Self.limit { resources.removeAll(keepingCapacity: true) }
    let list = JSONText.strings(json).compactMap { Resource($0) }
    resources[json] = list
    return list
  }

  mutating func columnNames(_ json: String) -> [String] {
    if let known = columns[json] { return known }
    if columns.count >= Self.limit { columns.removeAll(keepingCapacity: true) }
    let list = JSONText.columns(json).map(\.name)
    columns[json] = list
    return list
  }
}
