import Captures
import Model
import Pipeline
import Replay

/// What an ingest says when it is done.
struct IngestReport {
  let summary: IngestSummary
  let casePath: String
  /// Keys were given, which open nothing in captures that are passed over.
  let hasKeys: Bool

  func print() {
    let read = summary.sources.filter { !$0.isSkipped && $0.packetCount > 0 }
    let keys = summary.sources.count { $0.kind == "keys" }
    let skipped = summary.sources.filter(\.isSkipped)
    for source in summary.sources where !source.isSkipped {
      guard let note = source.note else { continue }
      line("\(TerminalText.oneLine(source.path)): \(TerminalText.oneLine(note))")
    }
    if !skipped.isEmpty { line("\(Quantity.of(skipped.count, "source")) passed over: the case has them already") }
    if !skipped.isEmpty, hasKeys { line("keys open only captures that are new: read those again into a new case") }
    guard !read.isEmpty else { return line("nothing new: \(casePath) is as it was") }
    let packets = read.reduce(UInt64(0)) { $0 + $1.packetCount }
    let bytes = read.reduce(UInt64(0)) { $0 + $1.byteCount }
    line(
      "\(Quantity.of(read.count, "capture")), \(Quantity.bytes(bytes)), \(Quantity.of(Int(clamping: packets), "packet"))"
    )
    if keys > 0 { line("\(Quantity.of(keys, "file")) of keys") }
    line(
      "\(Quantity.of(summary.sessionCount, "session")), \(Quantity.of(summary.actionCount, "action")), "
        + "\(Quantity.of(summary.changeCount, "change"))")
    if summary.encryptedCount > 0 {
      let opened = summary.decryptedCount == 0 ? "none" : Quantity.count(summary.decryptedCount)
      line("\(Quantity.of(summary.encryptedCount, "session")) encrypted, \(opened) opened with keys")
    }
    if summary.promptCount > 0 { line("\(Quantity.of(summary.promptCount, "prompt")) to language models") }
    if summary.gapCount > 0 {
      line("\(Quantity.of(summary.gapCount, "gap")): \(Quantity.bytes(summary.missingBytes)) were not captured")
    }
    if summary.anomalyCount > 0 { line("\(Quantity.of(summary.anomalyCount, "anomaly").anomalies): see the report") }
    line("case: \(casePath)")
  }

  private func line(_ text: String) { StandardOutput.write(text + "\n") }
}

extension String {
  fileprivate var anomalies: String { replacing("anomalys", with: "anomalies") }
}
