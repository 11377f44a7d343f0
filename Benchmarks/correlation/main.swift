// Ties actions to tool calls at a size that the laboratory does not have, without a case: what deciding costs by itself.
//   bench-correlation [CALLS [ACTIONS [RESULT]]]   100,000 calls and 1,000,000 actions, if not given; bytes of a call's result
// A day of conversations, each on one of 200 hosts, whose calls send one to three statements; and an application and people who
// send as many more, often the same texts. What is made depends on nothing but the numbers given.
import Foundation
import Model
import Sessions

/// A day of calls and sessions, each made anew whenever it is asked for.
struct Day {
  static let start: Int64 = 1_795_132_800_000_000_000
  static let seconds = 86_400.0
  static let callsOfConversation = 20
  static let callsOfPrompt = 5
  static let hostCount = 200
  static let actionsOfPool = 500

  let callCount: Int
  let poolCount: Int
  let resultCount: Int

  init(callCount: Int, actionCount: Int, resultCount: Int) {
    self.callCount = callCount
    self.resultCount = resultCount
    // A call's session has a BEGIN, two statements on average and a COMMIT.
    poolCount = max(0, actionCount - callCount * 4) / Self.actionsOfPool
  }

  /// Numbers that look random and are the same each time (splitmix64).
  private static func number(_ seed: Int, _ salt: Int) -> Int {
    var mixed = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: salt)
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int(truncatingIfNeeded: (mixed ^ (mixed >> 31)) >> 1)
  }

  private static func time(_ seconds: Double) -> Timestamp { Timestamp(nanoseconds: start + Int64(seconds * 1e9)) }

  private func began(_ call: Int) -> Double {
    let conversation = call / Self.callsOfConversation
    let first = Double(Self.number(conversation, 1) % 80_000)
    return first + Double(call % Self.callsOfConversation) * 15 + Double(Self.number(call, 2) % 5_000) / 1_000
  }

  private func texts(_ call: Int) -> [String] {
    (0..<(1 + Self.number(call, 3) % 3)).map { Self.text(Self.number(call, 10 + $0)) }
  }

  private static func text(_ number: Int) -> String {
    let id = number / 8 % 20_000
    return switch number % 8 {
    case 0: "UPDATE orders SET state = 'shipped' WHERE id = \(id)"
    case 1: "SELECT state, count(*) FROM orders GROUP BY state ORDER BY state"
    case 2: "INSERT INTO audit_log (actor, note) VALUES ('agent', 'checked order \(id)')"
    case 3: "SELECT id, email FROM customers WHERE id = \(id)"
    case 4: "DELETE FROM promotions WHERE code = 'P\(id)'"
    case 5: "SELECT sum(amount) FROM payments WHERE order_id = \(id)"
    case 6: "SELECT title, stock FROM products WHERE id = \(id)"
    default: "UPDATE products SET stock = stock - 1 WHERE id = \(id)"
    }
  }

  func call(_ index: Int) -> CallEvidence {
    let from = began(index)
    var call = CallEvidence(
      number: Int64(index), prompt: Int64(index / Self.callsOfPrompt), clock: Int64(index / Self.callsOfConversation),
      startedAt: Self.time(from), endedAt: Self.time(from + 1.5))
    call.effects = texts(index).map { text in
      var effect = ExpectedEffect(.sql, [.literal(text)], evidence: .argument)
      (effect.program, effect.host, effect.database) = ("psql", "10.0.0.9", "shop")
      return effect
    }
    guard resultCount > 0 else { return call }
    let row = " 4711 | somebody@example.org | 12.50 \n"
    call.result = String(repeating: row, count: resultCount / row.utf8.count)
    call.result += texts(index).map { Self.echo(of: $0) }.joined(separator: "\n") + "\n"
    return call
  }

  /// What psql prints of a statement's outcome.
  private static func echo(of text: String) -> String {
    switch text.prefix(6) {
    case "INSERT": "INSERT 0 1"
    case "UPDATE", "DELETE": "\(text.prefix(6)) 1"
    default: "(\(1 + text.utf8.count % 3) rows)"
    }
  }

  var sessionCount: Int { callCount + poolCount }

  /// The sessions of the calls, and behind them those of a pool.
  func session(_ index: Int) -> (WireSession, [WireAction]) {
    index < callCount ? session(ofCall: index) : pool(index)
  }

  private func session(ofCall index: Int) -> (WireSession, [WireAction]) {
    let host = index / Self.callsOfConversation % Self.hostCount
    let texts = ["BEGIN"] + texts(index) + ["COMMIT"]
    let from = began(index) + 0.4
    return make(
      index, texts.enumerated().map { (from + Double($0) * 0.01, $1) },
      client: "10.1.\(host).5:\(40_000 + index % 20_000)",
      application: "psql")
  }

  private func pool(_ index: Int) -> (WireSession, [WireAction]) {
    let statements = (0..<Self.actionsOfPool).map { place in
      let at = Double(Self.number(index, 100 + place) % Int(Self.seconds))
      return (at, Self.text(Self.number(index, 100_000 + place)))
    }
    return make(
      index, statements.sorted { ($0.0, $0.1) < ($1.0, $1.1) },
      client: "10.2.0.\(index % 250):\(30_000 + index % 20_000)",
      application: "shop-api")
  }

  private func make(
    _ index: Int, _ statements: [(Double, String)], client: String, application: String
  ) -> (WireSession, [WireAction]) {
    let number = Int64(index + 1)
    var session = WireSession(
      number: number, protocolName: "postgres", client: client, server: "10.0.0.9:5432",
      startedAt: Self.time((statements.first?.0 ?? 0) - 0.01), endedAt: Self.time((statements.last?.0 ?? 0) + 0.01))
    (session.user, session.target, session.application) = ("shop", "shop", application)
    let actions = statements.enumerated().map { place, statement in
      let isHousekeeping = statement.1 == "BEGIN" || statement.1 == "COMMIT"
      var action = WireAction(
        number: number << 32 | Int64(place + 1), startedAt: Self.time(statement.0),
        endedAt: Self.time(statement.0 + 0.001), verb: String(statement.1.prefix { $0 != " " }), text: statement.1,
        effect: isHousekeeping ? .session : .write)
      action.kind = .sql
      if resultCount > 0, !isHousekeeping { action.echoes = [Self.echo(of: statement.1)] }
      return action
    }
    return (session, actions)
  }
}

/// The most memory that this process ever had, in megabytes.
func peak() -> Int {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
  return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1_000
}

let given = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let day = Day(
  callCount: given.first ?? 100_000, actionCount: given.dropFirst().first ?? 1_000_000,
  resultCount: given.dropFirst(2).first ?? 0)
let clock = ContinuousClock()
var making = Duration.zero
var spent = Duration.zero

/// The time that the correlation itself takes; making the day is not counted.
@MainActor func timed<Result>(_ body: () -> Result) -> Result {
  let begun = clock.now
  defer { spent += begun.duration(to: clock.now) }
  return body()
}

/// All that was decided in one number (FNV-1a), so that two builds can be held against each other.
var digest: UInt64 = 0xCBF2_9CE4_8422_2325

@MainActor func note(_ text: String) {
  for byte in text.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
}

@MainActor func note(_ told: Attribution) {
  note("\(told.action) \(told.rank) \(told.prompt ?? -1) \(told.call ?? -1) \(told.method.rawValue) \(told.confidence)")
  note(" \(told.score) \(told.isAmbiguous) \(told.reason)\n")
}

func seconds(_ duration: Duration) -> String { String(format: "%.1f s", duration / .seconds(1)) }

let calls = (0..<day.callCount).map { day.call($0) }
var correlator = timed { Correlator(calls) }
var actionCount = 0
for index in 0..<day.sessionCount {
  let (session, actions) = day.session(index)
  actionCount += actions.count
  timed { correlator.survey(session, actions) }
}
let surveyed = spent
timed { correlator.settle() }
let settled = spent
var (named, right, open, others) = (0, 0, 0, 0)
for index in 0..<day.sessionCount {
  let (session, actions) = day.session(index)
  let told = timed { correlator.attribute(session, actions) }
  told.forEach { note($0) }
  for attribution in told where attribution.rank == 0 {
    if attribution.isAmbiguous {
      open += 1
    } else if index >= day.callCount {
      others += 1
    } else {
      named += 1
      if attribution.prompt == Int64(index / Day.callsOfPrompt) { right += 1 }
    }
  }
}
let verdicts = timed { correlator.verdicts() }
for verdict in verdicts {
  note("\(verdict.call) \(verdict.verdict.rawValue) \(verdict.expectedCount) \(verdict.seenCount) \(verdict.detail)\n")
}
print(
  "\(calls.count) calls, \(actionCount) actions in \(day.sessionCount) sessions:",
  "\(seconds(spent)) (survey \(seconds(surveyed)), settle \(seconds(settled - surveyed)), decide \(seconds(spent - settled))),",
  "peak \(peak()) MB")
print(
  "\(named) actions of calls named, \(right) rightly; \(open) ambiguous; \(others) of others named;",
  "\(verdicts.count { $0.verdict == .corroborated }) calls corroborated;",
  "digest \(String(digest, radix: 16))")
