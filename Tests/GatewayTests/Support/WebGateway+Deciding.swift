import Foundation
import GRDB
import Model
import TestKit

@testable import Gateway

/// What waits in it, what is decided of that, and what came of all.
extension WebGateway {
  /// What waits, once it is so many.
  func waiting(_ count: Int = 1, verb: String? = nil) -> [HeldRequest] {
    let core = gateway.core
    let deadline = Date().addingTimeInterval(60)
    func found() -> [HeldRequest] { core.held.all.filter { verb == nil || $0.parts.first?.action.verb == verb } }
    while found().count != count, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
    return found()
  }

  /// Signs what waits, as an approval or a rejection.
  func decide(_ held: HeldRequest, _ namespace: String, by signer: Signer, reason: String = "") throws {
    let core = gateway.core
    guard let posted = held.posted, let desk = core.approvals else { return }
    let armored = try signer.sign(posted.text, as: namespace)
    _ = try desk.take(Array(armored.utf8), reason: reason, under: posted, at: core.now())
    core.lookAtApprovals()
  }

  /// Verdicts of a case, each with the text of the action that it is about.
  func verdicts() throws -> [String] {
    try DatabaseQueue(path: path("case.exhibit")).read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT d.outcome || ' ' || coalesce(d.rule, '-') || ' ' || coalesce(a.text, '-') FROM decisions d
          LEFT JOIN actions a ON a.id = d.action_id WHERE d.kind = 'decision' ORDER BY a.seq, d.at_ns
          """)
    }
  }
}
