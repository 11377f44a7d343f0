public import Model

/// The case as spans of OpenTelemetry, in OTLP/JSON on lines: conversations, prompts, tool calls and what they did on the
/// wire; docs/reports/opentelemetry.md names the attributes.
public struct OTLPReport: ReportFormat {
  public static let id = "otlp"
  public static let fileExtension = "jsonl"

  public init() {}

  public func write(_ reading: any CaseReading, verdict: Verdict, to sink: inout some ReportSink) throws {
    var export = try OTLPExport(reading, verdict, OTLPLines(sink))
    try export.writeConversations()
    try export.writePrompts()
    try export.writeCalls()
    try export.writeActions()
    sink = try export.lines.finish()
  }
}

/// One export: what must be known of conversations and prompts before the first span is written.
struct OTLPExport<Sink: ReportSink> {
  /// When something began and ended, as far as the evidence shows.
  struct Extent {
    var start: Timestamp
    var end: Timestamp

    mutating func include(_ other: Extent) { (start, end) = (min(start, other.start), max(end, other.end)) }
  }

  /// What a prompt's span and those below it need.
  struct PromptPlace {
    /// The place of its conversation.
    var conversation: Int?
    var extent: Extent
    /// Its number among the prompts of its conversation.
    var number: Int
  }

  let reading: any CaseReading
  let verdict: Verdict
  let tree: ConversationTree
  var lines: OTLPLines<Sink>
  private(set) var extents: [Extent]
  private(set) var prompts: [String: PromptPlace] = [:]

  init(_ reading: any CaseReading, _ verdict: Verdict, _ lines: OTLPLines<Sink>) throws {
    self.reading = reading
    self.verdict = verdict
    self.lines = lines
    let tree = ConversationTree(try reading.conversations())
    var extents = tree.nodes.map { Extent(start: $0.conversation.startedAt, end: $0.conversation.startedAt) }
    var prompts: [String: PromptPlace] = [:]
    var numbers: [Int: Int] = [:]
    try reading.forEachPrompt { prompt in
      let at = prompt.at ?? prompt.seenAt
      let place = tree.place(of: prompt.conversation)
      let number = place.map { numbers[$0, default: 0] } ?? 0
      if let place {
        numbers[place] = number + 1
        extents[place].include(Extent(start: at, end: at))
      }
      prompts[prompt.id] = PromptPlace(conversation: place, extent: Extent(start: at, end: at), number: number)
    }
    try reading.forEachToolCall { call in
      let extent = Extent(start: call.startedAt, end: call.endedAt ?? call.startedAt)
      if let place = tree.place(of: call.conversation) { extents[place].include(extent) }
      // What was told of another conversation's clock says nothing of when this prompt was given.
      if let id = call.promptID, let start = prompts[id]?.extent.start {
        prompts[id]?.extent.include(Extent(start: start, end: extent.end))
      }
    }
    for place in tree.nodes.indices {
      var upper = tree.nodes[place].parent
      while let above = upper {
        extents[above].include(extents[place])
        upper = tree.nodes[above].parent
      }
    }
    (self.tree, self.extents, self.prompts) = (tree, extents, prompts)
  }

  /// The trace of a conversation: that of the one at the top.
  func trace(ofConversation id: String) -> String {
    TraceIdentity.trace(.conversation, tree.root(of: id)?.id ?? id)
  }

  /// What told of a conversation: the agent.
  func resource(_ place: Int?) -> OTLPLines<Sink>.Resource {
    let conversation = place.map { tree.nodes[$0].conversation }
    return OTLPLines<Sink>.Resource(
      service: conversation?.agent ?? "unknown_service", version: conversation?.agentVersion, caseName: reading.name)
  }
}
