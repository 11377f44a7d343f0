import Foundation
import Model
import TestKit
import Testing

@testable import Importers

/// What each format's sample tells, and what is left of it when it is cut or damaged.
@Suite struct OtherTranscriptTests {
  private func run(_ text: String, _ path: String = "x.json") -> TranscriptRun { TranscriptRun(text, path: path) }

  @Test(arguments: OtherTranscriptSamples.all.indices)
  func `a sample is of its format alone and has its prompts and calls`(_ index: Int) {
    let sample = OtherTranscriptSamples.all[index]
    let run = TranscriptRun(sample.text, path: sample.path)
    #expect(run.format == sample.format)
    #expect(run.asked.count == sample.prompts, "\(sample.path): \(run.asked.map(\.text))")
    #expect(run.calls.count == sample.calls, "\(sample.path): \(run.calls.map(\.command))")
    #expect(run.anomalies.isEmpty, "\(sample.path): \(run.anomalies)")
    #expect(run.isOrderly)
    let head = TranscriptHead(bytes: Array(sample.text.utf8), isWhole: true, path: sample.path)
    #expect(TranscriptReader.formats(of: head) == [sample.format])
  }

  @Test func `samples of the other importers are of their format alone`() {
    for sample in TranscriptSamples.all {
      let bytes = Array(sample.text.utf8)
      let head = TranscriptHead(
        bytes: Array(bytes.prefix(TranscriptHead.byteCount)), isWhole: bytes.count <= TranscriptHead.byteCount,
        path: "session.jsonl")
      #expect(TranscriptReader.formats(of: head) == [sample.format])
    }
  }

  @Test func `files of one opencode session are of one conversation`() {
    let session = run(OtherTranscriptSamples.openCodeSession)
    let message = run(OtherTranscriptSamples.openCodeMessage)
    let part = run(OtherTranscriptSamples.openCodePart)
    let export = run(OtherTranscriptSamples.openCode)
    let ids = Set([session, message, part, export].flatMap { $0.conversations.map(\.id) })
    #expect(ids.count == 1)
    #expect(session.conversations.first?.parentID == Conversation.identifier(["opencode", "ses_0"]))
    #expect(session.conversations.first?.link == .subagent)
    #expect(message.answers.map(\.error) == ["ProviderError: overloaded"])
    #expect(part.calls.map(\.nativeID) == ["c9"])
  }

  @Test(arguments: OtherTranscriptSamples.all.indices)
  func `what is told does not depend on the cuts`(_ index: Int) {
    let sample = OtherTranscriptSamples.all[index]
    let bytes = Array(sample.text.utf8)
    let whole = TranscriptRun(bytes, path: sample.path)
    #expect(TranscriptRun(bytes, path: sample.path, cuts: Array(0..<bytes.count)).events == whole.events)
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let cuts = (0..<5).map { _ in Int.random(in: 0...bytes.count, using: &generator) }
      #expect(TranscriptRun(bytes, path: sample.path, cuts: cuts).events == whole.events, "seed \(seed)")
    }
  }

  @Test(arguments: OtherTranscriptSamples.all.indices)
  func `a damaged byte costs one record at most`(_ index: Int) {
    let sample = OtherTranscriptSamples.all[index]
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    let bytes = Array(sample.text.utf8)
    for _ in 0..<60 {
      var damaged = bytes
      damaged[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      let run = TranscriptRun(damaged, path: sample.path)
      #expect(run.isOrderly, "\(sample.path) seed \(seed)")
      let cut = TranscriptRun(
        Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator))), path: sample.path)
      #expect(cut.isOrderly, "\(sample.path) seed \(seed)")
    }
  }

  @Test func `a broken record in the middle of a document costs no other`() {
    let messages = (0..<200).map { number in
      #"{"id":"u\#(number)","role":"user","content":[{"type":"text","text":"prompt \#(number)"}]}"#
    }
    let start = #"{"version":1,"updated_at":"2026-11-20T02:20:00Z","agent":"lead","sessionId":"s","messages":["#
    let text = start + messages.joined(separator: ",") + "]}"
    let place = Array(text.utf8).firstIndex(of: "prompt 100") ?? 0
    for damage in [#"""#, "}", "{", "]", "\\"] {
      var bytes = Array(text.utf8)
      bytes[place] = Array(damage.utf8)[0]
      let run = TranscriptRun(bytes, path: "s.json")
      #expect(run.prompts.count >= 199, "\(damage): \(run.prompts.count)")
      #expect(run.prompts.last?.text == "prompt 199", "\(damage)")
    }
    var pretty = Array((start + "\n  " + messages.joined(separator: ",\n  ") + "\n]}").utf8)
    pretty[pretty.firstIndex(of: "u100") ?? 0] = UInt8(ascii: "\"")
    let run = TranscriptRun(pretty, path: "s.json")
    #expect(run.prompts.count == 199)
    #expect(run.anomalies.map(\.code) == ["transcript-record"])
  }

  @Test func `a cut document keeps its head and says so`() {
    let run = run(String(OtherTranscriptSamples.openCode.prefix(900)))
    #expect(run.asked.map(\.text) == ["Fix the totals"])
    #expect(run.anomalies.map(\.code).contains("transcript-cut"))
  }

  @Test func `Cline's calls have the times of the model's messages`() {
    let run = run(OtherTranscriptSamples.cline)
    #expect(run.calls.map(\.command) == ["psql -c 'SELECT 1'", "psql -c 'SELECT 2'"])
    #expect(run.calls.first?.at?.description == "2026-11-20T02:14:03.000000000Z")
    #expect(run.calls.first?.endedAt?.description == "2026-11-20T02:14:10.000000000Z")
    #expect(run.calls.map(\.status) == [.succeeded, .pending])
    #expect(run.prompts.map(\.kind) == [.human, .queued])
    #expect(run.prompts.first?.at == nil)
    #expect(run.prompts.first?.seenAt.description == "2026-11-20T02:14:03.000000000Z")
    #expect(run.calls.last?.promptID == run.prompts.last?.id)
  }

  @Test func `a call in tags has its command, and a refusal is a failure`() {
    let run = run(OtherTranscriptSamples.clineTask, "tasks/1700/api_conversation_history.json")
    #expect(run.conversations.first?.nativeID == "1700")
    #expect(run.conversations.first?.clock == Conversation.Clock.none)
    #expect(run.asked.map(\.text) == ["List the files", "no, never drop"])
    #expect(run.calls.map(\.tool) == ["execute_command", "write_to_file"])
    #expect(run.calls.first?.command == "ls -la")
    #expect(run.calls.last?.arguments == #"{"path":"a.sql","content":"\nDROP TABLE a;\n"}"#)
    #expect(run.calls.map(\.status) == [.succeeded, .failed])
  }

  @Test func `scrubbed ids of opencode are none`() {
    let run = run(OtherTranscriptSamples.openCode)
    #expect(run.calls.map(\.nativeID) == [nil, nil, "c3"])
    #expect(run.calls.map(\.status) == [.succeeded, .failed, .pending])
    #expect(run.calls.first?.exitCode == 0)
    #expect(run.calls.map(\.workingDirectory) == ["/srv/shop", "/srv/shop", "/tmp"])
    #expect(run.answers.first?.text == "Done.")
  }

  @Test func `a log of Claude Code is told in the order of time, each call once`() {
    let run = run(OtherTranscriptSamples.claudeLogs)
    #expect(run.conversations.map(\.nativeID) == ["c-1"])
    #expect(run.conversations.first?.agentVersion == "2.1.214")
    #expect(run.prompts.map(\.text) == ["Clean table a", ""])
    #expect(run.prompts.map(\.nativeID) == ["p-1", "p-2"])
    #expect(run.calls.map(\.nativeID) == ["toolu_1", "toolu_2"])
    #expect(run.calls.first?.command == "psql -c 'DELETE FROM a'")
    #expect(run.calls.first?.turnID == "p-1")
    #expect(run.calls.map(\.status) == [.succeeded, .failed])
    #expect(run.calls.first?.endedAt?.description == "2026-11-20T02:14:05.500000000Z")
    #expect(run.calls.first?.promptID == run.prompts.first?.id)
  }

  @Test func `spans serve the prompt of the agent's span above them`() {
    let run = run(OtherTranscriptSamples.spans)
    #expect(run.conversations.map(\.nativeID) == ["conv-1"])
    #expect(run.asked.map(\.text) == ["How many orders?"])
    #expect(run.calls.map(\.nativeID) == ["call_1", "call_2"])
    #expect(run.calls.map(\.status) == [.succeeded, .failed])
    #expect(run.calls.last?.arguments == #"{"query":"SELECT 2","limit":5}"#)
    #expect(run.calls.allSatisfy { $0.promptID == run.asked.first?.id })
  }

  @Test func `a prompt whose text Codex left out is a prompt all the same`() {
    let run = run(OtherTranscriptSamples.codexLogs)
    #expect(run.prompts.map(\.isCut) == [true])
    #expect(run.calls.first?.command == "ls")
    #expect(run.calls.first?.exitCode == 2)
    #expect(run.calls.first?.at?.description == "2026-11-20T02:14:04.750000000Z")
  }

  @Test func `Aider's commands are calls, and its chats have the times of their starts`() {
    let run = run(OtherTranscriptSamples.aider, ".aider.chat.history.md")
    #expect(run.conversations.map(\.clock) == [.start, .start])
    #expect(run.asked.map(\.text) == ["Add a column\nto the table", "/run psql -c 'SELECT 1'", "thanks"])
    #expect(run.asked.map(\.kind) == [.human, .command, .human])
    #expect(run.calls.map(\.command) == ["alembic upgrade head", "psql -c 'SELECT 1'"])
    #expect(run.calls.first?.result?.hasPrefix("INFO done") == true)
    #expect(run.conversations.first?.model == "m-1")
    #expect(run.conversations.first?.agentVersion == "0.86.1")
  }

  @Test func `an observation alone tells the call that it answers`() {
    let run = run(OtherTranscriptSamples.openHandsEvent, "sessions/s/events/4.json")
    #expect(run.conversations.first?.nativeID == "s")
    #expect(run.conversations.first?.clock == .local)
    #expect(run.calls.first?.nativeID == "toolu_5")
    #expect(run.calls.first?.command == "psql -c 'SELECT 5'")
    #expect(run.calls.first?.exitCode == 0)
  }

  @Test func `actions of OpenHands join their observations by cause`() {
    let run = run(OtherTranscriptSamples.openHandsList)
    #expect(run.calls.map(\.command) == ["psql -c 'DROP TABLE a'", "ls"])
    #expect(run.calls.map(\.status) == [.failed, .pending])
    #expect(run.prompts.map(\.kind) == [.system, .human])
  }

  @Test func `a step of SWE-agent runs where the one before left the shell`() {
    let run = run(OtherTranscriptSamples.sweAgent, "one.traj")
    #expect(run.asked.map(\.text) == ["Fix the bug"])
    #expect(run.calls.map(\.command) == ["ls", "python a.py"])
    #expect(run.calls.map(\.workingDirectory) == [nil, "/repo"])
    #expect(run.calls.map(\.result) == ["a", "ok"])
  }

  @Test func `a trajectory within another is a child of the call that started it`() {
    let run = run(OtherTranscriptSamples.atif)
    #expect(run.conversations.count == 2)
    #expect(run.conversations.last?.parentID == run.conversations.first?.id)
    #expect(run.conversations.last?.parentCallID == "c1")
    #expect(run.asked.map(\.kind) == [.human, .delegated])
  }

  @Test func `Amp's traces tell when tools ran`() {
    let run = run(OtherTranscriptSamples.amp)
    #expect(run.calls.first?.at?.description == "2026-11-20T02:14:03.000000000Z")
    #expect(run.calls.first?.endedAt?.description == "2026-11-20T02:14:04.000000000Z")
    #expect(run.calls.first?.exitCode == 3)
    #expect(run.calls.first?.status == .failed)
    #expect(run.conversations.first?.workingDirectory == "/srv/shop")
  }

  @Test func `runs of LangSmith are told whatever their order`() {
    let run = run(OtherTranscriptSamples.langSmith, "runs.jsonl")
    #expect(run.conversations.map(\.nativeID) == ["th-1"])
    #expect(run.calls.first?.nativeID == "call_l")
    #expect(run.calls.first?.result == "1 row")
    #expect(run.answers.map(\.text) == ["I count"])
  }

  @Test func `a gateway's log knows who asked`() {
    let run = run(OtherTranscriptSamples.coderLog, "gateway.log")
    #expect(run.conversations.first?.human == "ada")
    #expect(run.conversations.first?.nativeID == "cs-1")
    #expect(run.calls.first?.promptID == run.prompts.first?.id)
    let listed = self.run(OtherTranscriptSamples.coderAPI)
    // A call is told when its end is known, and the agent's own call has none here.
    #expect(listed.calls.map(\.isServerSide) == [true, false])
    #expect(listed.calls.map(\.status) == [.failed, .pending])
  }

  @Test func `results of Goose say whether they failed`() {
    let run = run(OtherTranscriptSamples.goose, "20251120_021403.jsonl")
    #expect(run.calls.map(\.command) == ["ls", "id"])
    #expect(run.calls.map(\.status) == [.succeeded, .failed])
    #expect(run.conversations.first?.workingDirectory == "/srv")
  }
}
