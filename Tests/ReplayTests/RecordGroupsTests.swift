import Model
import TestKit
import Testing

@testable import Replay

struct RecordGroupsTests {
  private func places(_ records: [StreamRecord]) -> [RecordPlace] {
    RecordGroups.places(in: StoredPayload.records(records).bytes)
  }

  private func output(_ seconds: Double, _ text: String) -> StreamRecord {
    HTTPStory.record(seconds, .fromServer, .output, text)
  }

  @Test func `a line that comes in pieces is shown at once, when it is whole`() {
    let found = places([output(1, "he"), output(1.1, "l"), output(1.2, "lo\n"), output(1.3, "next\n")])
    #expect(found.map(\.at) == [HTTPStory.at(1.2), HTTPStory.at(1.3)])
    #expect(found.map(\.carried) == [0, 0])
  }

  @Test func `a line that pauses is shown, and shown again with what follows`() {
    let found = places([output(1, "$ "), output(5, "ls\n"), output(6, "a\nb"), output(9, "c\n")])
    #expect(found.map(\.at) == [HTTPStory.at(1), HTTPStory.at(5), HTTPStory.at(6), HTTPStory.at(9)])
    #expect(found.map { $0.carried > 0 } == [false, true, false, true])
  }

  @Test func `typing ends with Return, whatever is echoed between`() {
    let found = places([
      HTTPStory.record(1, .fromClient, .input, "l"), output(1.1, "l"),
      HTTPStory.record(1.2, .fromClient, .input, "s\r"),
      output(1.3, "s\r\n"),
    ])
    #expect(found.map(\.kind) == [.input, .output])
  }

  @Test func `what never ends a line is shown in pieces`() {
    let found = places((0..<40).map { output(1 + Double($0) / 100, String(repeating: "x", count: 1000)) })
    #expect(found.count > 3)
    #expect(found.allSatisfy { $0.carried <= 4 << 10 })
  }

  @Test func `a failure is a mark on the timeline`() {
    #expect(places([HTTPStory.record(1, .fromServer, .exit, "0")]).map(\.isFailure) == [false])
    #expect(places([HTTPStory.record(1, .fromServer, .exit, "137")]).map(\.isFailure) == [true])
    let close = StreamRecord(at: .epoch, direction: .fromServer, kind: .close, bytes: [0x03, 0xE8])
    #expect(places([close]).map(\.isFailure) == [false])
  }

  @Test func `damaged records, and records of any time, give a session that can be played`() throws {
    var generator = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0..<(.max), using: &generator)
    var state = seed
    func next() -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33)
    }
    let kinds: [StreamRecord.Kind] = [
      .text, .binary, .ping, .pong, .close, .event, .message, .input, .output, .errorOutput, .resize, .exit,
    ]
    for round in 0..<60 {
      let records = (0..<40).map { _ in
        StreamRecord(
          at: Timestamp(nanoseconds: next() % 9 == 0 ? .max - Int64(next()) : Int64(next()) &* Int64(next())),
          direction: next() % 2 == 0 ? .fromClient : .fromServer, kind: kinds[next() % kinds.count],
          bytes: (0..<(next() % 30)).map { _ in UInt8(truncatingIfNeeded: next() % 3 == 0 ? 10 : next()) })
      }
      var payload = StoredPayload.records(records)
      if round % 3 == 0 { payload.bytes[next() % payload.bytes.count] ^= 0xFF }
      if round % 5 == 0 { payload = payload.cut(after: next() % payload.bytes.count) }
      let http = HTTPStory()
      let story = http.story
      var action = try #require(story.action(id: "\(HTTPStory.agent).9"))
      action.id = "\(HTTPStory.agent).77"
      action.sequence = 77
      story.add(action, records: payload, head: http.head("GET", "/live", 101))
      let session = try #require(story.session(id: HTTPStory.agent))
      let timeline = try Timeline(of: session, from: story)
      #expect(timeline.events.map(\.at) == timeline.events.map(\.at).sorted(), "seed \(seed)")
      let transcript = Transcript(timeline, from: story, options: Transcript.Options(width: 60))
      for index in timeline.events.indices {
        for line in try transcript.lines(of: index) { #expect(line.width <= 60, "seed \(seed)") }
      }
      for export in ExportCatalog.exports {
        // A session without a push has no patch, and one whose terminal cannot be read has no cast: that is said.
        do { try export.export(session, from: story) { _ in } } catch is ReplayError {}
      }
    }
  }
}
