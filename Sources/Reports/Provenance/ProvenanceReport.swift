import Bytes
public import Model

/// The case as W3C provenance, in PROV-JSON: who is behind what was done, by which prompt, from which evidence;
/// docs/reports/provenance.md names its terms.
public struct ProvenanceReport: ReportFormat {
  public static let id = "prov"
  public static let fileExtension = "json"

  public init() {}

  public func write(_ reading: any CaseReading, verdict: Verdict, to sink: inout some ReportSink) throws {
    var export = try ProvenanceExport(reading, verdict, ProvenanceDocument(sink))
    try export.begin()
    try export.entities()
    try export.activities()
    try export.agents()
    try export.usages()
    try export.generations()
    try export.invalidations()
    try export.communications()
    try export.influences()
    try export.associations()
    try export.delegations()
    try export.attributions()
    try export.derivations()
    try export.specializations()
    sink = try export.finish()
  }
}

/// One export. Every kind of record is a walk over the case, so that memory does not grow with it.
struct ProvenanceExport<Sink: ReportSink> {
  /// An agent at work: of a conversation, or one of several that a conversation tells apart.
  struct Worker: Hashable {
    /// The conversation's place.
    var conversation: Int
    /// Nil for the conversation's own.
    var agentID: String?
  }

  /// An account of a server.
  struct Account: Hashable {
    var server: String
    var user: String
  }

  let reading: any CaseReading
  let verdict: Verdict
  let tree: ConversationTree
  let sessions: [Session]
  private let byID: [String: Session]
  let sources: [Source]
  /// Prompts by id, with their conversations.
  let prompts: [String: Int]
  /// Agents besides the conversations' own, in the order of their names.
  let workers: [Worker]
  let humans: [String]
  var document: ProvenanceDocument<Sink>
  var texts = ProvenanceNames()
  var resources = ProvenanceNames()
  var accounts: Set<Account> = []

  init(_ reading: any CaseReading, _ verdict: Verdict, _ document: ProvenanceDocument<Sink>) throws {
    self.reading = reading
    self.verdict = verdict
    self.document = document
    let tree = ConversationTree(try reading.conversations())
    sessions = try reading.sessions()
    byID = Dictionary(sessions.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    sources = try reading.sources()
    var humans = Set(tree.nodes.compactMap(\.conversation.human))
    var prompts: [String: Int] = [:]
    try reading.forEachPrompt { prompt in
      guard let place = tree.place(of: prompt.conversation) else { return }
      prompts[prompt.id] = place
      if let human = prompt.human { humans.insert(human) }
    }
    var workers: Set<Worker> = []
    try reading.forEachToolCall { call in
      guard let place = tree.place(of: call.conversation), let agent = call.agentID,
        agent != tree.nodes[place].conversation.agentID
      else { return }
      workers.insert(Worker(conversation: place, agentID: agent))
    }
    self.tree = tree
    self.humans = humans.sorted()
    self.prompts = prompts
    self.workers = workers.sorted { ($0.conversation, $0.agentID ?? "") < ($1.conversation, $1.agentID ?? "") }
  }

  /// SHA-256 over the digests of all sources, sorted, a line each.
  private var root: String { SHA256.digest(of: sources.map { $0.sha256 + "\n" }.sorted().joined()).hex }

  /// The document's own part: prefixes, and what the bundle is.
  mutating func begin() throws {
    let (root, sources, reading, verdict) = (root, sources, reading, verdict)
    document.write { json in
      json.beginObject()
      json.key("prefix")
      json.object { json in
        json.member("case", "urn:exhibit:case:\(root):")
        json.member("exhibit", "urn:exhibit:vocabulary:")
        json.member("provagent", "https://arxiv.org/abs/2508.02866#")
      }
    }
    document.begin("entity")
    try document.element("case:bundle") { bundle in
      bundle.type("prov:Bundle")
      bundle.set("prov:label", reading.name)
      bundle.set("exhibit:rootSHA256", root)
      bundle.set("exhibit:sources", sources.count)
      bundle.set("exhibit:verdict", verdict.overall.rawValue)
      bundle.set("exhibit:policy", verdict.policyName)
      bundle.set("exhibit:policySHA256", verdict.policySHA256)
      for sentence in verdict.incompleteness { bundle.set("exhibit:notSeen", sentence) }
    }
    document.end()
    document.write { json in
      json.key("bundle")
      json.beginObject()
      json.key("case:bundle")
      json.beginObject()
    }
  }

  mutating func finish() throws -> Sink {
    document.end()
    document.write { json in
      json.endObject()
      json.endObject()
      json.endObject()
      json.newline()
    }
    return try document.finish()
  }

  // MARK: Names

  func workerName(_ worker: Worker) -> String {
    let conversation = tree.nodes[worker.conversation].conversation
    let agentID = worker.agentID.flatMap { $0 == conversation.agentID ? nil : $0 }
    return ProvenanceNames.of("agt", [conversation.id] + [agentID].compactMap(\.self))
  }

  func worker(of call: StoredToolCall) -> Worker? {
    tree.place(of: call.conversation).map { Worker(conversation: $0, agentID: call.agentID) }
  }

  static func humanName(_ human: String) -> String { ProvenanceNames.of("hum", [human]) }

  func accountName(_ account: Account) -> String { ProvenanceNames.of("acc", [account.server, account.user]) }

  func account(of action: Action, in session: Session) -> Account? {
    (action.identity.user ?? session.user).map { Account(server: session.server, user: $0) }
  }

  func textName(of action: Action) -> String {
    texts.name("txt", SHA256.digest(of: action.text), use: action.id)
  }

  func name(of use: ResourceUse, in action: Action) -> String {
    resources.name("res", use.digest, use: "\(action.id)-\(use.number)")
  }

  /// The person behind a conversation: its own, or that of the one at the top.
  func human(ofConversation place: Int) -> String? {
    let node = tree.nodes[place]
    return node.conversation.human ?? tree.nodes[node.root].conversation.human
  }

  /// Every action with its session, in order of time.
  func forEachAction(_ body: (Action, Session) throws -> Void) throws {
    try reading.forEachAction(session: nil) { action in
      guard let session = byID[action.sessionID] else { return }
      try body(action, session)
    }
  }
}
