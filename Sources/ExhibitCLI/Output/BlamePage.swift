import Model
import Policy
import Replay
import Store

/// Prints a schema's history as `git blame` prints a file: a line for each thing, with the action that it goes back to; below,
/// each of those actions once, with its prompt and who approved it.
struct BlamePage {
  /// One line, before its action is looked up.
  private struct Line {
    var mark = ""
    var object: SchemaObject?
    var shown: String
    var change: String
    var detail: String?
    var state: String
    var actionID: String?
    var differences: [String] = []
    var database: SchemaHistories.Database?
  }

  /// Lines of a statement that are shown.
  private static let lineLimit = 12

  private let file: CaseFile
  private let asked: SchemaName
  private let format: ListFormat
  private let prompts: ActionPrompts
  private let approvals: [String: [Approval]]

  init(_ file: CaseFile, asked: SchemaName, _ format: ListFormat) throws {
    (self.file, self.asked, self.format) = (file, asked, format)
    prompts = try ActionPrompts(file)
    approvals = Dictionary(grouping: try file.approvals().filter(\.counts)) { $0.actionID ?? "" }
  }

  // MARK: What is asked

  /// Each thing as it stands.
  func print(_ histories: [(database: SchemaHistories.Database, history: SchemaHistory)], asked name: String?) throws {
    var lines: [Line] = []
    for (database, history) in histories {
      for entry in history.entries where !entry.isDropped && asked.matches(entry.object, columns: entry.columns) {
        guard let change = entry.last else { continue }
        lines.append(line(entry, change, database, state: entry.isMade ? "made" : "changed"))
      }
    }
    let dropped = histories.contains { history in
      history.history.entries.contains { $0.isDropped && asked.matches($0.object, columns: $0.columns) }
    }
    let hint = dropped ? "; --history lists what was dropped" : ""
    try write(lines, empty: "no captured action made or changed \(name ?? "anything")\(hint)", summary: nil)
    try footnote(histories)
  }

  /// Each change, in order of time.
  func printHistory(
    _ histories: [(database: SchemaHistories.Database, history: SchemaHistory)], asked name: String?
  ) throws {
    var lines: [(at: Timestamp, line: Line)] = []
    for (database, history) in histories {
      for entry in history.entries where asked.matches(entry.object, columns: entry.columns) {
        for change in entry.changes {
          let state = change.isUndecided ? "undecided" : "committed"
          lines.append((change.at, line(entry, change, database, state: state)))
        }
      }
      for attempt in history.attempts {
        for resource in attempt.resources where asked.matches(resource) && resource.access != "read" {
          lines.append(
            (
              attempt.at,
              Line(
                object: nil, shown: "\(resource.kind) \(resource.name)", change: resource.access,
                state: attempt.outcome?.rawValue ?? "failed", actionID: attempt.actionID, database: database)
            ))
        }
      }
    }
    // Equal times keep the order of the objects.
    let sorted = lines.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(
      \.element.line)
    try write(sorted, isHistory: true, empty: "no captured action made or changed \(name ?? "anything")", summary: nil)
    try footnote(histories)
  }

  /// Each thing of a catalog, and what the captures know that it has not.
  ///
  /// - Returns: whether something is not accounted for.
  func print(
    _ comparison: SchemaComparison, of history: (database: SchemaHistories.Database, history: SchemaHistory)?,
    catalog: BlameCatalog, asked name: String?
  ) throws -> Bool {
    let found = comparison.lines.filter { line in
      asked.matches(line.object, columns: line.entry?.columns ?? Self.columns(of: line.object))
    }
    let lines = found.map { line in
      Line(
        mark: Self.mark(line.verdict), object: line.object,
        shown: "\(line.object.kind.rawValue) \(line.object.summary)",
        change: line.change?.kind.rawValue ?? "", detail: line.change?.detail, state: line.verdict.rawValue,
        actionID: line.change?.actionID, differences: line.differences, database: history?.database)
    }
    let counts = SchemaComparison.Verdict.allCases.compactMap { verdict -> String? in
      let count = found.count { $0.verdict == verdict }
      return count == 0 ? nil : "\(Self.mark(verdict)) \(count) \(verdict.rawValue)"
    }
    let summary = "\(catalog.title) against what was captured: \(counts.joined(separator: ", "))"
    let empty = "neither \(catalog.title) nor the captures have \(name ?? "anything")"
    try write(lines, empty: empty, summary: summary)
    try footnote(history.map { [$0] } ?? [])
    return found.contains(where: \.verdict.isOpen)
  }

  private static func columns(of object: SchemaObject) -> [String] {
    guard object.kind == .index || object.kind == .constraint else {
      return object.kind == .column ? [object.name] : []
    }
    return object.properties["columns"]?.split(separator: ", ").map { String($0.prefix { $0 != " " }) } ?? []
  }

  private static func mark(_ verdict: SchemaComparison.Verdict) -> String {
    switch verdict {
    case .explained: "="
    case .changed: "~"
    case .unexplained: "?"
    case .different: "≠"
    case .missing: "-"
    case .back: "!"
    }
  }

  private func line(
    _ entry: SchemaEntry, _ change: SchemaChange, _ database: SchemaHistories.Database, state: String
  ) -> Line {
    Line(
      object: entry.object, shown: "\(entry.object.kind.rawValue) \(entry.object.summary)",
      change: change.kind.rawValue,
      detail: change.detail, state: change.isUndecided ? "undecided" : state, actionID: change.actionID,
      database: database)
  }

  // MARK: Writing

  private func write(_ lines: [Line], isHistory: Bool = false, empty: String, summary: String?) throws {
    guard format == .table else { return try writeList(lines) }
    guard !lines.isEmpty else { return StandardError.line(empty) }
    var actions: [String: Action] = [:]
    var order: [String] = []
    for id in lines.compactMap(\.actionID) where actions[id] == nil {
      actions[id] = try file.action(id: id)
      order.append(id)
    }
    let gutters = lines.map { gutter($0.actionID.flatMap { actions[$0] }) }
    let widths = (0..<3).map { column in gutters.reduce(0) { max($0, TerminalText.width($1[column])) } }
    var heading = ""
    for (line, gutter) in zip(lines, gutters) {
      let place = line.database.map { "  \($0.title)" } ?? ""
      let own = isHistory ? place : (line.object?.heading ?? "") + place
      if own != heading {
        StandardOutput.write(
          (heading.isEmpty ? "" : "\n") + TerminalText.oneLine(own.isEmpty ? "" : own).trimmed + "\n")
        heading = own
      }
      var text = line.mark.isEmpty ? "" : line.mark + " "
      for (cell, width) in zip(gutter, widths) {
        text += cell + String(repeating: " ", count: max(0, width - TerminalText.width(cell)) + 2)
      }
      text += "│ "
      if isHistory { text += "\(line.change) " }
      text += TerminalText.oneLine(isHistory ? Self.full(line) : line.shown)
      if let note = Self.note(line, isHistory: isHistory) { text += "  — " + TerminalText.oneLine(note) }
      StandardOutput.write(text + "\n")
    }
    try writeActions(order.compactMap { actions[$0] })
    if let summary { StandardOutput.write("\n" + TerminalText.oneLine(summary) + "\n") }
  }

  private static func full(_ line: Line) -> String {
    guard let object = line.object, object.owner != nil else { return line.shown }
    return "\(object.kind.rawValue) \(object.heading): \(object.summary)"
  }

  private static func note(_ line: Line, isHistory: Bool) -> String? {
    var parts = line.differences
    if isHistory || line.change == "alter" || line.change == "rename" || line.change == "move" {
      if let detail = line.detail { parts.append(detail) }
    }
    if line.actionID == nil, !line.state.isEmpty { parts.append(line.state) }
    if ["undecided", "missing", "dropped, yet there", "rolled-back", "not-run", "failed"].contains(line.state) {
      parts.append(line.state == "undecided" ? "its outcome was not captured" : line.state)
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  /// Action, time and person.
  private func gutter(_ action: Action?) -> [String] {
    guard let action else { return ["", "", ""] }
    let time = action.startedAt.formatted(fractionDigits: 0).replacing("T", with: " ").replacing("Z", with: "")
    return [action.id, time, TerminalText.truncated(TerminalText.oneLine(action.identity.user ?? "?"), width: 24)]
  }

  private func writeActions(_ actions: [Action]) throws {
    for action in actions {
      var page = Page()
      page.add(action.id, Self.beginning(of: action.text))
      let application = action.identity.application.map { ", \($0)" } ?? ""
      page.add("  by", "\(action.identity.user ?? "?")\(application)")
      page.add("  prompt", prompts.text(of: action.id) ?? (prompts.isPresent ? "none that is known" : nil))
      page.add("  approved by", approvers(action.id) ?? "nobody")
      StandardOutput.write("\n")
      page.print()
    }
  }

  /// The first lines of a statement.
  private static func beginning(of text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline)
    let isCut = lines.count > lineLimit
    return lines.prefix(lineLimit).joined(separator: "\n") + (isCut ? "\n… \(lines.count - lineLimit) more lines" : "")
  }

  private func approvers(_ id: String) -> String? {
    let names = Set(approvals[id]?.compactMap(\.approver) ?? []).sorted()
    return names.isEmpty ? nil : names.joined(separator: ", ")
  }

  private func footnote(_ histories: [(database: SchemaHistories.Database, history: SchemaHistory)]) throws {
    guard format == .table else { return }
    if histories.contains(where: \.history.isCut) {
      StandardError.line("exhibit: the captures made more things than are kept; what came last is not told")
    }
    let unread = histories.flatMap(\.history.unread)
    guard let first = unread.first else { return }
    let more = unread.count > 1 ? " and \(unread.count - 1) more" : ""
    StandardError.line(
      "exhibit: \(first.actionID) (\(first.verb))\(more) ran code that may have changed the schema in ways its text does not show"
    )
  }

  // MARK: Lists

  private func writeList(_ lines: [Line]) throws {
    var writer = ListWriter(
      [
        .init("column"), .init("change"), .init("at_ns"), .init("user"), .init("application"), .init("transaction"),
        .init("prompt"), .init("approved_by"), .init("action_id"), .init("text"), .init("kind"), .init("object"),
        .init("definition"), .init("state"), .init("detail"), .init("difference"), .init("database"), .init("server"),
      ], format)
    var actions: [String: Action] = [:]
    for line in lines {
      if let id = line.actionID, actions[id] == nil { actions[id] = try file.action(id: id) }
      let action = line.actionID.flatMap { actions[$0] }
      let words = line.shown.split(separator: " ", maxSplits: 1).map(String.init)
      let kind = line.object?.kind.rawValue ?? words.first
      let name = line.object.map(\.qualifiedName) ?? words.last
      writer.write([
        .text(kind == "column" ? name : nil), .text(line.change.isEmpty ? nil : line.change),
        .integer(action?.startedAt.nanoseconds), .text(action?.identity.user), .text(action?.identity.application),
        .text(action?.transaction?.rawValue), .text(action.flatMap { prompts.text(of: $0.id) }),
        .text(action.map { approvers($0.id) ?? "" }), .text(line.actionID), .text(action?.text), .text(kind),
        .text(name),
        .text(line.object?.summary), .text(line.state), .text(line.detail),
        .text(line.differences.isEmpty ? nil : line.differences.joined(separator: "; ")), .text(line.database?.name),
        .text(line.database?.server),
      ])
    }
    writer.finish(empty: "")
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    return String(text)
  }
}
