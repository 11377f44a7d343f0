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

  /// Whether people are asked only when it is known what a push changes.
  func studyPush() -> Bool {
    guard let known = exchange, known.push != nil, known.request?.push != nil, known.difference == nil else {
      return false
    }
    let codings = known.head.fields.values("content-encoding")
    let subject = PushStudy.Subject(
      content: known.heldContent, isCompressed: !codings.isEmpty, isWhole: known.reader.isDone,
      secrets: listener.secrets, time: core.now())
    let study = PushStudy(
      subject, on: loop,
      ask: { [lines, limits, fields = ownFields(known)] isAdvertisement, message, answerLimit, finish in
        let repository = known.path.prefix { $0 != "?" }.dropLast("/git-receive-pack".count)
        let path = isAdvertisement ? "/info/refs?service=git-upload-pack" : "/git-upload-pack"
        let type = isAdvertisement ? [] : [WireField("Content-Type", "application/x-git-upload-pack-request")]
        return PushQuestion.ask(
          lines, known.place, repository + path, fields: fields + type, message: message, limits.head,
          answerLimit: answerLimit, finish)
      },
      finish: { [weak self] text in
        guard let self, case .studying = self.phase else { return }
        self.exchange?.study = nil
        self.exchange?.difference = text
        // Policy and approvals may have changed meanwhile.
        self.decide(isFirst: true)
        self.resume()
      })
    exchange?.study = study
    phase = .studying
    study.begin()
    return true
  }

  /// What the gateway's own requests to the target have: the credential that is used there.
  private func ownFields(_ known: HTTPExchange) -> [WireField] {
    var fields = [
      WireField(
        "Host", HTTPURL(known.head.target)?.authorityText ?? known.head.fields["host"] ?? known.place.authority),
      WireField("User-Agent", "exhibit-gateway"), WireField("Accept", "*/*"),
    ]
    switch known.place.target.credential {
    case .field(let name, let secret): fields.append(WireField(name, secret.value))
    // It answers that it wants a signature.
    case .aws: break
    case nil:
      if !login.fields.contains("authorization") {
        fields += known.head.fields.filter { $0.key == "authorization" }
      }
    }
    return fields
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
