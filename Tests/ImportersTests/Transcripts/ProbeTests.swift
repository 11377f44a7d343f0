import Foundation
import Model
import TestKit
import Testing

@Suite struct ProbeTests {
  @Test func probe() throws {
    let root = try SharedCorpus.corpus().appending(path: "transcripts")
    for f in ["claude-code", "codex-rollout", "gemini-cli", "copilot-events"] {
      guard let e = FileManager.default.enumerator(atPath: root.appending(path: f).path) else { continue }
      for case let name as String in e where name.hasSuffix("l") || name.hasSuffix("n") {
        let r = try TranscriptReading(corpus: "\(f)/\(name)")
        let kinds = Dictionary(grouping: r.prompts, by: \.kind.rawValue).mapValues(\.count).sorted { $0.key < $1.key }
        let st = Dictionary(grouping: r.calls, by: \.status.rawValue).mapValues(\.count).sorted { $0.key < $1.key }
        let an = Dictionary(grouping: r.anomalies, by: \.self).mapValues(\.count)
        print(
          "PROBE \(name) \(r.format ?? "-") conv \(r.conversations.map { ($0.link?.rawValue ?? "root") }) prompts \(kinds) calls \(r.calls.count) \(st) completions \(r.completions.count) \(an)"
        )
        if ProcessInfo.processInfo.environment["VERBOSE"] == name {
          for e in r.events { print("EV", String(describing: e).prefix(900)) }
        }
      }
    }
  }
}
