import Bytes
import Model
import Policy

/// The masking of what a program writes, by the rules that held when it was started. Used on the connection's thread.
final class ChannelMasking {
  /// What was masked where, since it was told last.
  struct Count {
    var key: MaskTally.Key
    var location: String
    var count: Int
  }

  /// After so long without output, what can be shown of what is held back is.
  static let pause = Duration.milliseconds(150)

  /// Nil where it is masked by nobody: files and pushes have readers of their own.
  private var output: OutputMask?
  private var errors: OutputMask
  private var tallies: [String: MaskTally] = [:]
  /// When output came last, while some of it is held back.
  private(set) var heldSince: ContinuousClock.Instant?

  /// Nil where no rule holds. `masksOutput`: standard output too.
  init?(_ plan: MaskingPlan, hasher: SecretHasher, masksOutput: Bool, passesBinary: Bool) {
    guard let errors = OutputMask(plan, hasher: hasher, passesBinary: true) else { return nil }
    self.errors = errors
    output = masksOutput ? OutputMask(plan, hasher: hasher, passesBinary: passesBinary) : nil
  }

  /// What the client gets now of what the program wrote.
  ///
  /// - Throws: `BodyMaskFailure` for what cannot be masked; nothing of it or behind it may go on.
  func take(_ bytes: [UInt8], isError: Bool) throws(BodyMaskFailure) -> [UInt8] {
    let shown: [UInt8]
    if isError {
      shown = try errors.feed(bytes.span)
    } else if var output {
      self.output = nil
      defer { self.output = output }
      shown = try output.feed(bytes.span)
    } else {
      shown = bytes
    }
    note()
    heldSince = isHolding ? .now : nil
    return shown
  }

  private var isHolding: Bool { errors.isHolding || output?.isHolding == true }

  /// Nothing came for a while: what can be shown of what is held back.
  func settle() -> (output: [UInt8], errors: [UInt8]) {
    let shown = (output?.settle() ?? [], errors.settle())
    note()
    heldSince = nil
    return shown
  }

  /// The end of the output: what was held back.
  func finish() -> (output: [UInt8], errors: [UInt8]) {
    let shown = (output?.finish() ?? [], errors.finish())
    note()
    heldSince = nil
    return shown
  }

  private func note() {
    for (location, tally) in [("output", output?.takeTally()), ("errors", errors.takeTally())] {
      guard let tally, !tally.isEmpty else { continue }
      tallies[location, default: MaskTally()].merge(tally)
    }
  }

  /// What was masked since this was asked last, never the values.
  func takeCounts() -> [Count] {
    guard !tallies.isEmpty else { return [] }
    defer { tallies = [:] }
    return tallies.sorted { $0.key < $1.key }.flatMap { location, tally in
      tally.counts.sorted { $0.key < $1.key }.map { Count(key: $0.key, location: location, count: $0.value) }
    }
  }
}
