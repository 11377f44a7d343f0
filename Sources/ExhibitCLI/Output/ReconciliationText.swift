import Model
import Replay

/// How one log agrees with the captures, for the terminal.
struct ReconciliationText {
  /// Actions missing in logs that are printed one by one.
  static let untoldLimit = 50

  let log: ServerLog

  func print() {
    let servers = log.servers.isEmpty ? "" : " of \(log.servers.joined(separator: ", "))"
    line("\(log.path): \(log.format)\(servers)")
    if let first = log.firstAt, let last = log.lastAt {
      row("covers", "\(first.formatted(fractionDigits: 0)) to \(last.formatted(fractionDigits: 0))")
    }
    if let clock = log.clock { row("clock", Self.text(of: clock)) }
    if log.isUnrelated, log.servers.isEmpty {
      row("matched", "nothing: no connection of it is in the captures; is it the log of another server?")
    }
    for outcome in RecordOutcome.allCases {
      guard let count = log.counts[outcome], count > 0 else { continue }
      let changes = log.changeCounts[outcome] ?? 0
      let what = outcome.isOnlyAtServer && changes > 0 ? ", \(Quantity.of(changes, "change")) among them" : ""
      row(outcome.rawValue, "\(Quantity.of(count, "record"))\(what): \(outcome.meaning)")
    }
    if log.coveredCount > 0 {
      let told = log.coveredCount - log.untoldCount - log.unloggedCount
      var text = "\(Quantity.count(told)) of \(Quantity.of(log.coveredCount, "captured action")) are in the log"
      if log.untoldCount > 0 { text += "; \(Quantity.count(log.untoldCount)) should be and are not" }
      if log.unloggedCount > 0 { text += "; \(Quantity.count(log.unloggedCount)) are of kinds that it never tells" }
      row("in return", text)
    }
    line("")
  }

  private static func text(of clock: ServerLog.Clock) -> String {
    let pairs = Quantity.of(clock.pairCount, "pair")
    let spread = Quantity.duration(nanoseconds: clock.spread)
    let size = Quantity.duration(nanoseconds: abs(max(clock.offset, -.max)))
    if abs(max(clock.offset, -.max)) < 1_000_000 { return "as that of the captures (± \(spread), by \(pairs))" }
    return "\(size) \(clock.offset > 0 ? "ahead of" : "behind") that of the captures (± \(spread), by \(pairs))"
  }

  private func row(_ name: String, _ text: String) {
    line("  " + name.padding(to: 10) + TerminalText.oneLine(text))
  }

  private func line(_ text: String) { StandardOutput.write(text + "\n") }
}

extension String {
  fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
