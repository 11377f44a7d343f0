import Captures
import Evidence
import Foundation
import GRDB
import Gateway
import Model
import Synchronization
import TestKit
import Testing

@Suite struct SegmentTests {
  private static let now = Timestamp(nanoseconds: 1_790_000_000_000_000_000)

  private static func time(_ index: Int) -> Timestamp { Timestamp(nanoseconds: now.nanoseconds + Int64(index) * 1_000) }

  @Test func `of connections between the same ports none is taken for another though ends are missing`() throws {
    try TemporaryFolder.with { folder in
      let recording = try Recording(in: folder)
      let recorder = try recording.open()
      let at = Timestamp(nanoseconds: 1_790_000_000_000_000_000)
      for word in ["first", "other", "third"] {
        let flow = try recorder.open(Recording.opening(), at: at)
        _ = try flow.record(Array(word.utf8), from: .fromClient, at: at)
      }
      try recorder.shutDown()
      let recorded = try RecordedStreams(paths: recording.segmentNames.map { recording.path + "/" + $0 })
      #expect(recorded.flowCount == 3)
      #expect(String(decoding: recorded.bytes(.fromClient), as: UTF8.self) == "firstotherthird")
    }
  }

  @Test func `a segment that is cut anywhere reads to its last whole packet`() throws {
    try TemporaryFolder.with { folder in
      let recording = try Recording(in: folder)
      let recorder = try recording.open()
      let flow = try recorder.open(Recording.opening(), at: Self.now)
      for index in 0..<100 {
        _ = try flow.record(Array("select \(index)".utf8), from: .fromClient, at: Self.time(index))
        _ = try flow.note(.mask(Self.mask(index)), at: Self.time(index))
      }
      flow.close("client closed", at: Self.time(200))
      try recorder.shutDown()
      let bytes = Array(try Data(contentsOf: URL(filePath: recording.segment(1))))
      let ends = Self.packetEnds(bytes)
      #expect(ends.last == bytes.count)
      for length in (bytes.count - 2048)...bytes.count {
        var captures = try CaptureSet([.memory("cut", Array(bytes.prefix(length)))])
        var count = 0
        while try captures.advance() { count += 1 }
        let whole = ends.count { $0 <= length }
        #expect(count == whole)
        let isBetween = length == bytes.count || ends.contains(length)
        #expect(captures.sources.first?.isComplete == isBetween)
        #expect(captures.sources.first?.kind == "recording")
      }
    }
  }

  /// Where the blocks of packets end.
  private static func packetEnds(_ bytes: [UInt8]) -> [Int] {
    var (start, ends): (Int, [Int]) = (0, [])
    while start + 12 <= bytes.count {
      let length = (0..<4).reduce(0) { $0 | Int(bytes[start + 4 + $1]) << (8 * $1) }
      start += length
      if bytes[start - length] == 6 { ends.append(start) }
    }
    return ends
  }

  private static func mask(_ index: Int) -> GatewayMask {
    GatewayMask(
      offset: UInt64(index), rule: "cards", dataClass: "payment-card", method: "partial", location: "t.c", count: 1)
  }

  @Test func `a thousand connections at once are a thousand sessions`() throws {
    try TemporaryFolder.with { folder in
      let recording = try Recording(in: folder)
      let recorder = try recording.open { $0.durability = .batched }
      let failures = Mutex(0)
      DispatchQueue.concurrentPerform(iterations: 8) { worker in
        do {
          let flows = try (0..<125).map { index in
            try recorder.open(Recording.opening(UInt16(10_000 + worker * 125 + index)), at: Self.now)
          }
          for round in 0..<20 {
            for (index, flow) in flows.enumerated() {
              let text = Array("worker \(worker) flow \(index) round \(round);".utf8)
              _ = try flow.record(text, from: .fromClient, at: Self.time(round))
              _ = try flow.record(text + text, from: .fromServer, at: Self.time(round))
            }
          }
          for flow in flows { flow.close("done", at: Self.time(30)) }
        } catch {
          failures.withLock { $0 += 1 }
        }
      }
      try recorder.shutDown()
      #expect(failures.withLock { $0 } == 0)
      let streams = try RecordedStreams(paths: [recording.segment(1)])
      #expect(streams.flowCount == 1000 && streams.finishedCount == 1000 && streams.gapCount == 0)
      for worker in 0..<8 {
        for index in 0..<125 {
          let text = (0..<20).map { "worker \(worker) flow \(index) round \($0);" }
          let client = "10.0.0.1:\(10_000 + worker * 125 + index)"
          #expect(streams.streams[.init(client: client, sender: .fromClient)] == Array(text.joined().utf8))
          let answers = text.map { $0 + $0 }.joined()
          #expect(streams.streams[.init(client: client, sender: .fromServer)] == Array(answers.utf8))
        }
      }
    }
  }

  @Test func `IPv6, and answers of many megabytes, cross segments whole`() throws {
    try TemporaryFolder.with { folder in
      let recording = try Recording(in: folder)
      let recorder = try recording.open { ($0.durability, $0.segmentBytes) = (.batched, 1 << 20) }
      var opening = Recording.opening()
      opening.client.address = IPAddress(v6High: 0x2001_0db8_0000_0000, low: 1)
      opening.gateway.address = IPAddress(v6High: 0x2001_0db8_0000_0000, low: 2)
      opening.agent = "codex"
      let flow = try recorder.open(opening, at: Self.now)
      var generator = SeededGenerator(seed: 3)
      var sent: [UInt8] = []
      for index in 0..<60 {
        let piece = (0..<Int.random(in: 1...200_000, using: &generator)).map { UInt8(truncatingIfNeeded: $0 ^ index) }
        sent += piece
        _ = try flow.record(piece, from: .fromServer, at: Self.time(index))
      }
      flow.close("target closed", at: Self.time(100))
      try recorder.shutDown()
      let names = recording.segmentNames
      #expect(names.count >= 5)
      let paths = names.map { recording.path + "/" + $0 }
      let streams = try RecordedStreams(paths: paths)
      #expect(streams.bytes(.fromServer) == sent)
      #expect(streams.gapCount == 0 && streams.finishedCount == 1 && streams.anomalies.isEmpty)
      for path in paths {
        // Each segment by itself says whose connection it is, and no checksum of it is wrong.
        let openings = try Recording.events([path]).compactMap { event -> SessionOpening? in
          if case .opening(let opening) = event.event { opening } else { nil }
        }
        #expect(openings.map(\.agent) == ["codex"])
        #expect(openings.map(\.part) == [path == paths[0] ? .beginning : .continuation])
        let checking = ["-o", "tcp.check_checksum:TRUE", "-Y", "tcp.checksum.status == 0 || _ws.malformed"]
        #expect(try Tshark.run(["-r", path] + checking).isEmpty)
      }
    }
  }

  @Test func `old segments go by the rules, unless they are held, and the log tells of it`() throws {
    try TemporaryFolder.with { folder in
      let recording = try Recording(in: folder)
      func fill(_ recorder: Recorder) throws {
        let flow = try recorder.open(Recording.opening(), at: Self.now)
        for index in 0..<40 {
          let ticket = try flow.record([UInt8](repeating: 7, count: 60_000), from: .fromServer, at: Self.time(index))
          _ = Answer(ticket, of: recorder).wait()
        }
      }
      let first = try recording.open { $0.segmentBytes = 1 << 19 }
      try fill(first)
      try first.shutDown()
      let before = recording.segmentNames
      #expect(before.count >= 4)
      let holds = URL(filePath: recording.path + "/holds")
      try FileManager.default.createDirectory(at: holds, withIntermediateDirectories: true)
      try Data("# case 7, until the court says otherwise\n \(before[1]) \n".utf8).write(
        to: holds.appending(path: "case-7"))
      let second = try recording.open { ($0.segmentBytes, $0.retention) = (1 << 19, RetentionRules(bytes: 1 << 20)) }
      try second.shutDown()
      let after = recording.segmentNames
      #expect(!after.contains(before[0]) && after.contains(before[1]))
      let gone = before.filter { !after.contains($0) }
      let deletions = try recording.leaves().compactMap { if case .deletion(let leaf) = $0 { leaf } else { nil } }
      #expect(deletions.map(\.segment).sorted() == gone && !gone.isEmpty)
      #expect(try recording.verdict().isIntact)
      // All of them are held.
      try Data("*\n".utf8).write(to: holds.appending(path: "audit"))
      let third = try recording.open { $0.retention = RetentionRules(seconds: 0, bytes: 1) }
      try third.shutDown()
      #expect(Set(after).isSubset(of: recording.segmentNames))
    }
  }

  @Test(arguments: [Recorder.Durability.strict, .batched])
  func `after a crash a new segment goes on, and what the old one lacks is told`(durability: Recorder.Durability) throws
  {
    try TemporaryFolder.with { folder in
      let live = try Recording(in: folder)
      let recorder = try live.open { $0.durability = durability }
      let flow = try recorder.open(Recording.opening(), at: Self.now)
      for index in 0..<50 {
        let ticket = try flow.record(Array("select \(index)".utf8), from: .fromClient, at: Self.time(index))
        _ = Answer(ticket, of: recorder).wait()
      }
      // The recording as a crash would leave it: without the end, cut within a block.
      let crashed = try Recording(in: folder.appending(path: "crashed", directoryHint: .isDirectory))
      try FileManager.default.createDirectory(
        atPath: folder.path + "/crashed", withIntermediateDirectories: true)
      usleep(100_000)
      try FileManager.default.copyItem(atPath: live.path, toPath: crashed.path)
      try recorder.shutDown()
      let whole = try Data(contentsOf: URL(filePath: crashed.segment(1)))
      let cut = whole.dropLast(7)
      try cut.write(to: URL(filePath: crashed.segment(1)))
      let again = try crashed.open { $0.durability = durability }
      try again.shutDown()
      #expect(try crashed.verdict() == .intact)
      #expect(crashed.segmentNames.count == 2)
      #expect(try Data(contentsOf: URL(filePath: crashed.segment(1))) == cut)
      let leaves = try crashed.leaves()
      let losses = leaves.compactMap { if case .lost(let loss) = $0 { loss } else { nil } }
      #expect(losses.count == 1 && losses[0].count > 0 && losses[0].reason.contains("segment-00000001"))
      let told = leaves.reduce(UInt64(0)) { sum, leaf in
        if case .extent(let extent) = leaf, extent.segment.contains("00000001") { sum + extent.length } else { sum }
      }
      #expect(told == UInt64(cut.count))
      let lost = try Recording.events([crashed.segment(2)]).filter { $0.event.type == "recorder.lost" }
      #expect(lost.count == 1)
      // A third start has nothing to tell.
      let third = try crashed.open()
      try third.shutDown()
      #expect(try crashed.leaves().count { if case .lost = $0 { true } else { false } } == 1)
      #expect(try crashed.verdict().isIntact)
    }
  }

  @Test func `decisions of a later segment by itself find their requests`() throws {
    try TemporaryFolder.with { folder in
      let recording = try Recording(in: folder)
      let recorder = try recording.open { $0.segmentBytes = 1 << 19 }
      let flow = try recorder.open(Recording.opening(), at: Self.now)
      var offset: UInt64 = 0
      func exchange(_ request: [UInt8], _ answer: [UInt8], _ rule: String?) throws {
        _ = try flow.record(request, from: .fromClient, at: Self.now)
        if let rule {
          _ = try flow.note(.decision(GatewayDecision(offset: offset, outcome: .allowed, rule: rule)), at: Self.now)
        }
        offset += UInt64(request.count)
        _ = try flow.record(answer, from: .fromServer, at: Self.now)
      }
      try exchange(Frames.startup, Frames.authenticated + Frames.ready, nil)
      let done = Frames.message("C", Array("SELECT 1\0".utf8)) + Frames.ready
      for index in 0..<200 {
        let row = Frames.message("D", [0, 1, 0, 0, 0x10, 0] + [UInt8](repeating: 0x61, count: 4096))
        try exchange(Frames.query("select \(index)"), row + done, "rule-\(index)")
      }
      flow.close("client closed", at: Self.now)
      try recorder.shutDown()
      #expect(recording.segmentNames.count >= 2)
      let path = folder.path + "/case.exhibit"
      _ = try IngestTests().ingest([recording.segment(2)], path)
      let pairs = try DatabaseQueue(path: path).read { database in
        try Row.fetchAll(
          database, sql: "SELECT d.rule, a.text FROM decisions d JOIN actions a ON a.id = d.action_id")
      }
      #expect(pairs.count > 20)
      for pair in pairs {
        let (rule, text): (String, String) = (pair["rule"], pair["text"])
        #expect(rule.split(separator: "-").last == text.split(separator: " ").last)
      }
    }
  }

  @Test func `an empty segment that a crash left behind is told of and no tampering`() throws {
    try TemporaryFolder.with { folder in
      let live = try Recording(in: folder)
      let recorder = try live.open()
      let crashed = try Recording(in: folder.appending(path: "crashed", directoryHint: .isDirectory))
      try FileManager.default.createDirectory(atPath: folder.path + "/crashed", withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: live.path, toPath: crashed.path)
      try recorder.shutDown()
      _ = FileManager.default.createFile(atPath: crashed.segment(2), contents: nil)
      for _ in 0..<2 {
        try crashed.open { $0.retention = RetentionRules(bytes: 1) }.shutDown()
        let verification = try crashed.verification()
        #expect(verification.verdict.isIntact, "\(verification.reason)")
      }
      #expect(crashed.segmentNames.contains("segment-00000002.pcapng"))
    }
  }

  @Test func `a folder is recorded into by one at a time, and not without its log`() throws {
    try TemporaryFolder.with { folder in
      let recording = try Recording(in: folder)
      let recorder = try recording.open()
      #expect(throws: RecorderError.self) { try recording.open() }
      try recorder.shutDown()
      try FileManager.default.removeItem(atPath: recording.path + "/log")
      let error = #expect(throws: RecorderError.self) { try recording.open() }
      #expect(error?.code == .folder)
    }
  }

  @Test func `events come back as they were written`() throws {
    let opening = Recording.opening()
    var full = opening
    (full.agent, full.human, full.run, full.upstream) = ("a", "h \"<\u{1b}", "r", "db:5432")
    (full.traceparent, full.prompts, full.offset) = ("00-1-2-01", ["msg_1", "toolu_2"], 7)
    let events: [GatewayEvent] = [
      .opening(full), .mask(Self.mask(3)), .closing(SessionClosing(reason: "x", bytesIn: 1, bytesOut: .max)),
      .decision(GatewayDecision(offset: 9, outcome: .held, rule: "default", reason: "y", subject: nil, people: ["z"])),
      .heartbeat(RecorderHeartbeat(openSessions: 1, sessions: 2, packets: 3, bytes: 4)),
      .lost(RecorderLoss(segment: "s", offset: 5, bytes: 6, window: 7, reason: "cut")), .other("novel"),
    ]
    var (agent, context) = (AgentEvent(agent: "codex", kind: .result, conversation: "c-1"), PromptContext(in: []))
    (agent.turn, agent.call, agent.tool, agent.hasFailed, agent.human) = ("t", "call_1", "shell", true, "lin")
    agent.set(text: String(repeating: "ä", count: AgentEvent.textLimit))
    #expect(agent.text?.utf8.count == AgentEvent.textLimit && agent.textDigest != nil)
    (context.traceparent, context.ids) = ("00-x", ["toolu_1"])
    for event in events + [.agent(agent), .context(GatewayContext(offset: 7, context: context))] {
      let recorded = RecordedEvent(session: "s-1", at: Self.now, event: event)
      #expect(try RecordedEvent(json: recorded.json) == recorded)
      for length in 0..<recorded.json.count {
        #expect(throws: (any Error).self) { try RecordedEvent(json: Array(recorded.json.prefix(length))) }
      }
    }
  }
}
