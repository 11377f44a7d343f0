import Foundation
import Model

/// How often agents' actions carry an id, by the program that sends them: where all do, one without is somebody else's.
struct Carriage {
  private struct Key: Hashable {
    var kind: ExpectedEffect.Kind
    var program: String
    var isBehindShell: Bool

    init(_ target: ConnectionTarget, _ isBehindShell: Bool) {
      kind = target.kind
      program = target.program ?? ""
      self.isBehindShell = isBehindShell
    }
  }

  private var counts: [Key: (carrying: Int, all: Int)] = [:]

  /// Counts an action whose call is beyond doubt.
  mutating func add(_ target: ConnectionTarget, isBehindShell: Bool, carriesID: Bool) {
    let key = Key(target, isBehindShell)
    let before = counts[key] ?? (0, 0)
    counts[key] = (before.carrying + (carriesID ? 1 : 0), before.all + 1)
  }

  /// What the lack of an id says against a call, in natural logarithms of odds; never more than nothing.
  func missing(_ target: ConnectionTarget, isBehindShell: Bool) -> Double {
    guard let (carrying, all) = counts[Key(target, isBehindShell)] else { return 0 }
    return log(1 - Double(carrying) / Double(all + 2))
  }

  /// No action whose call is beyond doubt was seen.
  var isEmpty: Bool { counts.isEmpty }
}
