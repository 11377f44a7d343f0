import Bytes
import Evidence
import Model
import NIOCore
import NIOEmbedded
import Policy
import Synchronization

@testable import Gateway

/// A relay between two connections that are bytes in memory, under the built-in policy: reads pass, changes are refused. What
/// comes is a list of pieces: a byte with the sender (1) and whether the recording holds it back (2) until a later piece (4)
/// lets it go, two bytes of length, the bytes.
final class RelayRehearsal {
  /// What was recorded, and what waits for that.
  final class Tape: SessionRecording, FlowRecording {
    struct State: Sendable {
      var client: [UInt8] = []
      var server: [UInt8] = []
      var isHeldBack = false
      var waiting: [@Sendable ((any Error)?) -> Void] = []
      var deniedCount = 0
      var isClosed = false
    }

    let state = Mutex(State())

    func open(_ opening: SessionOpening) throws -> any FlowRecording { self }

    func record(_ bytes: UnsafeRawBufferPointer, from sender: Direction, at time: Timestamp) throws -> Passage {
      let copy = unsafe Array(bytes)
      state.withLock { state in
        if sender == .fromClient { state.client += copy } else { state.server += copy }
      }
      return passage
    }

    func note(_ event: GatewayEvent, at time: Timestamp) throws -> Passage {
      if case .decision(let decision) = event, decision.outcome == .denied { state.withLock { $0.deniedCount += 1 } }
      return passage
    }

    func close(_ reason: String, at time: Timestamp) { state.withLock { $0.isClosed = true } }

    private var passage: Passage {
      guard state.withLock({ $0.isHeldBack }) else { return .open }
      return .waiting { [self] done in
        let isLate = state.withLock { state in
          guard state.isHeldBack else { return true }
          state.waiting.append(done)
          return false
        }
        if isLate { done(nil) }
      }
    }

    func release() {
      let waiting = state.withLock { state in
        state.isHeldBack = false
        defer { state.waiting = [] }
        return state.waiting
      }
      for done in waiting { done(nil) }
    }
  }

  /// A message as it stands on the wire.
  struct Message: Equatable, CustomStringConvertible {
    var type: UInt8
    var bytes: [UInt8]

    var description: String {
      bytes.map { (0x20..<0x7f).contains($0) ? String(UnicodeScalar($0)) : "\\\($0)" }.joined()
    }
  }

  let loop = EmbeddedEventLoop()
  let tape = Tape()
  let client: EmbeddedChannel
  let target: EmbeddedChannel
  let core: GatewayCore
  let relay: PostgresRelay
  var isOver: Bool { relay.isOver }
  private(set) var toClient: [UInt8] = []
  private(set) var toTarget: [UInt8] = []
  private(set) var fromClient: [UInt8] = []
  private(set) var fromTarget: [UInt8] = []

  private static let secret = [UInt8](repeating: 9, count: 32)
  private static let time = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
  private static let reader = StatementJudge.Reader(secrets: SecretHasher(key: secret))

  static func core(_ recording: any SessionRecording) -> GatewayCore {
    guard let key = NoteSigner(name: "example.com/rehearsal", seed: secret) else { fatalError("a key") }
    let configuration = GatewayConfiguration(
      file: "gateway.yaml", policyFile: "policy.yaml", policy: .builtIn, stateFolder: "/nowhere",
      recording: .init(directory: "/nowhere", key: key), listeners: [], tokens: [:])
    return GatewayCore(
      configuration, recording: recording, approvals: nil, log: GatewayLog(clock: { time }) { _ in },
      hasher: SecretHasher(key: secret), now: { time })
  }

  private static func judge() -> StatementJudge {
    let session = Session(
      id: "s", protocolName: "postgres", client: "", server: "", user: "u", target: "d", startedAt: time, endedAt: time)
    let nowhere = Endpoint(nil)
    let flow = Flow(
      id: FlowID(0), client: nowhere, server: nowhere, role: .handshake, openedAt: time, origin: .unknown,
      sawHandshake: true)
    return StatementJudge(session, flow: flow, reader: reader)
  }

  init() {
    client = EmbeddedChannel(loop: loop)
    target = EmbeddedChannel(loop: loop)
    for channel in [client, target] { channel.pipeline.fireChannelActive() }
    core = Self.core(tape)
    let token = Token(name: "u", human: "h")
    let record = ClientRecord(tape, Outbox(client), core)
    relay = PostgresRelay(
      core: core, id: "s", token: token, record: record, target: target, judge: Self.judge(), nonce: "n")
    relay.begin(TargetSide.Welcome(), key: CancelBook.Key(processID: 1, secret: 2))
    relay.targetReadComplete()
    drain()
  }

  /// Feeds all pieces, each at most `stride` bytes at a time, and checks what must hold after each.
  func feed(_ input: [UInt8], stride: Int = .max) {
    var index = 0
    while index + 3 <= input.count, !relay.isOver {
      let mark = input[index]
      let length = Int(input[index + 1]) << 8 | Int(input[index + 2])
      index += 3
      let end = min(input.count, index + length)
      if mark & 4 != 0 { release() }
      if mark & 2 != 0 { tape.state.withLock { $0.isHeldBack = true } }
      while index < end, !relay.isOver {
        let piece = Array(input[index..<(index + min(stride, end - index))])
        index += piece.count
        let before = (toClient.count, toTarget.count)
        if mark & 1 == 0 {
          fromClient += piece
          relay.receiveFromClient(ByteBuffer(bytes: piece))
          relay.clientReadComplete()
        } else {
          fromTarget += piece
          relay.receiveFromTarget(ByteBuffer(bytes: piece))
          relay.targetReadComplete()
        }
        drain()
        let isHeldBack = tape.state.withLock { $0.isHeldBack }
        // Of a session that is over the target is told at once.
        if isHeldBack, !relay.isOver {
          // What the client said before may go on when the target has answered.
          hold(
            toClient.count == before.0 && (mark & 1 == 1 || toTarget.count == before.1),
            "something went on before it was recorded")
        }
      }
      index = max(index, end)
    }
    release()
    check()
    relay.clientClosed()
    loop.run()
  }

  private func release() {
    tape.release()
    loop.run()
    drain()
  }

  private func drain() {
    while let buffer = try? client.readOutbound(as: ByteBuffer.self) { toClient += buffer.readableBytesView }
    while let buffer = try? target.readOutbound(as: ByteBuffer.self) { toTarget += buffer.readableBytesView }
  }

  // MARK: What must hold

  private func check() {
    let recorded = tape.state.withLock { $0 }
    hold(recorded.client == fromClient, "what the client sent is not what was recorded")
    hold(recorded.server == toClient, "what the client got is not what was recorded")
    checkTarget(recorded.deniedCount)
    if !relay.isOver { checkClient() }
  }

  /// Whole messages, and those of the client in its order; those that run something were judged and not refused.
  private func checkTarget(_ deniedCount: Int) {
    let sent = Self.messages(toTarget)
    let (asked, askedRest) = Self.messages(fromClient)
    let refusedQuery = Array(TargetRequest.refusedQuery.readableBytesView)
    let refusedBind = Array(TargetRequest.refusedBind("exhibit-refused-n").readableBytesView)
    let judge = Self.judge()
    var next = 0
    var (runCount, replacedCount) = (0, 0)
    for message in sent.whole {
      if message.bytes == refusedQuery || message.bytes == refusedBind {
        replacedCount += 1
        continue
      }
      if relay.isOver, message.type == UInt8(ascii: "X"), message == sent.whole.last { continue }
      while next < asked.count, asked[next] != message { next += 1 }
      hold(next < asked.count, "the target got what the client did not send: \(message)")
      next += 1
      if message.type == UInt8(ascii: "Q") || message.type == UInt8(ascii: "F") || message.type == UInt8(ascii: "B") {
        runCount += 1
      }
      if message.type == UInt8(ascii: "F") { fatalError("a function call went on") }
      guard message.type == UInt8(ascii: "Q") else { continue }
      let text = String(decoding: message.bytes.dropFirst(5).dropLast(), as: UTF8.self)
      let statement = Statement(mode: .simple, text: text, isTextExact: true)
      let judged = judge.judge(statement, by: .builtIn, at: Self.time)
      hold(judged.allSatisfy { $0.decision.isAcceptable }, "a change went on: \(text)")
    }
    hold(replacedCount == deniedCount, "\(deniedCount) were refused, \(replacedCount) were replaced")
    // A message that is passed on in parts is the client's own, as far as it goes.
    if !sent.rest.isEmpty {
      hold(
        askedRest.starts(with: sent.rest) || asked[next...].contains { $0.bytes.starts(with: sent.rest) },
        "the target got a part of what the client did not send: \(sent.rest)")
    }
    let judgedCount = core.metrics.counted(.statement)
    hold(runCount + replacedCount <= judgedCount, "\(runCount) went on of which \(judgedCount) were judged")
  }

  /// What the target said, but for the errors that answer what was sent in a request's place.
  private func checkClient() {
    let said = Self.messages(fromTarget).whole
    var got = Self.messages(toClient).whole[...]
    // The key and the first ReadyForQuery are the gateway's own.
    got = got.dropFirst(2)
    for (mine, theirs) in zip(got, said) where mine != theirs {
      let isRefusal = mine.type == UInt8(ascii: "E") && theirs.type == UInt8(ascii: "E")
      hold(
        isRefusal && String(decoding: mine.bytes, as: UTF8.self).contains("permission denied by policy"),
        "the client got what the target did not say")
    }
    hold(got.count <= said.count, "the client got more than the target said")
  }

  /// Whole messages, and what is left.
  static func messages(_ bytes: [UInt8]) -> (whole: [Message], rest: [UInt8]) {
    var messages: [Message] = []
    var index = 0
    while index + 5 <= bytes.count {
      let length = bytes[(index + 1)..<(index + 5)].reduce(0) { $0 << 8 | Int($1) }
      guard length >= 4, index + 1 + length <= bytes.count else { break }
      messages.append(Message(type: bytes[index], bytes: Array(bytes[index..<(index + 1 + length)])))
      index += 1 + length
    }
    return (messages, Array(bytes[index...]))
  }
}
