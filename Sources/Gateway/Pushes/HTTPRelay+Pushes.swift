import Model
import NIOCore
import Parsers

/// Pushes of git: judged as one that comes over SSH, and refused in git's own words.
extension HTTPRelay {
  /// Bytes of the content that are held until it is judged.
  func heldLimit(_ exchange: HTTPExchange) -> Int {
    guard PushCall.isAsked(by: exchange.head, path: exchange.path) else { return limits.heldByteCount }
    return max(limits.heldByteCount, exchange.awaitsPack ? PushRequestReader.packLength : PushCall.heldLength)
  }

  /// Reads the commands of a push a second time, as narrowly as its target might; nothing for other requests.
  func readPush(of request: CallJudge.Request) throws(HTTPFault) {
    guard let known = exchange, PushCall.isAsked(by: known.head, path: known.path) else { return }
    let push = try PushCall(known.heldContent, of: known.head, path: known.path, secrets: listener.secrets)
    guard push.isSame(as: request.push) else { throw .malformed("the commands of a push could be read in two ways") }
    exchange?.push = push
  }

  /// Whether people are asked only when more of the pack is there.
  func awaitPack() -> Bool {
    guard let known = exchange, known.push != nil, !known.awaitsPack, !known.reader.isDone else { return false }
    exchange?.awaitsPack = true
    guard let now = exchange, now.held.readableBytes < heldLimit(now) else { return false }
    phase = .collecting
    collectionEnd = loop.now + PushCall.awaiting
    waitForContent()
    return true
  }

  /// Answers a push when all of it was read: git reads no answer before.
  func answerBelated(_ answer: HTTPAnswer) {
    exchange?.belated = answer
    phase = .discarding
    discardLeft = PushCall.discardLength
    waitForRest()
  }

  private func waitForRest() {
    wait(limits.idleSeconds) { relay in
      guard case .discarding = relay.phase else { return }
      relay.end("refused")
    }
  }

  /// Throws away what comes of a refused push.
  func discardPush(_ answer: HTTPAnswer) -> Bool {
    guard let slice = takeContent(upTo: .max) else { return false }
    guard let slice else {
      guard exchange?.reader.isDone == true else { return false }
      exchange?.belated = nil
      // What was thrown away is not recorded, so nothing may come behind it.
      exchange?.isLast = true
      self.answer(answer)
      return false
    }
    discardLeft -= slice.readableBytes
    if discardLeft < 0 {
      end("refused")
      return false
    }
    waitForRest()
    return true
  }
}
