import Bytes
import Evidence
import Model
import Replay

/// What `verify` says of an evidence log.
enum LogVerificationText {
  private static let findingLimit = 50

  static func text(_ folder: String, _ found: LogVerification) -> String {
    var lines = ["\(folder): \(found.verdict)"]
    func add(_ name: String, _ value: String) {
      lines.append("  \(name)\(String(repeating: " ", count: max(1, 12 - name.count)))\(value)")
    }
    if !found.reason.isEmpty { add("because", found.reason) }
    add("log", found.origin)
    if let checkpoint = found.checkpoint?.checkpoint {
      add("signed", "\(Quantity.count(Int(clamping: checkpoint.size))) records, root \(checkpoint.root.hex)")
    }
    add("proven", "\(Quantity.count(Int(clamping: found.provenCount))) records")
    if let first = found.firstTime, let last = found.lastTime {
      add(
        "period",
        "\(first.formatted(fractionDigits: 3)) to \(last.formatted(fractionDigits: 3)), \(Quantity.of(found.runCount, "run"))"
      )
    }
    if let count = found.segmentCount {
      add(
        "recording",
        "\(Quantity.of(count, "segment")), \(Quantity.of(Int(clamping: found.extentCount), "extent")), "
          + Quantity.bytes(found.byteCount))
    } else {
      add("recording", "not looked at")
    }
    add("checkpoints", "\(Quantity.count(Int(clamping: found.historyCount))) in its list")
    add("anchored", anchored(found))
    for anchor in found.anchors { add("anchor", text(anchor)) }
    for note in found.anchorNotes { add("anchor", note) }
    for finding in found.findings.prefix(findingLimit) {
      add("finding", "\(finding.kind.rawValue) at record \(finding.leaf): \(finding.detail)")
    }
    let more = found.findingCount - min(found.findings.count, findingLimit)
    if more > 0 { add("finding", "\(Quantity.count(more)) more") }
    return lines.map(TerminalText.oneLine).joined(separator: "\n") + "\n"
  }

  /// Up to where somebody else than the holder of the key knows the log.
  private static func anchored(_ found: LogVerification) -> String {
    guard let last = found.anchors.last else {
      return "nowhere: who holds the key could have written all of it today"
    }
    let latest = found.anchors.filter { $0.size == last.size }.compactMap(\.time).min()
    let time = latest.map { ", at \($0.formatted(fractionDigits: 0)) or before" } ?? ""
    return "the first \(Quantity.count(Int(clamping: last.size))) records\(time)"
  }

  private static func text(_ anchor: LogVerification.Anchor) -> String {
    let time = anchor.time.map { ", \($0.formatted(fractionDigits: 0))" } ?? ""
    return "\(anchor.kind) \(anchor.name): \(Quantity.count(Int(clamping: anchor.size))) records\(time)"
  }
}
