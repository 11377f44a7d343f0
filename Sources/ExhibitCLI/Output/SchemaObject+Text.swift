import Model

extension SchemaObject {
  /// What stands behind its kind, in a line: `total numeric(12,2) not null default 0`.
  var summary: String {
    let get = { (name: String) in self.properties[name] }
    var words = [name]
    switch kind {
    case .column:
      words.append(get("type") ?? "")
      if get("not null") != nil { words.append("not null") }
      if let text = get("default") { words.append("default \(text)") }
      if let text = get("identity") { words.append("generated \(text) as identity") }
      if let text = get("generated") { words.append("generated as \(text)") }
    case .constraint:
      words.append(get("form") ?? "")
      if let text = get("columns") { words.append("(\(text))") }
      if let text = get("check") { words.append(text) }
      if let text = get("references") {
        words.append("references \(text)" + (get("referenced columns").map { " (\($0))" } ?? ""))
      }
      if let text = get("on delete"), text != "no action" { words.append("on delete \(text)") }
      if let text = get("on update"), text != "no action" { words.append("on update \(text)") }
      if get("not valid") != nil { words.append("not valid") }
    case .index:
      if get("unique") == "yes" { words.append("unique") }
      if let method = get("method"), method != "btree" { words.append(method) }
      if let text = get("columns") { words.append("(\(text))") }
      if let text = get("include") { words.append("include (\(text))") }
      if let text = get("where") { words.append("where \(text)") }
      if get("valid") == "no" { words.append("invalid") }
    case .trigger:
      words.append(get("definition") ?? "")
      if let text = get("enabled") { words.append(text) }
    case .policy:
      words.append("for \(get("command") ?? "all") to \(get("roles") ?? "?")")
      if let text = get("using") { words.append("using \(text)") }
      if let text = get("with check") { words.append("with check \(text)") }
    case .grant: if get("grantable") != nil { words.append("with grant option") }
    case .table, .view, .sequence, .function, .type, .schema, .statistics:
      if let text = get("owner") { words.append("owner \(text)") }
      if let text = get("row security") { words.append("row security \(text)") }
    default: break
    }
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// Under what it is listed: its table, or itself.
  var heading: String {
    guard let owner else { return qualifiedName }
    return [schema, owner].compactMap { $0 }.joined(separator: ".")
  }
}
