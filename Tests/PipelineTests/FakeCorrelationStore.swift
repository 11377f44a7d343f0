import Bytes
import Model
import Sessions

@testable import Pipeline

/// What transcripts told, without a case file; times are in seconds.
struct FakeCorrelationStore: CorrelationStore {
  var allPrompts: [PromptPlace] = []
  var allConversations: [ConversationPlace] = []
  var calls: [StoredCall] = []
  var shared: [(String, String)] = []

  static func seconds(_ time: Timestamp) -> Double { Double(time.nanoseconds) / 1e9 }

  func prompt(
    _ id: String, _ at: Double, conversation: String, kind: Prompt.Kind = .human, source: Int64 = 1,
    text: String? = nil, nativeID: String? = nil
  ) -> PromptPlace {
    var place = PromptPlace(
      number: Int64(id.filter(\.isNumber)) ?? 1_000, id: id, nativeID: nativeID, conversation: conversation, kind: kind)
    place.at = Timestamp(nanoseconds: Int64(at * 1e9))
    place.source = source
    place.digest = text.map { SHA256.digest(of: $0) }
    return place
  }

  mutating func call(
    _ nativeID: String, _ at: Double, ended: Double? = nil, agent: String? = nil, conversation: String = "main",
    change: (inout ToolCall) -> Void = { _ in }
  ) {
    var call = ToolCall(
      nativeID: nativeID, conversationID: conversation, ordinal: calls.count, tool: "Bash", arguments: "{}",
      seenAt: Timestamp(nanoseconds: Int64(at * 1e9)), origin: .unknown)
    call.at = call.seenAt
    call.endedAt = ended.map { Timestamp(nanoseconds: Int64($0 * 1e9)) }
    call.agentID = agent
    change(&call)
    calls.append(StoredCall(number: Int64(calls.count + 1), source: 1, call: call))
  }

  /// The calls as the correlation sees them.
  func read() throws -> [CallEvidence] {
    var reader = CallReader(try PromptRoots(self, try PromptTwins(self)))
    try forEachToolCall { reader.add($0) }
    return reader.finish()
  }

  func hasBothSides() throws -> Bool { true }
  func prompts() throws -> [PromptPlace] { allPrompts }
  func conversations() throws -> [ConversationPlace] { allConversations }
  func forEachToolCall(_ body: (StoredCall) throws -> Void) throws { try calls.forEach(body) }
  func forEachSession(_ body: (Int64, Session, [Action]) throws -> Void) throws {}
  func facts(ofSession number: Int64) throws -> [(name: String, value: String)] { [] }
  func callHead(ofAction number: Int64) throws -> CallHead? { nil }
  func requestBody(ofAction number: Int64, limit: Int) throws -> [UInt8]? { nil }
  func sharedCalls() throws -> [(String, String)] { shared }
  func replaceTwins(_ twins: [(prompt: Int64, sameAs: Int64)]) throws {}
  func replaceAttributions(_ attributions: [Attribution], verdicts: [CallVerdict], offsets: [ClockOffset]) throws {}
}
