/// To which prompt an action goes back, with what certainty and why; several of them when the evidence does not decide.
public struct Attribution: Sendable, Hashable {
  public enum Method: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Nothing but the time at which it happened.
    case time
    case order
    case connection
    case response
    case fingerprint
    case content
    case explicitID = "explicit-id"

    /// Compared for every candidate of every action.
    private var rank: Int {
      switch self {
      case .time: 0
      case .order: 1
      case .connection: 2
      case .response: 3
      case .fingerprint: 4
      case .content: 5
      case .explicitID: 6
      }
    }

    public static func < (left: Method, right: Method) -> Bool { left.rank < right.rank }
  }

  /// The action's row in the case.
  public var action: Int64
  /// 0 is the best; others only of an ambiguous action.
  public var rank: Int
  /// Rows in the case.
  public var prompt: Int64?
  public var call: Int64?
  public var method: Method
  /// Probability that the prompt is the right one, 0 to 1.
  public var confidence: Double
  /// Evidence for the best call, in natural logarithms of odds.
  public var score: Double
  public var reason: String
  public var isAmbiguous: Bool
  /// The action of the agent's that made an application do this.
  public var via: Int64?

  public init(
    action: Int64, rank: Int, prompt: Int64?, call: Int64?, method: Method, confidence: Double, score: Double,
    reason: String, isAmbiguous: Bool, via: Int64? = nil
  ) {
    self.action = action
    self.rank = rank
    self.prompt = prompt
    self.call = call
    self.method = method
    // So that machines whose logarithms differ in the last digit agree.
    self.confidence = (confidence * 10_000).rounded() / 10_000
    self.score = (score * 100).rounded() / 100
    self.reason = reason
    self.isAmbiguous = isAmbiguous
    self.via = via
  }
}

extension Attribution {
  /// `99.2 %`; never 100, for evidence of this kind does not reach it.
  public static func percent(_ confidence: Double) -> String {
    // A case file may hold any number.
    let share = confidence.isNaN ? 0 : min(0.999, max(0, confidence))
    let tenths = min(999, Int((share * 1000).rounded(.down)))
    return "\(tenths / 10).\(tenths % 10) %"
  }
}

/// What the wire says of a tool call.
public struct CallVerdict: Sendable {
  public enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// What it should have done was seen.
    case corroborated
    /// It should have done something that the captures would show, and they do not.
    case unwitnessed
    /// Something else was seen in its place.
    case mismatched
    /// It should have done nothing that captures show.
    case silent
  }

  public var call: Int64
  public var verdict: Verdict
  /// Effects that should have been seen, and those of them that were.
  public var expectedCount: Int
  public var seenCount: Int
  public var detail: String
  /// What it should have done, and whether that was seen.
  public var effects: [(effect: ExpectedEffect, isSeen: Bool)] = []

  public init(call: Int64, verdict: Verdict, expectedCount: Int, seenCount: Int, detail: String) {
    self.call = call
    self.verdict = verdict
    self.expectedCount = expectedCount
    self.seenCount = seenCount
    self.detail = detail
  }
}

/// How far the clock of transcripts runs ahead of the captures'.
public struct ClockOffset: Sendable, Hashable {
  /// The transcript's row among the sources.
  public var source: Int64
  public var nanoseconds: Int64
  /// How wide the range is in which the truth lies, in nanoseconds.
  public var spread: Int64
  /// Pairs of call and action that agree on it.
  public var anchorCount: Int

  public init(source: Int64, nanoseconds: Int64, spread: Int64, anchorCount: Int) {
    self.source = source
    self.nanoseconds = nanoseconds
    self.spread = spread
    self.anchorCount = anchorCount
  }
}
