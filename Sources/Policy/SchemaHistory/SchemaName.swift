public import Model

/// What a person asks about: `orders`, `public.orders`, `orders.total`, `sales.*`; everything where it is empty or `*`.
public struct SchemaName: Sendable {
  private let parts: [String]

  public init(_ text: String?) {
    let text = text?.lowercased() ?? "*"
    parts = text == "*" || text.isEmpty ? [] : SchemaName.split(text)
  }

  /// Whether an object is meant: a table stands for its members too, a column for what is about it. `columns` are those
  /// that the object is about.
  public func matches(_ object: SchemaObject, columns: [String]) -> Bool {
    guard !parts.isEmpty else { return true }
    let schema = object.schema?.lowercased()
    if parts.last == "*" {
      return parts.dropLast() == [schema ?? "?"] || names(of: object).contains(Array(parts.dropLast()))
    }
    if names(of: object).contains(parts) { return true }
    guard let owner = object.owner?.lowercased() else { return false }
    let table = [[owner], [schema ?? "", owner]]
    if table.contains(parts) { return true }
    return columns.contains { column in table.contains { $0 + [column.lowercased()] == parts } }
  }

  /// A resource of an action: `public.orders.total`, with `->` between an old and a new name.
  public func matches(_ resource: Resource) -> Bool {
    guard !parts.isEmpty else { return true }
    return resource.name.split(separator: " ").contains { part in
      let found = SchemaName.split(part.lowercased())
      if found == parts || Array(found.dropFirst()) == parts { return true }
      guard resource.kind == "column" else { return false }
      return Array(found.dropLast()) == parts || Array(found.dropFirst().dropLast()) == parts
    }
  }

  private func names(of object: SchemaObject) -> [[String]] {
    let name = object.name.lowercased()
    let schema = object.schema?.lowercased() ?? ""
    guard let owner = object.owner?.lowercased() else {
      let bare = object.kind == .function ? String(name.prefix { $0 != "(" }) : name
      return [[name], [schema, name], [bare], [schema, bare]]
    }
    let full = [[owner, name], [schema, owner, name]]
    // Indexes have names of their own in their schema.
    return object.kind == .index || object.kind == .constraint ? full + [[name], [schema, name]] : full
  }

  /// At the dots outside of quotes and parentheses.
  private static func split(_ text: String) -> [String] {
    var parts = [""]
    var isQuoted = false
    var depth = 0
    for character in text {
      switch character {
      case "\"": isQuoted.toggle()
      case "." where !isQuoted && depth == 0: parts.append("")
      default:
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }
}
