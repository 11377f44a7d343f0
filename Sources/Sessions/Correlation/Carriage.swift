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

  /// Of actions whose call is beyond doubt.
  private var counts: [Key: (carrying: Int, all: Int)] = [:]
  /// Of calls: whether their own id was seen anywhere.
  private var calls: [Key: (carrying: Int, all: Int)] = [:]

  /// Counts an action whose call is beyond doubt.
  mutating func add(_ target: ConnectionTarget, isBehindShell: Bool, carriesID: Bool) {
    let key = Key(target, isBehindShell)
    let before = counts[key] ?? (0, 0)
    counts[key] = (before.carrying + (carriesID ? 1 : 0), before.all + 1)
  }

  /// Counts a call, once for each of the targets that it has.
  mutating func add(callOf targets: [(target: ConnectionTarget, isBehindShell: Bool)], carriesID: Bool) {
    for key in Set(targets.map({ Key($0.target, $0.isBehindShell) })) {
      let before = calls[key] ?? (0, 0)
      calls[key] = (before.carrying + (carriesID ? 1 : 0), before.all + 1)
    }
  }

  /// What the lack of an id says against a call, in natural logarithms of odds; never more than nothing.
  func missing(_ target: ConnectionTarget, isBehindShell: Bool) -> Double {
    let key = Key(target, isBehindShell)
    return min(Self.missing(counts[key]), Self.missing(calls[key]))
  }

  private static func missing(_ count: (carrying: Int, all: Int)?) -> Double {
    guard let (carrying, all) = count else { return 0 }
    return log(1 - Double(carrying) / Double(all + 2))
  }

  /// No id of a call was seen, and no action whose call is beyond doubt.
  var isEmpty: Bool { counts.isEmpty && calls.isEmpty }
}
