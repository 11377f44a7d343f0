import Model

/// What is told of a tool call beside what it did.
struct CallNote {
  let id: String
  let tool: String
  /// Its beginning.
  let command: String
  let isCut: Bool
  let at: Timestamp?
  let witness: CallVerdict.Verdict?
  let detail: String
  /// The prompt at its root, by place.
  let prompt: Int

  private static let unseen = "not seen: "
  /// Bytes of a command that are kept.
  private static let commandBytes = 400

  init(_ call: StoredToolCall, prompt: Int, ahead: Int64) {
    id = call.id
    tool = String(Excerpt(call.tool, limit: 80).text)
    let excerpt = Excerpt(call.command, limit: Self.commandBytes)
    command = String(excerpt.text)
    isCut = excerpt.isCut
    at = call.at.map {
      let (moved, isOut) = $0.nanoseconds.subtractingReportingOverflow(ahead)
      return isOut ? $0 : Timestamp(nanoseconds: moved)
    }
    witness = call.witness
    let told = call.witnessDetail ?? ""
    // The verdict stands beside it.
    let bare =
      call.witness == .unwitnessed && told.hasPrefix(Self.unseen) ? told.dropFirst(Self.unseen.count) : told[...]
    detail = String(Excerpt(String(bare), limit: 600).text)
    self.prompt = prompt
  }

  /// Whether it says something that the captures do not.
  var isClaim: Bool { witness == .unwitnessed || witness == .mismatched }
}
