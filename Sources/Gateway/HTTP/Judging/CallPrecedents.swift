import Model
import NIOCore

/// Requests of one session that came more than once, to the byte, without content, and read something that they might: what
/// was decided holds for the next as long as the policy does, and as nothing came that tells how requests are to be read.
struct CallPrecedents {
  /// Requests that are remembered, and bytes of one; beyond it all are forgotten.
  private static let limit = 16
  private static let byteLimit = 2_048
  /// Requests of which it is remembered that they came.
  private static let onceLimit = 64

  private var known: [ByteBuffer: CallJudge.Request] = [:]
  /// Hashes of those that came once: of most connections no request comes twice, and they should not cost memory.
  private var once: Set<Int> = []
  /// Whose precedents they are.
  private var policy: PolicyInForce?

  /// What was decided for a request; nil when it must be judged.
  mutating func find(_ bytes: ByteBuffer, by policy: PolicyInForce) -> CallJudge.Request? {
    guard policy === self.policy else {
      forget()
      self.policy = policy
      return nil
    }
    return known.isEmpty ? nil : known[bytes]
  }

  /// Takes a decision as one for all requests that are the same, if it can be.
  mutating func remember(_ request: CallJudge.Request, for bytes: ByteBuffer, by policy: PolicyInForce) {
    guard policy === self.policy, policy.isTimeless, bytes.readableBytes <= Self.byteLimit, !request.listsTools,
      request.judged.allSatisfy({ $0.decision.outcome == .allowed && !$0.action.isChange })
    else { return }
    guard once.contains(bytes.hashValue) else {
      if once.count >= Self.onceLimit { once.removeAll(keepingCapacity: true) }
      once.insert(bytes.hashValue)
      return
    }
    if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
    known[bytes] = request
  }

  mutating func forget() {
    if !known.isEmpty { known = [:] }
    if !once.isEmpty { once = [] }
  }
}
