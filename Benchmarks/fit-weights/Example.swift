import Foundation
import Model
import Pipeline
import Sessions
import Store

/// A case with its truth, read once and decided many times.
struct Example: Sendable {
  let name: String
  let calls: [CallEvidence]
  let sessions: [(number: Int64, session: WireSession, actions: [WireAction])]
  /// The prompts that are right for an action, by their rows; none for what no agent did.
  let truth: [Int64: Set<Int64>]

  private struct Line: Decodable {
    var action: String
    var prompts: [String]
  }

  /// `truth` is what `evaluate.py --truth` wrote of the case.
  init(case path: String, truth: String) throws {
    name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    let lines = try String(contentsOfFile: truth, encoding: .utf8).split(separator: "\n")
    let told = try lines.map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
    var read: (calls: [CallEvidence], sessions: [(Int64, WireSession, [WireAction])], truth: [Int64: Set<Int64>])?
    try CaseFile(path, .write).ingest { _ in
    } conclude: { store in
      let evidence = try AttributionEvidence(store)
      var sessions: [(Int64, WireSession, [WireAction])] = []
      try evidence.forEachSession(store) { sessions.append(($0, $1, $2)) }
      let rows = Dictionary(try store.prompts().map { ($0.id, $0.number) }) { first, _ in first }
      var numbers: [String: Int64] = [:]
      try store.forEachSession { number, session, _ in numbers[session.id] = number }
      var truth: [Int64: Set<Int64>] = [:]
      for line in told {
        guard let dot = line.action.lastIndex(of: "."), let place = Int64(line.action[dot...].dropFirst()),
          let session = numbers[String(line.action[..<dot])]
        else { continue }
        truth[session << 32 | place] = Set(line.prompts.compactMap { rows[$0] })
      }
      read = (evidence.calls, sessions, truth)
    }
    (calls, sessions, self.truth) = read ?? ([], [], [:])
  }

  /// What is said of each action: prompts with their confidence.
  func answers(_ weights: EvidenceWeights) throws -> [Int64: [Attribution]] {
    let found = try Attributor.decide(calls, weights: weights) { wanted, body in
      for (number, session, actions) in sessions where wanted?.contains(number) ?? true {
        try body(number, session, actions)
      }
    }
    return Dictionary(grouping: found.attributions, by: \.action)
  }
}
