import Foundation
import Pipeline

/// A line on standard error that shows how far an ingest is; silent when that is no terminal, and for the first second.
final class ProgressLine {
  private let isOn: Bool
  private let started = ContinuousClock.now
  private var lastShown = ContinuousClock.now
  private var isShown = false

  init(quiet: Bool) { isOn = !quiet && StandardError.isTerminal }

  func show(_ progress: IngestProgress) {
    guard isOn, ContinuousClock.now - started > .seconds(1), ContinuousClock.now - lastShown > .milliseconds(100) else {
      return
    }
    lastShown = .now
    isShown = true
    var text = "\r\u{1b}[K\(Quantity.bytes(progress.bytesRead)) read, \(Quantity.count(Int(progress.packets))) packets"
    if let total = progress.totalBytes, total > 0 {
      let share = min(1, Double(progress.bytesRead) / Double(total))
      let filled = Int(share * 30)
      text += "  [" + String(repeating: "=", count: filled) + String(repeating: " ", count: 30 - filled) + "] "
      text += "\(Int(share * 100))%"
    }
    StandardError.text(text)
  }

  func clear() {
    if isShown { StandardError.text("\r\u{1b}[K") }
    isShown = false
  }
}
