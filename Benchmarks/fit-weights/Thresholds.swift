import Foundation
import Model
import Sessions

/// How often an answer is given and right, for each pair of thresholds: what `claimed` and `certain` are chosen from.
struct Thresholds {
  let examples: [Example]

  fileprivate struct Count {
    var answers = 0
    var right = 0
    var agents = 0
    var answered = 0
    var others = 0
    var wrongly = 0
  }

  /// A Markdown table.
  func table(_ weights: EvidenceWeights) throws -> String {
    var weights = weights
    (weights.tellsAll, weights.containment) = (true, 0.9999)
    let asked = try examples.map { ($0, try $0.answers(weights)) }
    var lines = ["| claimed | certain | precision | coverage | false |", "|---:|---:|---:|---:|---:|"]
    for claimed in [0.5, 0.7, 0.8, 0.9, 0.95] {
      for certain in [0.8, 0.9, 0.92, 0.95, 0.97, 0.99] {
        var count = Count()
        for (example, answers) in asked {
          for (action, right) in example.truth { count.add(right, answers[action] ?? [], claimed, certain) }
        }
        lines.append("| \(claimed) | \(certain) | \(count.shares) |")
      }
    }
    return lines.joined(separator: "\n")
  }
}

extension Thresholds.Count {
  fileprivate mutating func add(_ right: Set<Int64>, _ rows: [Attribution], _ claimed: Double, _ certain: Double) {
    var byPrompt: [Int64?: Double] = [:]
    for row in rows { byPrompt[row.prompt, default: 0] += row.confidence }
    let best = byPrompt.max { ($0.value, $1.key ?? 0) < ($1.value, $0.key ?? 0) }
    let isAnswer = byPrompt.values.reduce(0, +) >= claimed && (best?.value ?? 0) >= certain
    let isRight = isAnswer && best?.key.map(right.contains) == true
    answers += isAnswer ? 1 : 0
    self.right += isRight ? 1 : 0
    if right.isEmpty {
      others += 1
      wrongly += isAnswer ? 1 : 0
    } else {
      agents += 1
      answered += isAnswer ? 1 : 0
    }
  }

  fileprivate var shares: String {
    [(right, answers), (answered, agents), (wrongly, others)]
      .map { String(format: "%.4f", Double($0) / Double(max(1, $1))) }.joined(separator: " | ")
  }
}
