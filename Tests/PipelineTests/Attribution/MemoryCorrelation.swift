import Bytes
import Model

/// What a case holds for the attribution, in memory; times are told in seconds.
final class MemoryCorrelation: CorrelationStore {
  static let epoch: Int64 = 1_763_600_000_000_000_000

  private var promptPlaces: [PromptPlace] = []
  private var conversationPlaces: [ConversationPlace] = []
  private var calls: [StoredCall] = []
  private var sessions: [(number: Int64, session: Session, actions: [Action])] = []
  private(set) var attributions: [Attribution] = []
  private(set) var verdicts: [CallVerdict] = []
  private(set) var replacements = 0
  private(set) var conflicts: [CarrierConflict] = []
  private(set) var twins: [Int64: Int64] = [:]
  private(set) var roots: [Int64: Int64] = [:]
  /// Conversations of which one's answers ask for calls that the other tells.
  var shared: [(String, String)] = []

  static func time(_ seconds: Double) -> Timestamp { Timestamp(nanoseconds: epoch + Int64(seconds * 1e9)) }

  // MARK: Filling

  func conversation(
    _ id: String, native: String? = nil, parent: String? = nil, startedBy call: String? = nil,
    clock: Conversation.Clock = .utc
  ) {
    conversationPlaces.append(
      ConversationPlace(id: id, nativeID: native, parentID: parent, parentCallID: call, clock: clock))
  }

  @discardableResult
  func prompt(
    _ id: String, in conversation: String, _ kind: Prompt.Kind = .human, native: String? = nil, at: Double? = nil,
    source: Int64 = 1, text: String? = nil
  ) -> Int64 {
    let number = Int64(promptPlaces.count + 1)
    var place = PromptPlace(number: number, id: id, nativeID: native, conversation: conversation, kind: kind)
    place.at = at.map(Self.time)
    place.source = source
    place.digest = text.map { SHA256.digest(of: $0) }
    promptPlaces.append(place)
    return number
  }

  static func call(
    _ native: String?, in conversation: String, of prompt: String?, at: Double, through: Double?, tool: String = "Bash",
    _ arguments: KeyValuePairs<String, String>
  ) -> ToolCall {
    let members = arguments.map { "\(JSONWriter.quoted($0)):\(JSONWriter.quoted($1))" }.joined(separator: ",")
    var call = ToolCall(
      nativeID: native, conversationID: conversation, ordinal: Int(at), tool: tool, arguments: "{\(members)}",
      seenAt: time(at), origin: .unknown)
    call.command = arguments.first { $0.key == "command" }?.value ?? call.arguments
    call.promptID = prompt
    call.at = time(at)
    call.endedAt = through.map(time)
    call.status = .succeeded
    return call
  }

  @discardableResult
  func add(_ call: ToolCall, source: Int64 = 1) -> Int64 {
    let number = Int64(calls.count + 1)
    calls.append(StoredCall(number: number, source: source, call: call))
    return number
  }

  /// A session of PostgreSQL with statements at these seconds, each of a millisecond.
  @discardableResult
  func session(_ statements: [(Double, String)], client: String = "10.0.0.5:40000", effect: Effect = .read) -> Int64 {
    let number = Int64(sessions.count + 1)
    let id = "ses-\(number)"
    let actions = statements.enumerated().map { place, statement in
      Action(
        id: "\(id).\(place + 1)", sessionID: id, sequence: place + 1, startedAt: Self.time(statement.0),
        endedAt: Self.time(statement.0 + 0.001), kind: "sql", verb: "SELECT", text: statement.1, effect: effect,
        status: .ok)
    }
    sessions.append(
      (
        number,
        Session(
          id: id, protocolName: "postgres", client: client, server: "10.0.0.9:5432", user: "agent", target: "shop",
          application: "psql", startedAt: Self.time((statements.first?.0 ?? 0) - 0.01),
          endedAt: Self.time((statements.last?.0 ?? 0) + 0.01)), actions
      ))
    return number
  }

  // MARK: CorrelationStore

  func hasBothSides() throws -> Bool { !calls.isEmpty && sessions.contains { !$0.actions.isEmpty } }
  func prompts() throws -> [PromptPlace] { promptPlaces }
  func conversations() throws -> [ConversationPlace] { conversationPlaces }
  func forEachToolCall(_ body: (StoredCall) throws -> Void) throws { for call in calls { try body(call) } }
  func startingCalls() throws -> [(id: String, prompt: String)] {
    calls.compactMap { stored in stored.call.nativeID.flatMap { id in stored.call.promptID.map { (id, $0) } } }
  }
  func callCounts() throws -> [String: Int] {
    Dictionary(calls.compactMap { $0.call.promptID.map { ($0, 1) } }, uniquingKeysWith: +)
  }
  func forEachSession(_ body: (Int64, Session, [Action]) throws -> Void) throws {
    for entry in sessions { try body(entry.number, entry.session, entry.actions) }
  }
  func facts(ofSession number: Int64) throws -> [(name: String, value: String)] { [] }
  func callHead(ofAction number: Int64) throws -> CallHead? { nil }
  func requestBody(ofAction number: Int64, limit: Int) throws -> [UInt8]? { nil }
  func sharedCalls() throws -> [(String, String)] { shared }

  func replaceTwins(_ twins: [(prompt: Int64, sameAs: Int64)]) throws {
    self.twins = Dictionary(uniqueKeysWithValues: twins.map { ($0.prompt, $0.sameAs) })
  }

  func replaceRoots(_ roots: [(prompt: Int64, root: Int64)]) throws {
    self.roots = Dictionary(uniqueKeysWithValues: roots.map { ($0.prompt, $0.root) })
  }

  func replaceAttributions(
    _ attributions: [Attribution], verdicts: [CallVerdict], offsets: [ClockOffset]
  ) throws {
    self.attributions = attributions
    self.verdicts = verdicts
    replacements += 1
  }

  func replaceCarrierConflicts(_ conflicts: [CarrierConflict]) throws { self.conflicts = conflicts }
}
