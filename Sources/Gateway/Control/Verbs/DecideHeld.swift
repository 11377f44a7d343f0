import Bytes
import Foundation
import Model

/// `{"ask":"decide","id":"7","signature":"-----BEGIN SSH SIGNATURE-----…","reason":"…"}`: a person's word on a request that
/// waits. What it says, and whose it is, the signature tells; nothing else is believed.
struct DecideHeld: ControlVerb {
  static let name = "decide"
  /// Characters of a reason.
  static let reasonLimit = 1_000
  /// Seconds until it is told whether the request still waits.
  private static let patience = 2.0

  private let core: GatewayCore

  init(_ core: GatewayCore) { self.core = core }

  func answer(_ request: JSONValue, _ done: @escaping @Sendable (ControlAnswer) -> Void) {
    guard let held = core.held.find(request, done) else { return }
    guard let armored = request["signature"]?.string else {
      return done(ControlAnswer(.malformed, "signature is missing: an SSH signature in armour over the request"))
    }
    let reason = request["reason"]?.string.map(Self.plain) ?? ""
    guard reason.count <= Self.reasonLimit else {
      return done(ControlAnswer(.malformed, "a reason has at most \(Self.reasonLimit) characters"))
    }
    guard let posted = held.posted, let desk = core.approvals else {
      return done(ControlAnswer(.failed, "nothing lies ready to be signed for it; see the gateway's log"))
    }
    do throws(ApprovalDesk.SigningProblem) {
      let signed = try desk.take(Array(armored.utf8), reason: reason, under: posted, at: core.now())
      core.log.write(
        .notice, "signed",
        [
          "session": held.session.id, "request": posted.file, "stance": signed.stance.rawValue, "by": signed.name,
          "key": signed.key,
        ])
      core.lookAtApprovals()
      done(answer(held, signed, desk.place(of: signed, under: posted)))
    } catch {
      core.log.write(
        .warning, "signature refused", ["session": held.session.id, "request": posted.file, "reason": error.reason])
      done(ControlAnswer(error.isOurs ? .failed : .refused, error.reason))
    }
  }

  /// Its session is told on its own thread, and takes a moment.
  private func answer(_ held: HeldRequest, _ signed: ApprovalDesk.Signed, _ place: String) -> ControlAnswer {
    let deadline = Date().addingTimeInterval(Self.patience)
    var now = core.held[held.id]
    while let waiting = now, waiting.reason == held.reason, Date() < deadline {
      Thread.sleep(forTimeInterval: 0.01)
      now = core.held[held.id]
    }
    let end = core.held.end(of: held.id)
    return ControlAnswer { json in
      json.member("stance", signed.stance.rawValue)
      json.member("by", signed.name)
      json.member("key", signed.key)
      json.member("file", place)
      json.member("waits", now != nil)
      json.member("outcome", end?.outcome.rawValue)
      json.member("reason", now?.reason ?? end?.reason)
    }
  }

  /// A reason on one line, without what hides or turns text round.
  private static func plain(_ text: String) -> String {
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: plain.append(" ")
      case .format, .surrogate, .privateUse, .unassigned: continue
      default: plain.append(scalar)
      }
    }
    return String(plain).trimmingCharacters(in: .whitespaces)
  }
}
