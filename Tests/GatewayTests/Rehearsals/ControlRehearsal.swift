import Bytes
import Model
import NIOCore
import NIOEmbedded
import Policy
import Synchronization

@testable import Gateway

/// The gateway's socket, given any bytes: each line is answered by one line, however they are cut, and what is recorded has its limits.
enum ControlRehearsal {
  /// Bytes of one answer: a list of what is held is longer, and nothing is held here.
  private static let answerLimit = 4_096
  /// Bytes of an event's members: a text with all of it escaped, and eight words.
  private static let eventLimit = 6 * (AgentEvent.textLimit + 10 * 256) + 1_024

  /// What agents' hooks told, as it is recorded.
  private final class Tape: SessionRecording {
    let events = Mutex<[AgentEvent]>([])

    func open(_ opening: SessionOpening) throws -> any FlowRecording { throw GatewayError("nothing is opened") }

    func note(_ event: GatewayEvent, at time: Timestamp) throws {
      if case .agent(let told) = event { events.withLock { $0.append(told) } }
    }
  }

  private struct Outcome: Equatable {
    var answers: [[UInt8]]
    var rest: [UInt8]
    /// Kinds and places of what was told; hashes of secrets are each gateway's own.
    var told: [String]
    var isOpen: Bool
  }

  /// Stops the process where something does not hold.
  static func run(_ input: [UInt8]) {
    let whole = outcome(input, stride: .max)
    for size in [1, 7] {
      hold(outcome(input, stride: size) == whole, "cut otherwise other answers come")
    }
    hold(whole.rest.isEmpty, "an answer has no end")
    let lines = input.count { $0 == 0x0A }
    hold(whole.answers.count <= lines + 1, "more answers than requests")
    hold(!whole.isOpen || whole.answers.count == lines, "a request has no answer")
    for answer in whole.answers {
      hold(answer.count <= answerLimit, "an answer is too long")
      guard let value = JSONValue.document(in: answer), let isYes = value["ok"]?.bool else {
        fatalError("an answer is none")
      }
      hold(isYes || value["code"]?.string != nil && value["error"]?.string != nil, "a refusal without a reason")
    }
  }

  private static func outcome(_ input: [UInt8], stride size: Int) -> Outcome {
    let tape = Tape()
    let core = RelayRehearsal.core(tape)
    let server = ControlServer(core, path: "/nowhere") { $0() }
    let channel = EmbeddedChannel()
    channel.connect(to: SocketStandIn.nowhere, promise: nil)
    try? channel.pipeline.syncOperations.addHandler(ControlSide(server))
    channel.pipeline.fireChannelActive()
    RelayWireEnds.give(input, to: channel, stride: size)
    channel.embeddedEventLoop.run()
    let lines = RelayWireEnds.taken(channel).split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
    let told = tape.events.withLock { $0 }
    for event in told { hold(event.members.count <= eventLimit, "an event is too long") }
    let outcome = Outcome(
      answers: lines.dropLast(), rest: lines.last ?? [],
      told: told.map { "\($0.agent) \($0.kind) \($0.conversation) \($0.call ?? "-")" }, isOpen: channel.isActive)
    channel.close(promise: nil)
    channel.embeddedEventLoop.run()
    for _ in 0..<ControlServer.connectionLimit { hold(server.enter(), "a connection is still counted") }
    return outcome
  }
}
