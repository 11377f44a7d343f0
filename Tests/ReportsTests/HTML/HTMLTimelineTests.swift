import Model
import Testing

@testable import Reports

struct HTMLTimelineTests {
  private func session(_ id: String, _ from: Double, _ until: Double, parent: String? = nil, changes: Int = 0)
    -> Session
  {
    Session(
      id: id, parentID: parent, protocolName: "postgres", client: "10.0.0.1:\(id.count)", server: "10.0.0.2:5432",
      user: "u",
      startedAt: DemoCase.at(from), endedAt: DemoCase.at(until), changeCount: changes)
  }

  @Test
  func `long idle times are folded and order is kept`() {
    let sessions = [
      session("a", 0, 10), session("b", 5, 20), session("c", 86_400, 86_410), session("d", 86_405, 86_430),
    ]
    let scale = TimeScale(sessions: sessions, first: DemoCase.at(0), last: DemoCase.at(86_430))
    #expect(scale.segments.count == 2)
    let places = [0.0, 4, 10, 20, 50, 40_000, 86_400, 86_420, 86_430].map { scale.position(DemoCase.at($0)) }
    #expect(places == places.sorted())
    #expect(places.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(scale.position(DemoCase.at(86_400)) - scale.position(DemoCase.at(20)) < 0.05)
  }

  @Test
  func `extreme times have a place`() {
    let sessions = [
      Session(
        id: "x", protocolName: "p", client: "c", server: "s", startedAt: Timestamp(nanoseconds: .min),
        endedAt: Timestamp(nanoseconds: .max)),
      Session(
        id: "y", protocolName: "p", client: "c", server: "s", startedAt: Timestamp(nanoseconds: .max),
        endedAt: Timestamp(nanoseconds: .min)),
    ]
    let scale = TimeScale(sessions: sessions, first: Timestamp(nanoseconds: .min), last: Timestamp(nanoseconds: .max))
    for time in [Int64.min, -1, 0, 1, .max] {
      let place = scale.position(Timestamp(nanoseconds: time))
      #expect(place >= 0 && place <= 1)
    }
    let ticks = TimeTicks(from: Timestamp(nanoseconds: .min), until: Timestamp(nanoseconds: .max), room: 10).ticks
    #expect(ticks.count <= 21)
  }

  @Test
  func `ticks are round and few`() {
    let ticks = TimeTicks(from: DemoCase.at(0), until: DemoCase.at(598), room: 11).ticks
    #expect(
      ticks.map(\.label) == ["02:15", "02:16", "02:17", "02:18", "02:19", "02:20", "02:21", "02:22", "02:23", "02:24"])
    for span in [0.00001, 0.003, 1, 59, 3000, 90_000, 5_000_000] {
      let ticks = TimeTicks(from: DemoCase.at(0), until: DemoCase.at(span), room: 9).ticks
      #expect(ticks.count <= 10, "\(span): \(ticks.count)")
    }
  }

  @Test
  func `nested sessions follow their parents, rings too`() {
    let family = SessionFamily([
      session("a", 0, 9), session("b", 1, 9), session("a1", 2, 9, parent: "a"), session("a11", 3, 9, parent: "a1"),
      session("ring1", 4, 9, parent: "ring2"), session("ring2", 5, 9, parent: "ring1"),
      session("self", 6, 7, parent: "self"),
      session("lost", 7, 8, parent: "nobody"),
    ])
    #expect(family.sessions.map(\.id) == ["a", "a1", "a11", "b", "self", "lost", "ring1", "ring2"])
    #expect(family.depths == [0, 1, 2, 0, 0, 0, 0, 1])
  }

  @Test
  func `many connections share lanes and none is lost`() {
    let sessions = (0..<5000).map { index in
      Session(
        id: "s\(index)", protocolName: "postgres", client: "10.0.0.\(index % 40):\(index)", server: "10.1.0.1:5432",
        user: "u\(index % 90)", startedAt: DemoCase.at(Double(index)), endedAt: DemoCase.at(Double(index) + 5),
        changeCount: index % 500 == 0 ? 1 : 0)
    }
    let lanes = TimelineLanes(sessions: sessions, depths: sessions.map { _ in 0 }, gaps: [])
    #expect(lanes.lanes.count == TimelineLanes.limit)
    #expect(lanes.lanes.map(\.sessions.count).reduce(0, +) == 5000)
    for (lane, content) in lanes.lanes.enumerated() {
      for session in content.sessions { #expect(lanes.laneOfSession[session] == lane) }
    }
  }

  @Test
  func `the marks of any number of changes fit into the picture`() throws {
    let big = BigCase(actionCount: 40_000, sessionCount: 30, changeEvery: 2)
    let survey = try CaseSurvey(big, verdict: big.verdict)
    #expect(survey.timeline.marks.count <= 1600)
    let counted = survey.timeline.marks.values.reduce(0) { $0 + $1.count }
    let quiet = (survey.timeline.reads + survey.timeline.sessionEvents).joined().reduce(0, +)
    #expect(counted + quiet == 40_000)
  }
}
