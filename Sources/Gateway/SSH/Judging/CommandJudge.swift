import Bytes
import Model
import Parsers
import Policy
import Sessions

/// Says what the policy makes of a program or a forwarded connection before the target hears of it: by the classification, the
/// sessions and the policy that judge captures afterwards. Of one connection; used on its thread.
///
/// How it will end is not known. It is judged as one that succeeds.
final class CommandJudge {
  private let classifier: RemoteClassifier
  private var builder: SessionBuilder
  private let host: String
  let session: Session
  /// Approvals ask for it; one program means nothing for another.
  let before = StandingApprovals.Before()

  init(_ session: Session, flow: Flow, host: String, secrets: SecretHasher) {
    (self.session, self.host) = (session, host)
    classifier = RemoteClassifier(secrets: secrets)
    builder = SessionBuilder(flow: flow)
    var facts = SessionFacts()
    (facts.user, facts.application) = (session.user, session.application)
    builder.add(facts)
  }

  /// A program with what was set up for it.
  func judge(
    _ program: SSHProgram, _ environment: [(name: [UInt8], value: [UInt8])], _ terminal: SSHTerminal?, channel: UInt32,
    by policy: PolicyDocument, at time: Timestamp
  ) -> [JudgedAction] {
    let kind: Command.Kind =
      switch program.kind {
      case .exec: .exec
      case .shell: .shell
      case .subsystem: .subsystem
      }
    var command = Command(kind, text: program.shown, channel: channel)
    command.environment = environment.map { variable in
      HeaderField(String(decoding: variable.name, as: UTF8.self), String(decoding: variable.value, as: UTF8.self))
    }
    command.terminal = terminal.map {
      TerminalRequest(name: String(decoding: $0.name, as: UTF8.self), columns: $0.columns, rows: $0.rows)
    }
    // What is judged piece by piece does nothing by itself.
    command.isReadApart = program.conversation != nil
    let exchange = Exchange(shape: .command(command), startedAt: time, origin: .unknown)
    var part = classifier.part(of: command, exchange, on: host)
    if !program.isText {
      part.classification.effect = .unknown
      part.classification.note = "the command is no UTF-8"
    }
    let judged = judge(part, exchange, by: policy)
    guard case .fetch(let repository) = program.conversation else { return judged }
    let fetch = RepositoryExchange(.fetch, repository: repository, version: 0)
    let whole = Exchange(shape: .repository(fetch), startedAt: time, origin: .unknown)
    return judged + judge(classifier.part(of: fetch, whole, on: host), whole, by: policy)
  }

  /// A connection that the target is to open.
  func judge(
    _ destination: LibsshMessage.Destination, by policy: PolicyDocument, at time: Timestamp
  ) -> [JudgedAction] {
    judge(forwarding(.directTCPIP, destination), by: policy, at: time)
  }

  /// As a recording has it.
  func forwarding(_ kind: Forwarding.Kind, _ destination: LibsshMessage.Destination) -> Forwarding {
    var forwarding = Forwarding(kind, destination: Self.name(destination.host, destination.port))
    forwarding.originator = Self.name(destination.originator, destination.originatorPort)
    return forwarding
  }

  /// A forwarded connection, or a port for such; as one that succeeds.
  func judge(_ forwarding: Forwarding, by policy: PolicyDocument, at time: Timestamp) -> [JudgedAction] {
    var forwarding = forwarding
    forwarding.outcome = .accepted
    let exchange = Exchange(shape: .forwarding(forwarding), startedAt: time, origin: .unknown)
    return judge(classifier.part(of: forwarding), exchange, by: policy)
  }

  /// Something that was asked inside a channel.
  func judge(
    _ subject: ChannelPiece.Subject, by policy: PolicyDocument, at time: Timestamp
  ) -> [JudgedAction] {
    switch subject {
    case .file(let operation, let isExact):
      let exchange = Exchange(shape: .file(operation), startedAt: time, origin: .unknown)
      var part = classifier.part(of: operation, on: host)
      if !isExact, !part.classification.effect.isChange {
        part.classification.effect = .unknown
        part.classification.note = "a path is not shown as it is"
      }
      return judge(part, exchange, by: policy)
    case .line(let text, _):
      // As a recording has it, whose certainty is no matter here.
      let part = classifier.part(
        typed: text, at: time, endedAt: nil, exitStatus: nil, confidence: 1, isCertain: true, note: "typed")
      let exchange = Exchange(
        shape: .command(Command(.shell, text: text, channel: 0)), startedAt: time, origin: .unknown)
      return judge(part, exchange, by: policy)
    case .push(let exchange, let push, _):
      return judge(classifier.part(of: push, exchange, on: host), exchange, by: policy)
    }
  }

  private static func name(_ host: String, _ port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  private func judge(_ part: ActionPart, _ exchange: Exchange, by policy: PolicyDocument) -> [JudgedAction] {
    builder.add(exchange, parts: [part]).map { draft, _ in
      let action = Action(ahead: draft, sessionID: session.id)
      return JudgedAction(
        action: action, decision: policy.decide(action, in: session, facts: ActionFacts(statementCount: 1)))
    }
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
}

extension SSHProgram {
  /// What goes through it, where that is judged piece by piece.
  var conversation: ChannelConversation? {
    guard isText else { return nil }
    return switch kind {
    case .exec: ChannelConversation(command: shown)
    case .subsystem: ChannelConversation(subsystem: shown)
    case .shell: nil
    }
  }

  /// Whether what is judged is what would run.
  var isText: Bool { String(validating: text, as: UTF8.self) != nil }
}
