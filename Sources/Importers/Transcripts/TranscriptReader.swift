import Bytes
public import Model

/// Finds out which agent wrote a file, and reads it.
public struct TranscriptReader: Sendable {
  /// The formats, the most telling first: one folder and one line each.
  private static let catalog: [any TranscriptImporter.Type] = [
    ClaudeCodeImporter.self,
    CodexImporter.self,
    CodexExecImporter.self,
    CopilotImporter.self,
    GeminiImporter.self,
    ClineImporter.self,
    OpenCodeImporter.self,
    OTLPImporter.self,
    AiderImporter.self,
    OpenHandsImporter.self,
    SWEAgentImporter.self,
    ATIFImporter.self,
    RecordImporter<CursorTeller>.self,
    AmpImporter.self,
    RecordImporter<DroidTeller>.self,
    RecordImporter<PiTeller>.self,
    RecordImporter<WindsurfTeller>.self,
    ContinueImporter.self,
    LangSmithImporter.self,
    LangfuseImporter.self,
    CoderImporter.self,
    AgentTraceImporter.self,
    GooseImporter.self,
    OpenCodeDatabaseImporter.self,
    GooseDatabaseImporter.self,
    CursorDatabaseImporter.self,
    SpanDatabaseImporter.self,
  ]

  private var importer: any TranscriptImporter
  /// The format's name: `claude-code`.
  public let format: String

  /// The reader of a file; nil when it is no transcript that is known.
  public init?(_ head: TranscriptHead, _ file: TranscriptFile) {
    guard let kind = Self.catalog.first(where: { $0.recognizes(head) }) else { return nil }
    importer = kind.init(file)
    format = kind.name
  }

  /// Whether a file is a transcript, by its first bytes.
  public static func recognizes(_ head: TranscriptHead) -> Bool { catalog.contains { $0.recognizes(head) } }

  /// Whether a file only lies beside a transcript that tells the same: what Claude Code notes of a sub-agent.
  public static func accompanies(_ head: TranscriptHead) -> Bool {
    head.path.contains("subagents/") && head.path.hasSuffix(".meta.json")
      && String(decoding: head.bytes, as: UTF8.self).contains("\"agentType\"")
  }

  /// The next bytes of the file, in order.
  public mutating func receive(_ bytes: Span<UInt8>, into events: inout [ConversationEvent]) {
    importer.receive(bytes, into: &events)
  }

  /// The file is over: tells what waited for more.
  public mutating func finish(into events: inout [ConversationEvent]) { importer.finish(into: &events) }

  /// The formats that take a file for theirs; detection is right when there is one at most.
  static func formats(of head: TranscriptHead) -> [String] { catalog.filter { $0.recognizes(head) }.map { $0.name } }
}
