import Bytes
import Foundation
import Model

extension Correlator {
  /// Clocks may differ by so much where nothing tells.
  static let clockSlack: Int64 = 1_000_000_000

  /// What a candidate brings to a connection.
  struct Opening {
    var entrance: ConnectionModel.Entrance
    var reasons: [Reason]
    /// The connection carries its id.
    var isNamedByID: Bool
    /// That is the id of the call itself.
    var isNamedCall: Bool
  }

  /// What holds for a connection, whoever opened it.
  private struct Surroundings {
    let session: WireSession
    /// The number of the client's host, if it is the home of an agent.
    let home: Int32?
    /// The logarithm of how many like it nothing explains.
    let unexplained: Double
    let idsOfConnection: Set<String>
    let ids: Set<String>
    /// By target.
    var fits: [Int32: ConnectionFit] = [:]
  }

  /// What each candidate brings to the connection as a whole, by its number.
  func openings(of session: WireSession, _ candidates: ConnectionCandidates, _ ids: CarriedIDs) -> [Opening] {
    var effectOf = [Int32?](repeating: nil, count: candidates.calls.count)
    for evidence in candidates.found.joined() where effectOf[Int(evidence.candidate)] == nil {
      effectOf[Int(evidence.candidate)] = evidence.effect
    }
    var around = Surroundings(
      session: session, home: homes[session.clientHost], unexplained: log(coverage.unexplained(session)),
      idsOfConnection: Set(ids.ofConnection), ids: ids.all)
    return candidates.calls.enumerated().map { number, call in
      opening(by: call, effectOf[number].map { effects[$0] }, candidates.whole[call], &around)
    }
  }

  /// `effect`: what the call should do here, if it tells that; `whole`: what the connection itself says for it.
  private func opening(
    by call: Int32, _ effect: EffectTable.Entry?, _ whole: Evidence?, _ around: inout Surroundings
  ) -> Opening {
    let known = facts[Int(call)]
    let (fit, isOfConnection) = fit(call, effect, &around)
    // What runs on another host comes from there.
    let isBehindShell = effect?.isBehindShell ?? false
    let isAtHome = isBehindShell ? 0 : homeScore(known, from: around.home)
    var atStart = (fit?.score ?? 0) - weights.nobody + isAtHome
    var reasons: [Reason] = []
    if let fit, !fit.agreements.isEmpty { reasons.append(.fits(fit.agreements)) }
    if isAtHome > 0 { reasons.append(.agentsHost) }
    if isOfConnection {
      // How much denser the call is than sessions that nothing else explains.
      atStart += weights.connection + max(-6, min(6, known.density - around.unexplained))
      if whole != nil { reasons.append(.openedWhileRunning) }
    }
    let isNamedByID = whole?.method == .explicitID
    if let whole, isNamedByID {
      atStart += whole.score
      reasons += whole.reasons
    }
    // Only what serves many calls keeps a connection between them.
    let isServed = effect?.evidence == .toolArgument
    var midway = isServed ? atStart + weights.back : weights.late - weights.nobody
    let start = around.session.startedAt.nanoseconds
    if known.from > .min, start.addingClamped(Self.clockSlack) < known.from, !isServed, !known.continuesOther {
      atStart += weights.late
    }
    if known.continuesOther, !isBehindShell { atStart += weights.opensNone }
    if !around.idsOfConnection.isEmpty, !isNamed(call, by: around.idsOfConnection) {
      atStart += weights.otherID
      midway += weights.otherID
    } else if !carriage.isEmpty, !isNamed(call, by: around.ids) {
      // Where its like always carry an id, one without is somebody else's.
      let missing = missingID(call, effect)
      atStart += missing
      midway += missing
    }
    let entrance = ConnectionModel.Entrance(
      atStart: atStart, midway: midway, call: call, root: known.root, began: known.from)
    let isNamedCall =
      isNamedByID
      && calls[Int(call)].ids.contains { $0.scope == .call && around.idsOfConnection.contains($0.text) }
    return Opening(entrance: entrance, reasons: reasons, isNamedByID: isNamedByID, isNamedCall: isNamedCall)
  }

  /// How well the connection fits the effect that is seen on it or, if better, a connection that the call opens; and whether
  /// only the connection speaks for the call.
  private func fit(
    _ call: Int32, _ effect: EffectTable.Entry?, _ around: inout Surroundings
  ) -> (fit: ConnectionFit?, isOfConnection: Bool) {
    let own = effects.effects(of: call)
    let seen = effect.map { fit($0.target, &around) }
    var opened: ConnectionFit?
    for number in own where effects.entries[number].kind == .connection {
      let fit = fit(effects.entries[number].target, &around)
      if opened.map({ fit.score > $0.score }) ?? true { opened = fit }
    }
    if let opened, seen.map({ opened.score > $0.score }) ?? true { return (opened, effect == nil) }
    if let seen { return (seen, false) }
    // A file that it runs may hold something else by now.
    let file = own.first { effects.entries[$0].evidence == .writtenFile }
    return (file.map { fit(effects.entries[$0].target, &around) }, file != nil)
  }

  private func fit(_ target: Int32, _ around: inout Surroundings) -> ConnectionFit {
    if let known = around.fits[target] { return known }
    let fit = ConnectionFit(effects.targets[Int(target)], around.session, weights)
    around.fits[target] = fit
    return fit
  }

  /// What it says against a call that the connection carries no id.
  private func missingID(_ call: Int32, _ effect: EffectTable.Entry?) -> Double {
    let target = effect?.target ?? effects.effects(of: call).first.map { effects.entries[$0].target }
    guard let target else { return 0 }
    return carriage.missing(effects.targets[Int(target)], isBehindShell: effect?.isBehindShell ?? false)
  }
}
