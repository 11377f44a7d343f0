import Foundation
import TestKit
import Testing

/// The truth of samples/agents laid onto what a case says: by the client's port, then by order and text.
struct LabelledRun {
  /// Who caused something.
  struct Owner: Decodable, Sendable {
    struct Prompt: Decodable, Sendable {
      /// All ids that the transcript has for it; none for a text that was typed in the middle of a turn.
      var ids: [String]
      var text: String
    }
    var noise: String?
    var call: String?
    var prompt: Prompt?
  }

  private struct Label: Decodable, Sendable {
    var row: String
    var client: String?
    var server: String?
    var at: Int64?
    var text: String?
    var shared: String?
    var owner: Owner?

    enum CodingKeys: String, CodingKey {
      case row, client, server, text, shared, owner
      case at = "at_ns"
    }
  }

  private struct ActionRow: Decodable, Sendable {
    var id: String
    var session: String
    var client: String
    var server: String
    var opened: Int64
    var proto: String
    var kind: String
    var text: String
    var at: Int64
  }

  /// A row of the view `attributions` with what it names.
  struct Answer: Decodable, Sendable, Equatable {
    var action: String
    var rank: Int
    var ambiguous: Int
    var method: String
    var via: String?
    var prompt: String?
    var promptText: String?
    var call: String?
  }

  /// An action, the truth of it, and what the case says.
  struct Judged: Sendable {
    var id: String
    var text: String
    var owner: Owner
    /// Whether a label is the action's own, and not its connection's.
    var isLabelled: Bool
    var answers: [Answer]

    var isAmbiguous: Bool { answers.contains { $0.ambiguous == 1 } }

    func names(_ answer: Answer) -> Bool {
      guard let truth = owner.prompt, let said = answer.promptText else { return false }
      return answer.prompt.map { truth.ids.contains($0) } ?? false
        || truth.ids.isEmpty
          && said.split(whereSeparator: \.isWhitespace) == truth.text.split(whereSeparator: \.isWhitespace)
    }
  }

  private(set) var judged: [Judged] = []
  /// Actions that no label is for.
  private(set) var unknown: [String] = []

  init(labels: URL, case path: String) throws {
    var connections: [String: [Label]] = [:]
    var actions: [String: [Label]] = [:]
    for line in try String(contentsOf: labels, encoding: .utf8).split(separator: "\n") {
      let label = try JSONDecoder().decode(Label.self, from: Data(line.utf8))
      guard let client = label.client, let server = label.server else { continue }
      if label.row == "connection" { connections["\(client) \(server)", default: []].append(label) }
      if label.row == "action" { actions["\(client) \(server)", default: []].append(label) }
    }
    let answers = Dictionary(grouping: try Self.answers(path), by: \.action)
    let found: [ActionRow] = try Self.rows(
      path,
      """
      SELECT a.id, s.id AS session, s.client, s.server, s.started_ns AS opened, s.protocol AS proto, a.kind, a.text,
        a.started_ns AS at
      FROM actions a JOIN sessions s ON s.id = a.session_id ORDER BY s.started_ns, s.id, a.seq
      """)
    for (_, rows) in Dictionary(grouping: found, by: \.session).sorted(by: { $0.key < $1.key }) {
      guard let first = rows.first else { continue }
      let key = "\(first.client) \(first.server)"
      let all = (connections[key] ?? []).sorted { ($0.at ?? 0) < ($1.at ?? 0) }
      // A port may be used again.
      guard let place = all.indices.min(by: { Self.distance(all[$0], first) < Self.distance(all[$1], first) }) else {
        unknown += rows.map(\.id)
        continue
      }
      let from = (all[place].at ?? 0) - 50_000_000
      let until = all.indices.contains(place + 1) ? (all[place + 1].at ?? .max) - 50_000_000 : .max
      let labels = (actions[key] ?? []).filter { label in
        let at = label.at ?? 0
        return (place == 0 || at >= from) && at < until
      }.sorted { ($0.at ?? 0) < ($1.at ?? 0) }
      lay(rows, labels, all[place], answers)
    }
  }

  private mutating func lay(
    _ rows: [ActionRow], _ labels: [Label], _ connection: Label, _ answers: [String: [Answer]]
  ) {
    var place = 0
    for row in rows {
      var label: Label?
      if row.kind == "login" || row.kind == "session" {
      } else if row.proto == "ssh", connection.shared == nil {
        label = labels.first
      } else {
        let reach = row.proto == "ssh" ? 8 : 40
        let text = Self.flat(row.text)
        if let next = labels.indices.dropFirst(place).prefix(reach).first(where: { Self.flat(labels[$0].text) == text })
        {
          (label, place) = (labels[next], next + 1)
        } else if row.proto == "ssh" {
          // What the shell did before anything was typed belongs to whoever opened it.
          label = labels.last { ($0.at ?? 0) <= row.at }
        } else {
          // One simple query of several statements is one label and several actions.
          label = labels.indices.dropFirst(max(0, place - 1)).prefix(reach).first {
            !text.isEmpty && Self.flat(labels[$0].text).contains(text)
          }.map { labels[$0] }
        }
      }
      let isOwn = label != nil
      let isWhole = connection.shared == nil || row.kind == "login" || row.kind == "session" || row.proto == "ssh"
      guard let owner = label?.owner ?? (isWhole ? connection.owner : nil) else {
        unknown.append(row.id)
        continue
      }
      judged.append(
        Judged(id: row.id, text: row.text, owner: owner, isLabelled: isOwn, answers: answers[row.id] ?? []))
    }
  }

  static func answers(_ path: String) throws -> [Answer] {
    try rows(
      path,
      """
      SELECT t.action_id AS action, t.rank, t.ambiguous, t.method, t.via_action_id AS via, p.native_id AS prompt,
        p.text AS promptText, c.native_id AS call
      FROM attributions t LEFT JOIN prompts p ON p.id = t.prompt_id LEFT JOIN tool_calls c ON c.id = t.tool_call_id
      ORDER BY t.action_id, t.rank
      """)
  }

  private static func rows<Row: Decodable>(_ path: String, _ query: String) throws -> [Row] {
    let found = try ExhibitProcess.run(["-readonly", "-json", path, query], program: "/usr/bin/sqlite3")
    try #require(found.code == 0, "\(found.error)")
    return try JSONDecoder().decode([Row].self, from: Data(found.out.utf8))
  }

  private static func distance(_ label: Label, _ row: ActionRow) -> Int64 { abs((label.at ?? 0) - row.opened) }

  /// Without what a shell, a client or a log may change: white space, a last semicolon.
  private static func flat(_ text: String?) -> String {
    var flat = (text ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    while flat.last == ";" || flat.last == " " { flat.removeLast() }
    return flat
  }
}
