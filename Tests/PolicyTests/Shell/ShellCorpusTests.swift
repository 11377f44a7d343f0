import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Policy

/// Command lines that agents really ran.
@Suite(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
struct ShellCorpusTests {
  /// Tools whose input is a command line, as the agents name them.
  static let tools: Set<String> = [
    "bash", "shell", "exec_command", "run_shell_command", "execute", "shell_command", "run_command", "execute_bash",
    "terminal", "local_shell_call", "cmdrunaction", "run_terminal_command", "runcommand", "run_terminal_cmd",
    "execute_command",
  ]

  /// All that transcripts hold, without repetitions, in order.
  static func commandLines() throws -> [String] {
    guard let root = Corpus.root?.appending(path: "transcripts") else { return [] }
    var lines: [String] = []
    let files =
      FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    for file in files.sorted(by: { $0.path < $1.path }) where ["jsonl", "json", "traj"].contains(file.pathExtension) {
      let data = try Data(contentsOf: file)
      if let whole = try? JSONSerialization.jsonObject(with: data) {
        collect(whole, &lines)
      } else {
        for line in data.split(separator: 0x0A) {
          if let entry = try? JSONSerialization.jsonObject(with: line) { collect(entry, &lines) }
        }
      }
    }
    var seen: Set<String> = []
    return lines.filter { seen.insert($0).inserted }
  }

  private static func collect(_ value: Any, _ lines: inout [String]) {
    if let list = value as? [Any] {
      for element in list { collect(element, &lines) }
    } else if let object = value as? [String: Any] {
      let name = ["name", "toolName", "tool", "tool_name"].lazy.compactMap { object[$0] as? String }.first
      if let name, tools.contains(name.lowercased()) {
        for key in ["input", "arguments", "args", "state", "parameters"] {
          if let line = commandLine(object[key]) { lines.append(line) }
        }
      }
      if object["action"] as? String == "run", let line = commandLine(object["args"]) { lines.append(line) }
      for step in object["trajectory"] as? [[String: Any]] ?? [] {
        if let line = step["action"] as? String, !line.isEmpty { lines.append(line) }
      }
      for key in object.keys.sorted() { object[key].map { collect($0, &lines) } }
    }
  }

  private static func commandLine(_ input: Any?) -> String? {
    var input = input
    if let text = input as? String { input = try? JSONSerialization.jsonObject(with: Data(text.utf8)) }
    guard var fields = input as? [String: Any] else { return nil }
    if let inner = fields["input"] as? [String: Any] { fields = inner }
    for key in ["command", "cmd", "commandLine", "CommandLine"] {
      if let text = fields[key] as? String, text.contains(where: { !$0.isWhitespace }) { return text }
      // `["bash", "-lc", line]`
      if let words = fields[key] as? [String], words.count == 3, words[1] == "-lc" || words[1] == "-c" {
        return words[2]
      }
    }
    return nil
  }

  @Test func `nearly all command lines of agents parse, and few effects are unknown`() throws {
    let classifier = ShellClassifier(secrets: SecretHasher(key: [5]))
    let lines = try Self.commandLines()
    try #require(lines.count > 600)
    var unread: [String] = []
    var unknown: [String] = []
    var counts: [Effect: Int] = [:]
    var programs = 0
    var strange = 0
    for line in lines {
      let reading = classifier.classify(line)
      counts[reading.classification.effect, default: 0] += 1
      if let error = reading.syntaxError { unread.append("\(error): \(line.prefix(120))") }
      if reading.classification.effect == .unknown {
        unknown.append("\(reading.classification.note ?? ""): \(line.prefix(120))")
      }
      programs += reading.parts.count
      strange += reading.parts.count { $0.classification.note?.contains("is not a program that is known") == true }
    }
    let figures = "\(lines.count) lines, \(programs) commands, \(strange) of unknown programs, \(counts)"
    #expect(
      unread.count * 100 <= lines.count, "\(figures)\n\(unread.count) not read:\n\(unread.joined(separator: "\n"))")
    #expect(
      unknown.count * 50 <= lines.count, "\(figures)\n\(unknown.count) unknown:\n\(unknown.joined(separator: "\n"))")
    // Half of these are `workmux` and `entire`, which the agents were building.
    #expect(strange * 16 <= programs, "\(figures)")
    // What is read is mostly told apart from what changes something.
    #expect(counts[.read, default: 0] > lines.count / 4, "\(figures)")
  }

  @Test func `what no table knows is never a read`() throws {
    let classifier = ShellClassifier(secrets: SecretHasher(key: [5]))
    for line in try Self.commandLines() {
      let reading = classifier.classify(line)
      for part in reading.parts where part.classification.note?.contains("is not a program that is known") == true {
        #expect(part.classification.effect.isChange && reading.classification.effect.isChange, "\(line)")
      }
    }
  }
}
