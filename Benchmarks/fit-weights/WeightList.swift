import Foundation
import Sessions

/// The weights that are fitted, each by its name in `EvidenceWeights`.
struct WeightList {
  typealias Path = any WritableKeyPath<EvidenceWeights, Double> & Sendable

  /// Thresholds are chosen by hand from the table that is printed; the cap is a promise, not a finding.
  static let chosen = ["idCap", "claimed", "certain", "containment", "tellsAll"]

  static let all: [(name: String, path: Path)] = [
    ("callID", \.callID), ("turnID", \.turnID), ("conversationID", \.conversationID), ("otherID", \.otherID),
    ("exactText", \.exactText), ("pattern", \.pattern), ("fingerprint", \.fingerprint), ("writtenText", \.writtenText),
    ("connection", \.connection), ("others", \.others), ("housekeeping", \.housekeeping), ("body", \.body),
    ("otherBody", \.otherBody), ("value", \.value), ("valuesCap", \.valuesCap), ("otherValues", \.otherValues),
    ("echo", \.echo), ("host", \.host), ("user", \.user), ("database", \.database), ("program", \.program),
    ("tells", \.tells), ("home", \.home), ("elsewhere", \.elsewhere), ("contradiction", \.contradiction),
    ("justOutside", \.justOutside), ("outside", \.outside), ("turn", \.turn), ("taken", \.taken), ("untold", \.untold),
    ("next", \.next), ("back", \.back), ("leave", \.leave), ("late", \.late), ("opensNone", \.opensNone),
    ("nobody", \.nobody),
  ]

  /// Rates: they stay above zero and change by factors.
  static let rates: Set<String> = ["others", "housekeeping"]

  /// Weights that `EvidenceWeights` has and neither list names, or the other way round.
  static var strangers: [String] {
    let declared = Set(Mirror(reflecting: EvidenceWeights()).children.compactMap(\.label))
    return declared.symmetricDifference(all.map(\.name) + chosen).sorted()
  }

  /// The source of `EvidenceWeights`, or the page that tells them, with other numbers.
  static func rewritten(_ text: String, _ weights: EvidenceWeights) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (name, path) in all {
      let number = Self.text(weights[keyPath: path])
      if let place = lines.firstIndex(where: { $0.hasPrefix("  public var \(name) = ") }) {
        lines[place] = "  public var \(name) = \(number)"
      } else if let place = lines.firstIndex(where: { $0.hasPrefix("| `\(name)` | ") }) {
        var cells = lines[place].split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        if cells.count > 2 { cells[2] = " \(number.replacing("-", with: "−")) " }
        lines[place] = cells.joined(separator: "|")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Two digits behind the point, three below 1: the weights are not known better.
  static func text(_ weight: Double) -> String {
    var text = String(format: abs(weight) < 1 ? "%.3f" : "%.2f", weight)
    while text.hasSuffix("0"), !text.hasSuffix(".0") { text.removeLast() }
    return text
  }
}
