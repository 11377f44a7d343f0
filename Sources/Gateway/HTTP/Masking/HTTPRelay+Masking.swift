import Model
import NIOCore
import Policy

/// What the target answers where values of it are masked: before anything is recorded.
extension HTTPRelay {
  /// Silence after which what waits for more content is shown, as far as no value can begin in it.
  private static let pause = TimeAmount.seconds(1)
  /// Values that are masked before it is told how many.
  private static let toldLimit = 100_000

  /// Finds the rules for the answer to a request that goes on; false when it cannot go on with them.
  func beginMasking() -> Bool {
    guard core.policy.hasMasking else { return exchange != nil }
    guard let known = exchange, known.masking == nil else { return exchange != nil }
    guard
      let masking = HTTPMasking(
        plan(for: known.place), hasher: core.hasher, passesCompressed: listener.rules.passesCompressed)
    else { return true }
    guard known.head.upgrade == nil || WebSocketMasking.isMaskable(known.head) else {
      fail(masking: "what comes behind this upgrade cannot be masked", status: 403)
      return false
    }
    exchange?.masking = masking
    return true
  }

  private func plan(for place: HTTPPlace) -> MaskingPlan {
    core.policy.policy.masking.rules(protocolName: "http", database: nil, server: place.server)
  }

  /// Another policy: requests take it when they go on, and what is open without an end takes it now.
  func rereadMasking() {
    guard isTunnel, !isOver, let known = exchange else { return }
    let plan = plan(for: known.place)
    guard !plan.isEmpty else { return }
    guard let masking = known.masking else { return fail(masking: "what was upgraded is masked from now on") }
    masking.replace(plan, hasher: core.hasher)
  }

  // MARK: Content

  /// The head as the client may have it; nil when that cannot be, and then it is told.
  func shown(_ head: ResponseHead, _ length: HTTPLength) -> ResponseHead? {
    guard let known = exchange, let masking = known.masking else { return head }
    do throws(BodyMaskFailure) {
      let shown = try masking.head(head, length, to: known.head)
      if masking.endsWithConnection { exchange?.isLast = true }
      return shown
    } catch {
      // The target did what was approved.
      exchange?.uses = []
      fail(masking: error.reason)
      return nil
    }
  }

  /// A head behind which another comes.
  func shown(interim head: ResponseHead) -> ResponseHead? {
    guard let masking = exchange?.masking else { return head }
    do throws(BodyMaskFailure) {
      return try masking.interim(head)
    } catch {
      fail(masking: error.reason)
      return nil
    }
  }

  /// Says what the client may have of content.
  func say(masked pieces: [ByteBuffer], _ masking: HTTPMasking) {
    do throws(BodyMaskFailure) {
      say(try masking.content(pieces))
    } catch {
      return fail(masking: error.reason)
    }
    if masking.untoldCount >= Self.toldLimit { tellMasked() }
  }

  /// Says what is left of the content, and ends it; false when that cannot be.
  func finishMasked() -> Bool {
    guard let known = exchange, let masking = known.masking, !isTunnel else { return true }
    do throws(BodyMaskFailure) {
      say(try masking.finish(known.reply?.trailers ?? []))
    } catch {
      fail(masking: error.reason)
      return false
    }
    tellMasked()
    return !isOver
  }

  /// Looks once in a while whether content stopped coming.
  func watchPauses(_ masking: HTTPMasking) {
    let isWatched = masking.lastContent != nil
    masking.lastContent = loop.now
    if !isWatched { watch(masking, after: Self.pause) }
  }

  private func watch(_ masking: HTTPMasking, after amount: TimeAmount) {
    loop.assumeIsolated().scheduleTask(in: amount) { [weak self, weak masking] in
      guard let self, let masking, !self.isOver, self.exchange?.masking === masking,
        let last = masking.lastContent
      else { return }
      let silence = self.loop.now - last
      guard silence >= Self.pause else { return self.watch(masking, after: Self.pause - silence) }
      masking.lastContent = nil
      do throws(BodyMaskFailure) {
        self.say(try masking.pause())
      } catch {
        return self.fail(masking: error.reason)
      }
      self.tellMasked()
      self.toClient.flush()
    }
  }

  // MARK: WebSocket

  /// The answer to an upgrade; false when what follows cannot be masked.
  func beginMessages(_ head: ResponseHead) -> Bool {
    guard let masking = exchange?.masking else { return true }
    guard head.fields.list("upgrade") == ["websocket"], head.fields["sec-websocket-extensions"] == nil else {
      exchange?.uses = []
      fail(masking: "the target upgrades to what cannot be masked")
      return false
    }
    masking.beginMessages()
    return true
  }

  /// Says what the client may have of what the target said behind an upgrade.
  func sayMessages(_ bytes: ByteBuffer, _ masking: HTTPMasking) {
    do throws(MaskingFailure) {
      say(try masking.takeMessages(bytes))
    } catch {
      return fail(masking: error.reason)
    }
    if masking.untoldCount > 0 { tellMasked() }
  }

  // MARK: What is told

  /// Writes what was masked since it was told last.
  func tellMasked() {
    do { try noteMasked() } catch { fail(recording: error) }
  }

  func noteMasked() throws {
    guard let known = exchange, let masking = known.masking, let session, masking.untoldCount > 0 else { return }
    for count in masking.takeCounts() {
      core.metrics.add(masked: count.count)
      _ = try session.record.note(
        .mask(
          GatewayMask(
            offset: known.offset, rule: count.key.rule, dataClass: count.key.dataClass, method: count.key.action,
            location: count.location, count: count.count)))
    }
  }

  /// What cannot be masked is not shown: the client is told, or sees that the answer is not whole, and that is a leaf of the
  /// evidence log.
  func fail(masking reason: String, status: Int = 502) {
    guard !isOver else { return }
    core.metrics.count(.maskingFailure)
    core.log.write(.error, "not masked", ["session": session?.id ?? connectionID, "reason": reason])
    tellMasked()
    guard !isOver,
      note(
        .decision(
          GatewayDecision(offset: exchange?.offset ?? 0, outcome: .denied, rule: "masking", reason: reason)))
    else { return }
    dropLine()
    guard exchange?.reply == nil, !isTunnel else { return end("not masked") }
    exchange?.isLast = true
    answer(
      .problem(
        status, "unmasked", "the policy masks what the target answers, and \(reason)", rule: "masking",
        hint: "Whoever runs the gateway finds the reason in its log."))
  }
}
