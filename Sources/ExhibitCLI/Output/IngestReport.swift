import Captures
import Model
import Pipeline
import Policy
import Replay

/// What an ingest says when it is done.
struct IngestReport {
  let summary: IngestSummary
  /// Nil when the case has no tool calls, or no actions.
  let attributed: Attributor.Summary?
  /// Nil when the case has no server's log.
  let reconciled: LogReconciler.Summary?
  let casePath: String
  /// Keys were given, which open nothing in captures that are passed over.
  let hasKeys: Bool

  /// Files of no known kind that are named one by one.
  private static let strangerLimit = 3

  func print() {
    let read = summary.sources.filter { !$0.isSkipped && $0.packetCount > 0 }
    let transcripts = summary.sources.filter { !$0.isSkipped && $0.kind == "transcript" }
    let keys = summary.sources.count { $0.kind == "keys" }
    let skipped = summary.sources.filter(\.isSkipped)
    var strangers = 0
    for source in summary.sources where !source.isSkipped {
      guard let note = source.note else { continue }
      // A home folder holds many files that are none of ours: the case has them all, the terminal a few.
      if source.kind == "unknown" {
        strangers += 1
        guard strangers <= Self.strangerLimit else { continue }
      }
      let path = TerminalText.oneLine(source.path)
      let text = "\(path): \(TerminalText.oneLine(note))"
      if TerminalText.width(text) <= WrappedText.columns ?? .max {
        line(text)
      } else {
        line("\(path):\n  \(TerminalText.oneLine(note))")
      }
    }
    if strangers > Self.strangerLimit {
      let more = Quantity.count(strangers - Self.strangerLimit)
      line("and \(more) more that are no captures, transcripts or server logs: the case names them")
    }
    if !skipped.isEmpty { line("\(Quantity.of(skipped.count, "source")) passed over: the case has them already") }
    if !skipped.isEmpty, hasKeys { line("keys open only captures that are new: read those again into a new case") }
    guard !read.isEmpty || !transcripts.isEmpty || summary.serverRecordCount > 0 else {
      return line("nothing new: \(casePath) is as it was")
    }
    if !read.isEmpty { printCaptures(read) }
    if !transcripts.isEmpty {
      let bytes = transcripts.reduce(UInt64(0)) { $0 + $1.byteCount }
      line("\(Quantity.of(transcripts.count, "transcript")), \(Quantity.bytes(bytes))")
    }
    if keys > 0 { line("\(Quantity.of(keys, "file")) of keys") }
    if summary.promptCount > 0 { line(Quantity.of(summary.promptCount, "prompt")) }
    if let reconciled { printReconciliation(reconciled) }
    if let attributed { printAttribution(attributed) }
    printMasked()
    if summary.gapCount > 0 {
      line("\(Quantity.of(summary.gapCount, "gap")): \(Quantity.bytes(summary.missingBytes)) were not captured")
    }
    if summary.anomalyCount > 0 { line("\(Quantity.of(summary.anomalyCount, "anomaly").anomalies): see the report") }
    line("case: \(casePath)")
  }

  private func printReconciliation(_ found: LogReconciler.Summary) {
    line(
      "\(Quantity.of(found.logCount, "server log")): \(Quantity.count(found.matchedCount)) of "
        + "\(Quantity.of(found.recordCount, "record")) are in the captures too")
    if found.unseenCount > 0 {
      line(
        "\(Quantity.of(found.unseenCount, "action")) that only servers tell, \(Quantity.of(found.unseenChangeCount, "change"))"
          + ": exhibit reconcile --case \(casePath)")
    }
    if found.untoldCount > 0 {
      line("\(Quantity.of(found.untoldCount, "action")) of the captures that a server's log should tell and does not")
    }
  }

  private func printAttribution(_ found: Attributor.Summary) {
    let ambiguous = found.ambiguousCount == 0 ? "" : ", \(Quantity.count(found.ambiguousCount)) of them ambiguous"
    line(
      "\(Quantity.count(found.attributedCount)) of \(Quantity.of(found.actionCount, "action")) of the case go back to prompts\(ambiguous)"
    )
    if found.unwitnessedCount > 0 {
      line("\(Quantity.of(found.unwitnessedCount, "tool call")) whose effect the captures do not show")
    }
    if found.conflictCount > 0 {
      line("\(Quantity.of(found.conflictCount, "id")) on the wire that what they name contradicts: see the report")
    }
    if found.mismatchedCount > 0 {
      line("\(Quantity.of(found.mismatchedCount, "tool call")) that did something else than they said")
    }
  }

  /// How many values were masked of each class, and by which rule.
  private func printMasked() {
    guard !summary.masked.isEmpty else { return }
    let parts = summary.masked.counts.sorted { $0.key < $1.key }.map { key, count in
      "\(key.dataClass) \(Quantity.count(count)) (\(key.rule): \(key.action))"
    }
    line("\(Quantity.of(summary.masked.total, "value")) masked: \(parts.joined(separator: ", "))")
    if summary.masked.failureCount > 0 {
      line("\(Quantity.count(summary.masked.failureCount)) of them could not be looked into and were redacted whole")
    }
  }

  private func printCaptures(_ read: [CaptureSource]) {
    let packets = read.reduce(UInt64(0)) { $0 + $1.packetCount }
    let bytes = read.reduce(UInt64(0)) { $0 + $1.byteCount }
    line(
      "\(Quantity.of(read.count, "capture")), \(Quantity.bytes(bytes)), \(Quantity.of(Int(clamping: packets), "packet"))"
    )
    line(
      "\(Quantity.of(summary.sessionCount, "session")), \(Quantity.of(summary.actionCount, "action")), "
        + "\(Quantity.of(summary.changeCount, "change"))")
    if summary.encryptedCount > 0 {
      let opened = summary.decryptedCount == 0 ? "none" : Quantity.count(summary.decryptedCount)
      line("\(Quantity.of(summary.encryptedCount, "session")) encrypted, \(opened) opened with keys")
    }
  }

  private func line(_ text: String) { StandardOutput.write(text + "\n") }
}

extension String {
  fileprivate var anomalies: String { replacing("anomalys", with: "anomalies") }
}
