/// A channel to the target of the gateway's own, in which a program is asked something. No client has a part in it, so it is not
/// in the recording.
final class OwnChannel {
  private enum Stage {
    case opening
    case starting
    case talking
    case over
  }

  private let channel: LibsshChannel
  private let question: any TargetQuestion
  private var stage = Stage.opening
  private var outgoing: [UInt8] = []
  private var sent = 0

  init?(of session: LibsshSession, _ question: any TargetQuestion) {
    guard let channel = LibsshChannel(of: session) else { return nil }
    (self.channel, self.question) = (channel, question)
  }

  var isOver: Bool { stage == .over }

  /// Does what can be done now.
  func turn() {
    if stage == .opening { advance(channel.openSession(), to: .starting) }
    if stage == .starting { advance(channel.request(SSHProgram(kind: .exec, text: question.command)), to: .talking) }
    guard stage == .talking else { return }
    for case .data(let bytes, isError: false) in channel.takeArrivals() where !question.isOver {
      outgoing += question.receive(bytes)
    }
    if !question.isOver, channel.isAtEnd { question.end() }
    if question.isOver { return stage = .over }
    guard sent < outgoing.count else { return }
    guard let count = channel.write(outgoing, from: sent, isError: false) else {
      question.end()
      return stage = .over
    }
    sent += count
    if sent == outgoing.count { (outgoing, sent) = ([], 0) }
  }

  private func advance(_ progress: LibsshChannel.Progress, to next: Stage) {
    switch progress {
    case .underWay: break
    case .done: stage = next
    case .failed:
      question.end()
      stage = .over
    }
  }

  /// Gives it back to libssh.
  func release() {
    _ = channel.close()
    channel.release()
  }

  /// Its session is gone.
  func forget() { channel.forget() }
}
