import Bytes
import Dispatch
import Foundation
import Model
import NIOCore
import NIOSSL
import Synchronization

/// Tells people of what waits for them: by a program, by a webhook. What fails is logged and counted; nothing goes on or is
/// refused for it.
final class Notifier: Sendable {
  /// Programs, and posts, at once; and those that wait for their turn. More are not told.
  private static let runningLimit = 4
  private static let waitingLimit = 256
  /// A post is tried at these times, seconds after the one before.
  private static let retries: [Int64] = [1, 5]

  private let rules: NoticeRules
  private let log: GatewayLog
  private let metrics: GatewayMetrics
  private let group: any EventLoopGroup
  private let tls: NIOSSLContext?
  /// Programs are waited for here.
  private let programs: OperationQueue
  private let posts = Mutex((running: 0, waiting: [[UInt8]]()))

  /// - Throws: what a webhook's certificates throw.
  init(_ rules: NoticeRules, log: GatewayLog, metrics: GatewayMetrics, group: any EventLoopGroup) throws {
    (self.rules, self.log, self.metrics, self.group) = (rules, log, metrics, group)
    programs = OperationQueue()
    programs.maxConcurrentOperationCount = Self.runningLimit
    do { tls = try rules.webhook?.makeTLS() } catch { throw GatewayError("notify: webhook: \(error)") }
  }

  /// Returns at once.
  func tell(_ held: HeldRequest) {
    let message = held.notice(withText: rules.tellsText)
    if let words = rules.command { run(words, message, held.id) }
    if rules.webhook != nil { post(message) }
  }

  // MARK: A program

  private func run(_ words: [String], _ message: [UInt8], _ id: UInt64) {
    guard programs.operationCount < Self.waitingLimit else { return failed("command", "too many wait for their turn") }
    let program = BoundedProgram(words: words, seconds: rules.seconds, outputLimit: 64 << 10)
    programs.addOperation { [self] in
      do throws(BoundedProgram.Failure) {
        _ = try program.run(message)
        metrics.count(.notice)
      } catch {
        failed("command", error.description)
      }
    }
  }

  private func failed(_ way: String, _ reason: String) {
    metrics.count(.noticeFailure)
    log.write(.warning, "nobody was notified", ["way": way, "reason": reason])
  }

  // MARK: A webhook

  private func post(_ message: [UInt8]) {
    enum Place { case now, later, nowhere }
    let place: Place = posts.withLock { posts in
      if posts.running < Self.runningLimit {
        posts.running += 1
        return .now
      }
      guard posts.waiting.count < Self.waitingLimit else { return .nowhere }
      posts.waiting.append(message)
      return .later
    }
    switch place {
    case .now: attempt(message, 0)
    case .later: break
    case .nowhere: failed("webhook", "too many wait for their turn")
    }
  }

  private func attempt(_ message: [UInt8], _ number: Int) {
    guard let webhook = rules.webhook else { return }
    let loop = group.next()
    let request = WebRequestSide.Request(address: webhook, message: message)
    WebRequestSide.send(request, tls: tls, on: loop, within: .seconds(rules.seconds)) { [self] outcome in
      let (reason, isLasting): (String, Bool)
      switch outcome {
      case .answered(200..<300, _):
        metrics.count(.notice)
        return next()
      case .answered(let status, _):
        // To try again would not help.
        (reason, isLasting) = ("\(webhook.host) answered \(status)", status < 500 && status != 429 && status != 408)
      case .failed(let why): (reason, isLasting) = (why, false)
      }
      guard !isLasting, number < Self.retries.count else {
        failed("webhook", reason)
        return next()
      }
      loop.scheduleTask(in: .seconds(Self.retries[number])) { [self] in attempt(message, number + 1) }
    }
  }

  private func next() {
    let message: [UInt8]? = posts.withLock { posts in
      guard !posts.waiting.isEmpty else {
        posts.running -= 1
        return nil
      }
      return posts.waiting.removeFirst()
    }
    if let message { attempt(message, 0) }
  }
}

extension HeldRequest {
  /// One JSON object. Without the text there is nothing in it that stands in a statement but names of what it touches.
  func notice(withText: Bool) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("event", "held")
      writeHead(to: &json)
      json.key("statements")
      json.array { json in
        for part in parts {
          json.object { json in
            json.member("verb", part.action.verb)
            json.member("effect", part.action.effect.rawValue)
            json.member("resources", part.action.resources.map(\.description))
            json.member("shape", part.action.fingerprint)
            json.member("reason", part.reason)
            if withText {
              json.member("text", part.action.text)
              json.member("parameters", part.action.parameters)
            }
          }
        }
      }
    }
    json.newline()
    return json.take()
  }
}
