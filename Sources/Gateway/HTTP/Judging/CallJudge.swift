import Bytes
import Importers
import Model
import NIOCore
import Parsers
import Policy
import Sessions

/// Says what the policy makes of a request before it is sent on: by the parser, the classification, the sessions and the policy
/// that judge captures afterwards, over the very bytes that are recorded. Of one session; used on its event loop.
///
/// How a request will end is not known. It is judged as one that succeeds.
final class CallJudge {
  /// A request with all that decides over it.
  struct Request {
    var judged: [JudgedAction]
    private let call: Call
    /// `METHOD URL`, without secrets.
    var text: String
    /// What it pushes, when it is a push of git that asks something.
    var push: RepositoryExchange?
    /// A list of tools that the answer tells may be learned from.
    var listsTools: Bool

    init(_ call: Call, _ judged: [JudgedAction], text: String, push: RepositoryExchange?, listsTools: Bool) {
      (self.call, self.judged, self.text, self.push, self.listsTools) = (call, judged, text, push, listsTools)
    }

    /// What it speaks, in which it is answered where it may not pass.
    var speech: WebSpeech { WebSpeech(call) }
  }

  /// Bytes of an answer that is looked into for the tools in it.
  static let answerLimit = 1 << 20

  private let options: ParserOptions
  private var web: WebClassifier
  private var context: WebContext
  private var builder: SessionBuilder
  private(set) var session: Session
  private var precedents = CallPrecedents()
  /// Approvals ask for it; requests of HTTP mean nothing for each other.
  let before = StandingApprovals.Before()

  init(_ session: Session, flow: Flow, secrets: SecretHasher, isSecure: Bool, heldLimit: Int) {
    self.session = session
    builder = SessionBuilder(flow: flow)
    options = ParserOptions(bodyLimit: heldLimit, secrets: secrets, flow: flow.id, isSecure: isSecure)
    web = WebClassifier(secrets: secrets)
    context = WebContext(server: flow.serverName ?? "", isSecure: false)
  }

  /// The client has proven who it is.
  func begin(agent: String?, human: String) {
    (session.agent, session.human) = (agent, human)
    precedents.forget()
  }

  /// Judges a request by its recorded bytes: head and content, or as much of it as is there.
  ///
  /// `isWhole`: all of its content is there.
  /// `hasContent`: there is some, or it is to come.
  /// `upgrade`: what it wants the connection to become.
  /// - Throws: `HTTPFault` when the parser reads in the bytes something else than one request.
  func judge(
    _ bytes: ByteBuffer, isWhole: Bool, hasContent: Bool, upgrade: String?, by policy: PolicyInForce,
    at time: Timestamp
  ) throws(HTTPFault) -> Request {
    // Of content may come how later requests are read.
    let isPlain = isWhole && !hasContent && upgrade == nil
    if !isPlain { precedents.forget() }
    if isPlain, var known = precedents.find(bytes, by: policy) {
      builder.pass(nil)
      for index in known.judged.indices { known.judged[index].action.startedAt = time }
      return known
    }
    let request = try judge(bytes, isWhole: isWhole, upgrade: upgrade, by: policy.policy, at: time)
    if isPlain { precedents.remember(request, for: bytes, by: policy) }
    return request
  }

  private func judge(
    _ bytes: ByteBuffer, isWhole: Bool, upgrade: String?, by policy: PolicyDocument, at time: Timestamp
  ) throws(HTTPFault) -> Request {
    let (exchange, call) = try read(bytes, isWhole: isWhole, upgrade: upgrade, at: time)
    var parts = web.parts(of: call, in: &context)
    let text = parts.first?.text ?? ""
    if LLMTrafficReader.recognizes(call), var first = parts.first {
      first.becomePrompt(to: LLMTrafficReader.model(of: call), isByPath: LLMTrafficReader.isByPath(call))
      parts = [first]
    }
    if !isWhole { parts = parts.map { Self.doubted($0, "not all of its content was there to be judged") } }
    if let upgrade, call.upgrade != "websocket" {
      parts = parts.map { Self.doubted($0, "what comes behind the upgrade to \(upgrade) is not judged") }
    }
    // What is approved of a push are references and ids; the ids say what else there is.
    let push = call.repository.flatMap { $0.operation == .push ? $0 : nil }
    let drafts = builder.add(exchange, call, parts: parts)
    let judged = drafts.map { draft, _ in
      let action = Action(ahead: draft, sessionID: session.id)
      return JudgedAction(
        action: action, decision: policy.decide(action, in: session, facts: ActionFacts(statementCount: 1)),
        bodySHA256: push == nil ? draft.request?.digest.hex : nil)
    }
    let listsTools = parts.contains { $0.classification.verb == "tools/list" }
    return Request(call, judged, text: text, push: push, listsTools: listsTools)
  }

  /// Judges what was judged before again: the policy, the time or the approvals changed.
  func judgeAgain(_ judged: [JudgedAction], by policy: PolicyDocument, at time: Timestamp) -> [JudgedAction] {
    judged.map { one in
      var again = one
      again.action.startedAt = time
      again.decision = policy.decide(again.action, in: session, facts: ActionFacts(statementCount: 1))
      return again
    }
  }

  /// Takes note of what an answer says of tools: of later calls it decides which are reads.
  func learn(request: ByteBuffer, answer: ByteBuffer, at time: Timestamp) {
    precedents.forget()
    guard let (_, call) = try? read(request, isWhole: true, upgrade: nil, answer: answer, at: time) else { return }
    _ = web.parts(of: call, in: &context)
  }

  private func read(
    _ bytes: ByteBuffer, isWhole: Bool, upgrade: String?, answer: ByteBuffer? = nil, at time: Timestamp
  ) throws(HTTPFault) -> (Exchange, Call) {
    var parser = HTTPParser(options: options)
    var events: [ParserEvent] = []
    let position = StreamPosition(time: time, origin: .unknown)
    parser.receive(bytes.readableBytesUInt8Span, from: .fromClient, at: position, into: &events)
    if let answer { parser.receive(answer.readableBytesUInt8Span, from: .fromServer, at: position, into: &events) }
    parser.finish(at: position, into: &events)
    var found: (Exchange, Call)?
    for event in events {
      switch event {
      case .exchange(let exchange):
        guard case .call(let call) = exchange.shape, found == nil else {
          throw .malformed("the request is more than one, or none")
        }
        found = (exchange, call)
      case .anomaly(let anomaly):
        guard !anomaly.code.name.hasPrefix("http-"), !anomaly.code.name.hasPrefix("http2-") else {
          throw .malformed("the request could be read in two ways: \(anomaly.code.name)")
        }
      case .facts(let facts):
        guard builder.actionCount == 0 else { continue }
        builder.add(facts)
        (session.target, session.application) = (builder.facts.target, builder.facts.application)
      case .tunnel: throw .malformed("the request would open a tunnel")
      }
    }
    // Of HTTP/2 it is the stream's frames, and what the connection begins with is none of them.
    let isStream = CanonicalFrames.isOpened(bytes.readableBytesView)
    let count = bytes.readableBytes - (isStream ? CanonicalFrames.clientOpening.readableBytes : 0)
    guard var (exchange, call) = found, exchange.requestByteCount == UInt64(clamping: count) || !isWhole else {
      throw .malformed("the request does not end where it says")
    }
    exchange.incompleteReason = nil
    if let upgrade {
      let names = upgrade.split(separator: ",").map { $0.trimming(while: { $0 == " " }) }
      call.upgrade = names.contains("websocket") ? "websocket" : names.first
    }
    return (exchange, call)
  }

  /// What is not known is no read.
  private static func doubted(_ part: CallPart, _ why: String) -> CallPart {
    guard !part.classification.effect.isChange else { return part }
    var part = part
    part.classification.effect = .unknown
    part.classification.note = [part.classification.note, why].compactMap(\.self).joined(separator: "; ")
    return part
  }
}

extension Substring {
  fileprivate func trimming(while isGone: (Character) -> Bool) -> String {
    String(drop(while: isGone).reversed().drop(while: isGone).reversed())
  }
}
