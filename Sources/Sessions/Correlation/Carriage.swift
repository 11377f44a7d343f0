import Foundation
import Model

/// How often agents' actions carry an id, by the program that sends them: where all do, one without is somebody else's.
struct Carriage {
  /// The kind of effect, and the program.
  private var counts: [String: (carrying: Int, all: Int)] = [:]

  /// Counts an action whose call is beyond doubt.
  mutating func add(_ effect: ExpectedEffect, isBehindShell: Bool, carriesID: Bool) {
    let key = Self.key(effect, isBehindShell)
    let before = counts[key] ?? (0, 0)
    counts[key] = (before.carrying + (carriesID ? 1 : 0), before.all + 1)
  }

  /// What the lack of an id says against a call, in natural logarithms of odds; never more than nothing.
  func missing(_ effect: ExpectedEffect?, _ isBehindShell: Bool) -> Double {
    guard !counts.isEmpty, let effect, let (carrying, all) = counts[Self.key(effect, isBehindShell)] else { return 0 }
    return log(1 - Double(carrying) / Double(all + 2))
  }

  private static func key(_ effect: ExpectedEffect, _ isBehindShell: Bool) -> String {
    "\(effect.kind) \(effect.program ?? "")\(isBehindShell ? " behind a shell" : "")"
  }
}
