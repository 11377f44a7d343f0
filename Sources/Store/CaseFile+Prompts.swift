import GRDB
public import Model

extension CaseFile {
  /// The prompts in order of time, each with the tool calls that serve it; none of a case that was made before they were
  /// kept.
  public func prompts() throws -> [StoredPrompt] { try prompts(id: nil) }

  /// As above, `id` alone when it is given.
  public func prompts(id: String?) throws -> [StoredPrompt] {
    try read { database in
      guard try database.tableExists("prompt") else { return [] }
      let twins = try twins(database)
      let wanted = id.map { id in twins.first { $0.value.contains(id) }?.key ?? id }
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT * FROM prompts\(wanted == nil ? "" : " WHERE id = ?") ORDER BY coalesce(at_ns, seen_ns), ordinal, id
          """, arguments: wanted.map { [$0] } ?? [])
      let hidden = Set(twins.values.joined())
      var prompts: [StoredPrompt] = []
      while let row = try rows.next() {
        let prompt = StoredPrompt(row: row)
        if !hidden.contains(prompt.id) { prompts.append(prompt) }
      }
      try addCalls(to: &prompts, twins, of: wanted, database)
      return prompts
    }
  }

  /// Gives the prompts the calls that serve them, in one walk over all calls; over those of `id` where it is given.
  private func addCalls(
    to prompts: inout [StoredPrompt], _ twins: [String: [String]], of id: String?, _ database: Database
  ) throws {
    // Calls refer to the prompt as their own source tells it.
    var places: [String: Int] = [:]
    for (place, prompt) in prompts.enumerated() {
      for name in [prompt.id] + (twins[prompt.id] ?? []) { places[name] = place }
    }
    let ids = id.map { [$0] + (twins[$0] ?? []) } ?? []
    let wanted = id == nil ? "IS NOT NULL" : "IN (\(ids.map { _ in "?" }.joined(separator: ", ")))"
    let calls = try Row.fetchCursor(
      database, sql: "SELECT * FROM tool_calls WHERE prompt_id \(wanted) ORDER BY coalesce(at_ns, seen_ns), id",
      arguments: StatementArguments(ids))
    while let row = try calls.next() {
      let call = StoredToolCall(row: row)
      if let place = call.promptID.flatMap({ places[$0] }) { prompts[place].toolCalls.append(call) }
    }
  }
}

extension CaseFile {
  /// The prompts that other sources tell again, by the one that stands for them.
  private func twins(_ database: Database) throws -> [String: [String]] {
    guard try database.tableExists("prompt_twin") else { return [:] }
    let rows = try Row.fetchCursor(
      database, sql: "SELECT same_as, id FROM prompts WHERE same_as IS NOT NULL ORDER BY same_as, id")
    var found: [String: [String]] = [:]
    while let row = try rows.next() { found[row["same_as"], default: []].append(row["id"]) }
    return found
  }
}

extension StoredPrompt {
  init(row: Row) {
    self.init(
      id: row["id"], kind: Prompt.Kind(rawValue: row["kind"]) ?? .human, conversation: row["conversation"],
      seenAt: Timestamp(nanoseconds: row["seen_ns"]), text: row["text"])
    nativeID = row["native_id"]
    agent = row["agent"]
    agentID = row["agent_id"]
    model = row["model"]
    human = row["human"]
    isCut = row["cut"]
    at = (row["at_ns"] as Int64?).map { Timestamp(nanoseconds: $0) }
    context = row["context"]
    sourceID = row["source_id"]
    packet = (row["packet"] as Int64?).map { UInt64(clamping: $0) }
    // A case of an older version has no such column.
    if row.hasColumn("root_id") { rootID = row["root_id"] }
  }
}

extension StoredToolCall {
  /// The command of a row of the table `tool_call` or of the view `tool_calls`.
  static func command(of row: Row) -> String {
    row.hasColumn("command_is_arguments") && row["command_is_arguments"] ? row["arguments"] : row["command"]
  }

  init(row: Row) {
    self.init(
      id: row["id"], tool: row["tool"], command: Self.command(of: row),
      status: ToolCall.Status(rawValue: row["status"]) ?? .pending)
    nativeID = row["native_id"]
    at = (row["at_ns"] as Int64?).map { Timestamp(nanoseconds: $0) }
    endedAt = (row["ended_ns"] as Int64?).map { Timestamp(nanoseconds: $0) }
    seenAt = Timestamp(nanoseconds: row["seen_ns"])
    exitCode = row["exit_code"]
    isCut = row["cut"]
    sourceID = row["source_id"]
    result = row["result"]
    conversation = row["conversation"]
    agent = row["agent"]
    agentID = row["agent_id"]
    promptID = row["prompt_id"]
    // A case of an older version has no such columns.
    guard row.hasColumn("witness") else { return }
    workingDirectory = row["working_directory"]
    turnID = row["turn_id"]
    isBackground = row["background"]
    witness = (row["witness"] as String?).flatMap { CallVerdict.Verdict(rawValue: $0) }
    witnessDetail = row["witness_detail"]
  }
}
