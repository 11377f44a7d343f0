import Bytes
import Model
import NIOCore
import NIOSSL
import Parsers

/// Whoever is let in gets a connection to the target.
extension ClientSide {
  func enter(_ token: Token, _ startup: ClientStartup, _ context: ChannelHandlerContext) {
    stage = .connecting
    do throws(ClientAnswer.Trouble) {
      try core.enter(token.name)
      counted = token
      try core.admit(startup, listener)
    } catch {
      return refuse(context, error)
    }
    guard let record else { return }
    let session = core.session(id: id, startup, token, listener, context.channel)
    do {
      _ = try record.note(.opening(core.addition(startup, token, listener, context.channel)))
    } catch {
      core.recordingFailed(error)
      return refuse(context, .notRecorded)
    }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    listener.connect(startup, limits: core.limits, on: context.eventLoop) { result in
      let (side, context) = bound.value
      side.connected(result, session, startup, token, record, context)
    }
  }

  func connected(
    _ result: Result<(any Channel, TargetSide, TargetSide.Welcome), TargetSide.Failure>, _ session: Session,
    _ startup: ClientStartup, _ token: Token, _ record: ClientRecord, _ context: ChannelHandlerContext
  ) {
    switch result {
    case .failure(let failure):
      core.log.write(.error, "target", ["session": id, "target": listener.target.name, "reason": failure.detail])
      refuse(context, failure.trouble)
    case .success(let (channel, side, welcome)):
      guard case .connecting = stage, let nonce = PasswordHashing.random(16) else {
        return channel.close(promise: nil)
      }
      let judge = StatementJudge(
        session, flow: core.flow(session, context.channel, listener), reader: listener.reader(for: context.eventLoop))
      judge.learn(startup.facts)
      let relay = PostgresRelay(
        core: core, id: id, token: token, record: record, target: channel, judge: judge, nonce: nonce.hex)
      relay.place = listener.place(startup)
      for (name, value) in startup.parameters { relay.pipeline.learn(setting: name, value) }
      for (name, value) in welcome.parameters {
        relay.pipeline.learn(setting: name, value)
        judge.learn(.reported(name, value, at: nil))
      }
      relay.prompts = PromptTrail(startup)
      do {
        try relay.beginMasking(listener, startup, welcome)
      } catch {
        channel.close(promise: nil)
        return refuse(context, code: "58000", "\(error)")
      }
      do {
        _ = try record.note(.opening(core.arrival(context.channel, listener, at: channel, welcome)))
      } catch {
        channel.close(promise: nil)
        core.recordingFailed(error)
        return refuse(context, .notRecorded)
      }
      stage = .relaying(relay)
      side.hand(to: relay)
      deadline?.cancel()
      relay.begin(welcome, key: core.enlist(relay, listener, welcome))
      if inbox.readableBytes > 0 {
        let early = inbox
        inbox = ByteBuffer()
        relay.receiveFromClient(early)
      }
      relay.clientReadComplete()
      relay.targetReadComplete()
    }
  }
}
