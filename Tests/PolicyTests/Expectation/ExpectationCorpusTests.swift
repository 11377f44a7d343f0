import Foundation
import Model
import TestKit
import Testing

@testable import Policy

/// Calls that agents really made.
@Suite(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
struct ExpectationCorpusTests {
  /// Every call with arguments that the transcripts hold, file by file, in order: the tool and its arguments.
  static func calls() throws -> [(file: String, calls: [(tool: String, arguments: String)])] {
    guard let root = Corpus.root?.appending(path: "transcripts") else { return [] }
    let files =
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    return try files.sorted { $0.path < $1.path }.compactMap { file in
      guard ["jsonl", "json", "traj"].contains(file.pathExtension) else { return nil }
      let data = try Data(contentsOf: file)
      var found: [(String, String)] = []
      if let whole = try? JSONSerialization.jsonObject(with: data) {
        collect(whole, &found)
      } else {
        for line in data.split(separator: 0x0A) {
          if let entry = try? JSONSerialization.jsonObject(with: line) { collect(entry, &found) }
        }
      }
      return (file.lastPathComponent, found)
    }
  }

  private static func collect(_ value: Any, _ found: inout [(String, String)]) {
    if let list = value as? [Any] {
      for element in list { collect(element, &found) }
    } else if let object = value as? [String: Any] {
      let name = ["name", "toolName", "tool", "tool_name"].lazy.compactMap { object[$0] as? String }.first
      if let name {
        for key in ["input", "arguments", "args", "state", "parameters"] {
          guard let arguments = object[key] else { continue }
          if let text = arguments as? String {
            found.append((name, text))
          } else if let data = try? JSONSerialization.data(withJSONObject: arguments, options: [.sortedKeys]) {
            found.append((name, String(decoding: data, as: UTF8.self)))
          }
          break
        }
      }
      for step in object["trajectory"] as? [[String: Any]] ?? [] {
        if let line = step["action"] as? String, !line.isEmpty { found.append(("bash", line)) }
      }
      for key in object.keys.sorted() { object[key].map { collect($0, &found) } }
    }
  }

  private struct Count {
    var named = 0
    var found = 0
    var missed: [String] = []
  }

  @Test func `commands that name a client have an effect of its kind`() throws {
    var counts: [String: Count] = [:]
    var effectCount = 0
    var callCount = 0
    // A program at the beginning of a command, as far as a pattern tells.
    let start = #"(?:^|[;&|(]\s*|\bsudo\s+|\bthen\s+|\bdo\s+|\$\()"#
    let kinds: [(String, Regex<Substring>, Set<ExpectedEffect.Kind>)] = [
      ("psql", try Regex(start + #"psql\b"#), [.sql, .connection]),
      ("curl", try Regex(start + #"curl\s+(?!--version|--help)"#), [.http, .connection]),
      ("ssh", try Regex(start + #"ssh\s"#), [.command, .connection]),
      ("git push", try Regex(start + #"git push\b"#), [.repository]),
      ("git fetch", try Regex(start + #"git (?:fetch|pull|clone)\b"#), [.repository]),
      ("gh", try Regex(start + #"gh (?:api|pr|issue|repo|run|search|release) "#), [.http]),
    ]
    for (_, calls) in try Self.calls() {
      var expander = EffectExpander()
      for (tool, arguments) in calls {
        callCount += 1
        let effects = expander.expand(Calls.make(tool, text: arguments))
        effectCount += effects.count
        for effect in effects where effect.kind != .connection {
          let isKnown = !effect.pieces.contains(.anything)
          #expect(!isKnown || effect.matches(effect.text) == .exact)
        }
        let line = ToolArguments(Calls.make(tool, text: arguments)).purpose
        guard case .shell(let command) = line else { continue }
        for (name, pattern, wanted) in kinds where (try? pattern.firstMatch(in: command)) != nil {
          counts[name, default: Count()].named += 1
          if effects.contains(where: { wanted.contains($0.kind) }) {
            counts[name, default: Count()].found += 1
          } else {
            counts[name, default: Count()].missed.append(String(command.prefix(1500)))
          }
        }
      }
    }
    print("expected effects: \(callCount) calls, \(effectCount) effects")
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
      print("  \(name): \(count.found) of \(count.named) commands that name it")
      for missed in count.missed { print("    missed: \(missed.replacing("\n", with: "⏎"))") }
    }
    #expect(callCount > 1_000)
    // Those of `git fetch` that are missed stand in quotes: they are no commands.
    for (name, count) in counts { #expect(count.found * 100 >= count.named * 88, "\(name)") }
  }

  @Test func `every command line expands, and twice to the same`() throws {
    for line in try ShellCorpusTests.commandLines() {
      #expect(Calls.bash(line) == Calls.bash(line))
    }
  }
}
