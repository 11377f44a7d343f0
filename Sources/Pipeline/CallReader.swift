import Bytes
import Model
import Policy
import Sessions

/// Turns tool calls into what they should have done.
struct CallReader {
  /// Calls of one agent that begin so near to each other, in nanoseconds, were asked for in one answer.
  private static let together: Int64 = 1_000_000_000

  private let roots: PromptRoots
  private var expanders: [String: EffectExpander] = [:]
  private var calls: [CallEvidence] = []
  private var numbers: [String: Int64] = [:]
  private var continues: [(index: Int, id: String)] = []
  /// The agent of each call, by which calls follow each other.
  private var threads: [String] = []

  init(_ roots: PromptRoots) { self.roots = roots }

  mutating func add(_ row: StoredCall) {
    let call = row.call
    let prompt = roots.root(of: call)
    let conversation = roots.conversation(call.conversationID)
    let hasTimes = conversation?.clock != Conversation.Clock.none && conversation?.clock != .start
    var evidence = CallEvidence(
      number: row.number, prompt: prompt?.number, clock: row.source, startedAt: hasTimes ? call.at : nil,
      endedAt: hasTimes ? call.endedAt : nil)
    evidence.hasZone = conversation?.clock != .local
    evidence.isOpenEnded = call.isBackground
    evidence.hasFailed = call.status == .failed
    evidence.result = call.result ?? ""
    numbers[call.nativeID ?? call.id] = numbers[call.nativeID ?? call.id] ?? row.number
    if let id = call.nativeID { evidence.ids.append(CarriedID(.call, id)) }
    if let id = call.turnID { evidence.ids.append(CarriedID(.turn, id)) }
    if let id = call.promptID.flatMap({ roots.prompt($0)?.nativeID }), id != call.turnID {
      evidence.ids.append(CarriedID(.turn, id))
    }
    for span in call.spans {
      let parts = span.split(separator: "-", maxSplits: 1)
      guard parts.count == 2 else { continue }
      evidence.ids.append(CarriedID(.call, String(parts[1])))
      evidence.ids.append(CarriedID(.turn, String(parts[0])))
    }
    if let id = conversation?.nativeID { evidence.ids.append(CarriedID(.conversation, id)) }
    // A server-side tool does nothing from here.
    if !call.isServerSide, call.status != .incomplete {
      var expander = expanders.removeValue(forKey: call.conversationID) ?? EffectExpander()
      evidence.effects = expander.expand(call)
      expanders[call.conversationID] = expander
    }
    threads.append("\(call.conversationID)\n\(call.agentID ?? "")")
    if let id = call.continuesCallID { continues.append((calls.count, id)) }
    calls.append(evidence)
  }

  /// All calls, those that type into others' programs tied to them.
  mutating func finish() -> [CallEvidence] {
    boundEnds()
    var root: [Int64: Int64] = [:]
    let places = Dictionary(calls.enumerated().map { ($1.number, $0) }) { first, _ in first }
    for (index, id) in continues {
      guard let number = numbers[id] else { continue }
      calls[index].continues = number
      // The program has the id of the call that began it, whoever types.
      if let began = places[number] { calls[index].ids += calls[began].ids.filter { $0.scope == .call } }
      root[number] = max(root[number] ?? .min, calls[index].endedAt?.nanoseconds ?? .min)
    }
    // A program that others type into runs at least as long as they do.
    for index in calls.indices {
      guard let until = root[calls[index].number], let ended = calls[index].endedAt else { continue }
      calls[index].endedAt = max(ended, Timestamp(nanoseconds: until))
    }
    return calls
  }

  /// An agent goes on when it has its results: of a call whose result is lost, its next call tells the end.
  private mutating func boundEnds() {
    var next: [String: (at: Timestamp, after: Timestamp?)] = [:]
    let order = calls.indices.filter { calls[$0].startedAt != nil }.sorted {
      (calls[$0].startedAt?.nanoseconds ?? 0, $0) < (calls[$1].startedAt?.nanoseconds ?? 0, $1)
    }
    for index in order.reversed() {
      guard let started = calls[index].startedAt else { continue }
      var after = next[threads[index]]?.after
      if let at = next[threads[index]]?.at, started.nanoseconds.addingClamped(Self.together) < at.nanoseconds {
        after = at
      }
      next[threads[index]] = (started, after)
      if calls[index].endedAt == nil, !calls[index].isOpenEnded { calls[index].endedAt = after }
    }
  }
}
