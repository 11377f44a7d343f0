import Model
import Policy
import Sessions

/// Turns tool calls into what they should have done.
struct CallReader {
  private let roots: PromptRoots
  private var expanders: [String: EffectExpander] = [:]
  private var calls: [CallEvidence] = []
  private var numbers: [String: Int64] = [:]
  private var continues: [(index: Int, id: String)] = []

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
    if let id = call.nativeID {
      evidence.ids.append(CarriedID(.call, id))
      numbers[id] = numbers[id] ?? row.number
    }
    if let id = call.turnID { evidence.ids.append(CarriedID(.turn, id)) }
    if let id = call.promptID.flatMap({ roots.prompt($0)?.nativeID }), id != call.turnID {
      evidence.ids.append(CarriedID(.turn, id))
    }
    if let id = conversation?.nativeID { evidence.ids.append(CarriedID(.conversation, id)) }
    // A server-side tool does nothing from here.
    if !call.isServerSide, call.status != .incomplete {
      var expander = expanders.removeValue(forKey: call.conversationID) ?? EffectExpander()
      evidence.effects = expander.expand(call)
      expanders[call.conversationID] = expander
    }
    if let id = call.continuesCallID { continues.append((calls.count, id)) }
    calls.append(evidence)
  }

  /// All calls, those that type into others' programs tied to them.
  mutating func finish() -> [CallEvidence] {
    var root: [Int64: Int64] = [:]
    for (index, id) in continues {
      guard let number = numbers[id] else { continue }
      calls[index].continues = number
      root[number] = max(root[number] ?? .min, calls[index].endedAt?.nanoseconds ?? .min)
    }
    // A program that others type into runs at least as long as they do.
    for index in calls.indices {
      guard let until = root[calls[index].number], let ended = calls[index].endedAt else { continue }
      calls[index].endedAt = max(ended, Timestamp(nanoseconds: until))
    }
    return calls
  }
}
