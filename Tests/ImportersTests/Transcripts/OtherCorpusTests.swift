import Foundation
import Model
import TestKit
import Testing

@testable import Importers

/// The corpus' transcripts of the agents other than Claude Code, Codex, Gemini and Copilot.
@Suite struct OtherCorpusTests {
  struct Expectation: CustomTestStringConvertible, Sendable {
    var path: String
    var format: String
    var prompts: Int
    var calls: Int
    var testDescription: String { path }

    init(_ path: String, _ format: String, _ prompts: Int, _ calls: Int) {
      (self.path, self.format, self.prompts, self.calls) = (path, format, prompts, calls)
    }
  }

  static let all = [
    Expectation("agent-trace/lazyusage-traces.jsonl", "agent-trace", 0, 35),
    // The index counts the one `/run`; four `/test` and two `!` run programs as well.
    Expectation("aider/aider-chat-history-head.md", "aider", 344, 7),
    Expectation("amp/T-019ca1ce-3ae2-7686-a41e-ccc078837f8a.json", "amp", 1, 4),
    Expectation("atif/nat-exmp01_atif.json", "atif", 1, 0),
    Expectation("atif/nat-exmp02_atif.json", "atif", 1, 1),
    Expectation("cline/success.messages.json", "cline", 1, 1),
    Expectation("continue-cli/continue-cli-session-simple.json", "continue", 1, 2),
    Expectation("cursor/cursor-session-simple.jsonl", "cursor", 1, 10),
    Expectation("droid/droid-session.jsonl", "droid", 1, 5),
    Expectation("opencode/nimbus-1.2.21.json", "opencode", 1, 26),
    Expectation("opencode/nimbus-small.json", "opencode", 1, 4),
    Expectation("opencode/opencode.db", "opencode-db", 1, 1),
    Expectation("otel/copilot-traces.db", "otel-db", 2, 5),
    // Two runs of an evaluation, each begun with instructions of its own, of which the index counts one.
    Expectation("openhands/resolver-output.jsonl", "openhands", 2, 24),
    Expectation("otel/otlp-logs.json", "otlp", 0, 0),
    Expectation("otel/otlp-trace.json", "otlp", 0, 0),
    Expectation("pi/pi-large-session.jsonl", "pi", 88, 391),
    Expectation("swe-agent/ctf-forensics-flash.traj", "swe-agent", 1, 4),
    Expectation("swe-agent/ctf-networking_1.traj", "swe-agent", 1, 4),
    Expectation("swe-agent/ctf-web-i_got_id.traj", "swe-agent", 1, 21),
    Expectation("swe-agent/function_calling_simple.traj", "swe-agent", 1, 5),
    Expectation("swe-agent/marshmallow-1867-fc-replace-src.traj", "swe-agent", 1, 13),
    Expectation("windsurf/windsurf-session-simple.jsonl", "windsurf", 4, 18),
  ]

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"), arguments: all)
  func `a transcript has the prompts and calls that the index counts`(_ expected: Expectation) throws {
    let run = try #require(TranscriptRun(corpus: expected.path))
    #expect(run.format == expected.format)
    #expect(run.asked.count == expected.prompts)
    #expect(run.calls.count == expected.calls)
    #expect(run.isOrderly)
    // What is only in another file of the database is not here.
    let anomalies = run.anomalies.filter { $0.code != "transcript-wal" }
    #expect(anomalies.isEmpty, "\(anomalies)")
    let again = TranscriptRun(corpus: expected.path)
    #expect(again?.events == run.events)
  }

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
  func `what is no transcript is not taken for one`() throws {
    for path in [
      "aider/aider-analytics-sample-head.jsonl", "entire-checkpoint/510c10bf7b7a-0-metadata.json",
      "entire-checkpoint/9c53780d06b7-0-context.md", "entire-checkpoint/510c10bf7b7a-0-prompt.txt",
      "wire-sse/cline-http-headless-json.json", "wire-sse/anthropic-basic_response.txt",
      "wire-sse/gemini-agent-resume.responses.jsonl",
    ] {
      let run = try #require(TranscriptRun(corpus: path))
      #expect(run.format == nil, "\(path) is taken for \(run.format ?? "")")
    }
  }

  @Test(.enabled(if: Corpus.isPresent, "the shared corpus is not here"))
  func `a file of the corpus is of one format at most`() throws {
    let root = try #require(Corpus.root).appending(path: "transcripts")
    let found = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: [.isRegularFileKey]))
    for case let url as URL in found {
      guard try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
      let bytes = Array(try Data(contentsOf: url).prefix(TranscriptHead.byteCount))
      let head = TranscriptHead(bytes: bytes, isWhole: bytes.count < TranscriptHead.byteCount, path: url.path)
      let formats = TranscriptReader.formats(of: head)
      #expect(formats.count <= 1, "\(url.lastPathComponent): \(formats)")
    }
  }
}
