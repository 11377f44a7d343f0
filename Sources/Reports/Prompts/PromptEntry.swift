import Model

/// One prompt, and what came of it.
struct PromptEntry {
  /// An action that goes back to it.
  struct Deed {
    let actionID: String
    let time: Timestamp
    let text: String
    let effect: Effect
    let outcome: Decision.Outcome?
    let status: Action.Status
    let isAmbiguous: Bool
    let isWithoutEffect: Bool

    /// Bytes of a text that are kept.
    private static let textBytes = 160

    /// The beginning of a text, from its first word.
    static func line(_ text: String) -> String {
      let start = Excerpt(text, limit: textBytes * 2).text.drop {
        $0 == " " || $0 == "\n" || $0 == "\t" || $0 == "\r\n"
      }
      return String(Excerpt(String(start), limit: textBytes).text)
    }

    /// Whether both are told in one line.
    func isLike(_ other: Deed) -> Bool {
      text == other.text && outcome == other.outcome && status == other.status && isAmbiguous == other.isAmbiguous
        && isWithoutEffect == other.isWithoutEffect
    }

    /// Deeds without a room find one in place of those that weigh less.
    var weight: Int {
      switch outcome {
      case .denied, .unapproved: isWithoutEffect ? 4 : 5
      case .undecidable: 3
      case .allowed, .approved: 2
      case nil: status == .ok ? 0 : 1
      }
    }
  }

  let id: String
  let kind: Prompt.Kind
  let agent: String?
  let model: String?
  let human: String?
  let conversation: String
  let workingDirectory: String?
  /// By the captures' clock, as far as that is known.
  let time: Timestamp
  /// Whether the time is that at which it was given, and one that can be compared with the captures'.
  let isTimed: Bool
  /// As typed; cut once it is known which prompts are shown whole.
  var text: String
  /// UTF-8 bytes of all of the text.
  let byteCount: Int
  /// Its place among those typed in its conversation, from 1, and how many these are.
  var number = 0
  var siblings = 0

  var effects = PromptEffects()
  /// Changes that the policy does not accept, or cannot.
  var unaccepted = 0
  /// Changes that the policy does not accept.
  var refused = 0
  var failed = 0
  var firstAction: Timestamp?
  var lastAction: Timestamp?
  /// Changes that were undone or never ran.
  var withoutEffect = 0
  /// Tables and resources that its reads returned something of: the first few.
  private(set) var readNames: [String] = []
  private(set) var hasMoreNames = false
  /// The first few of those that matter most, in order of time.
  private(set) var deeds: [Deed] = []
  var callCount = 0
  /// Tasks that were given to sub-agents on its behalf.
  var delegated = 0
  /// Places among the calls that claim what the captures do not show.
  var claims: [Int] = []
  var claimCount = 0

  private static let namesKept = 5
  static let deedsKept = 20

  /// The prompt with its time by the captures' clock, ahead of which the transcript's runs.
  init(_ prompt: StoredPrompt, _ conversation: StoredConversation?, ahead: Int64) {
    id = prompt.id
    kind = prompt.kind
    agent = prompt.agent ?? conversation?.agent
    model = prompt.model ?? conversation?.model
    human = prompt.human ?? conversation?.human
    self.conversation = prompt.conversation
    workingDirectory = conversation?.workingDirectory
    let given = (prompt.at ?? prompt.seenAt).nanoseconds
    let (moved, isOut) = given.subtractingReportingOverflow(ahead)
    time = Timestamp(nanoseconds: isOut ? given : moved)
    isTimed = conversation?.clock != Conversation.Clock.none
    text = prompt.text
    byteCount = prompt.text.utf8.count
  }

  /// Actions that go back to it, and to no other as likely.
  var actionCount: Int { effects.counts.reduce(0) { $0 + $1.value } }

  /// Something to look at beyond what was read.
  var isNotable: Bool { effects.changeCount > 0 || effects.ambiguousCount > 0 || claimCount > 0 }

  /// `true` when there is room for the deed, so that it counts as one that is kept.
  mutating func keep(_ deed: Deed, hasRoom: Bool) -> Bool {
    if deeds.count < Self.deedsKept, hasRoom {
      deeds.append(deed)
      return true
    }
    let weight = deed.weight
    guard let place = deeds.indices.last(where: { deeds[$0].weight < weight }) else { return false }
    deeds.remove(at: place)
    deeds.append(deed)
    return false
  }

  mutating func read(_ action: Action) {
    for resource in action.resources where resource.access == "read" && !readNames.contains(resource.name) {
      if readNames.count < Self.namesKept {
        readNames.append(String(Excerpt(resource.name, limit: 200).text))
      } else {
        hasMoreNames = true
      }
    }
  }
}
