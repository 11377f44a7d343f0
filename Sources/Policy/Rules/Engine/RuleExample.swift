import Bytes
import Model

/// A small case, and how often a rule finds something in it. Statements and command lines are classified as those of captures.
struct RuleExample {
  var name: String
  var finds: Int
  var subjects: [RuleSubject]
  var facts = RuleFacts()
  /// The policy that holds, in YAML without its version.
  var policy: String

  init(
    _ name: String, finds: Int, policy: String = "", _ subjects: [RuleSubject],
    _ change: (inout RuleFacts) -> Void = { _ in }
  ) {
    self.name = name
    self.policy = "version: 1\n" + policy
    self.finds = finds
    self.subjects = subjects
    for (index, _) in subjects.enumerated() {
      self.subjects[index].action.sequence = index + 1
      self.subjects[index].action.id = "\(subjects[index].session.id).\(index + 1)"
      self.subjects[index].action.startedAt = Timestamp(nanoseconds: Int64(index) * 1_000_000_000)
    }
    facts.sessions = Dictionary(grouping: subjects, by: \.session.id).compactMap { $1.first?.session }
      .sorted { $0.id < $1.id }
    change(&facts)
  }
}

extension RuleSubject {
  /// A statement, classified.
  static func sql(_ text: String, session: String = "s", _ change: (inout RuleSubject) -> Void = { _ in })
    -> RuleSubject
  {
    var classifier = SQLClassifier()
    var context = SQLContext()
    let found = classifier.classify(text, in: &context).first?.classification
    return made("sql", text, found, session, "postgres", change)
  }

  /// A command line that ran over SSH, classified.
  static func shell(
    _ text: String, session: String = "s", _ change: (inout RuleSubject) -> Void = { _ in }
  ) -> RuleSubject {
    let reading = ShellClassifier(secrets: SecretHasher(key: [UInt8](repeating: 7, count: 32))).classify(text)
    return made("exec", reading.text, reading.classification, session, "ssh", change)
  }

  /// Anything else.
  static func other(
    _ kind: String, _ verb: String, _ text: String, _ effect: Effect, _ resources: [Resource] = [],
    session: String = "s", in protocolName: String = "http", _ change: (inout RuleSubject) -> Void = { _ in }
  ) -> RuleSubject {
    made(
      kind, text, Classification(verb: verb, effect: effect, resources: resources), session, protocolName, change)
  }

  private static func made(
    _ kind: String, _ text: String, _ found: Classification?, _ session: String, _ protocolName: String,
    _ change: (inout RuleSubject) -> Void
  ) -> RuleSubject {
    var action = Action(
      id: "\(session).1", sessionID: session, sequence: 1, startedAt: .epoch, kind: kind,
      verb: found?.verb ?? "UNKNOWN", text: text, resources: found?.resources ?? [],
      effect: found?.effect ?? .unknown, status: .ok, isUnfiltered: found?.isUnfiltered ?? false)
    action.identity = Identity(user: "svc", target: "shop")
    let side = Session(
      id: session, protocolName: protocolName, client: "10.0.0.7:4711", server: "10.0.0.5:5432", user: "svc",
      target: "shop", startedAt: .epoch, endedAt: .epoch)
    var subject = RuleSubject(action: action, session: side)
    change(&subject)
    subject.readCommands()
    return subject
  }
}
