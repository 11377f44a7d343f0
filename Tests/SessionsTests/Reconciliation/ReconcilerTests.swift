import Model
import Testing

@testable import Sessions

@Suite struct ReconcilerTests {
  private static let second: Int64 = 1_000_000_000

  /// A captured session: statements a second apart from its begin, in milliseconds.
  private static func session(
    _ number: Int64, _ client: String, at start: Int64, _ texts: [String],
    _ change: (inout WitnessSession) -> Void = { _ in }
  ) -> WitnessSession {
    var session = WitnessSession(
      number: number, protocolName: "postgres", client: client, server: "10.0.0.5:5432", startedAt: start * second,
      endedAt: (start + Int64(texts.count) + 1) * second, actions: [])
    session.actions = texts.enumerated().map { index, text in
      let at = (start + Int64(index)) * second
      return WitnessAction(
        number: number << 32 | Int64(index + 1), key: WitnessKey(text), startedAt: at, endedAt: at + 1_000_000,
        effect: text.hasPrefix("SELECT") ? .read : .write)
    }
    change(&session)
    return session
  }

  /// What a log tells of the same.
  private static func log(
    _ first: Int64, _ client: String?, _ lane: String?, at start: Int64, _ texts: [String], ahead: Int64 = 0
  ) -> [WitnessRecord] {
    texts.enumerated().map { index, text in
      var record = WitnessRecord(
        number: first + Int64(index), key: WitnessKey(text), at: (start + Int64(index)) * second + 2_000_000 + ahead,
        precision: 1_000_000, effect: text.hasPrefix("SELECT") ? .read : .write)
      record.lane = lane
      record.client = client
      record.host = client.map { String($0.prefix { $0 != ":" }) }
      return record
    }
  }

  private static func run(
    _ sessions: [WitnessSession], _ records: [WitnessRecord], spans: [(Int64, Int64)] = [(0, 10_000)]
  ) -> LogReconciliation {
    let spans = spans.map {
      (from: Timestamp(nanoseconds: $0.0 * second), through: Timestamp(nanoseconds: $0.1 * second))
    }
    return Reconciler(sessions, spans: spans).reconcile(1, of: "postgres", records)
  }

  @Test func `what both tell is matched, and the clocks' difference is found`() {
    let texts = ["BEGIN", "SELECT 1", "UPDATE t SET a = 1", "COMMIT"]
    let found = Self.run(
      [Self.session(1, "10.0.0.7:4711", at: 100, texts)],
      Self.log(1, "10.0.0.7:4711", "a", at: 100, texts, ahead: 7_200 * Self.second))
    #expect(found.pairings.allSatisfy { $0.outcome == .matched && $0.session == 1 })
    #expect(found.pairings.map { $0.action.map { $0 & 0xFFFF } } == [1, 2, 3, 4])
    #expect(found.clock?.offset == 7_200 * Self.second + 2_000_000)
    #expect(found.servers == ["10.0.0.5:5432"])
    #expect(found.untold.isEmpty && found.coveredCount > 0)
  }

  @Test func `a connection that is not captured is unseen, and its statements do not take those of another`() {
    let texts = ["BEGIN", "UPDATE t SET a = 1", "COMMIT"]
    let records =
      Self.log(1, "10.0.0.7:4711", "a", at: 100, texts) + Self.log(10, "10.0.0.9:5000", "b", at: 100, texts)
    let found = Self.run([Self.session(1, "10.0.0.7:4711", at: 100, texts)], records)
    #expect(found.pairings.prefix(3).allSatisfy { $0.outcome == .matched })
    #expect(found.pairings.suffix(3).allSatisfy { $0.outcome == .unseen && $0.action == nil && $0.session == nil })
    #expect(found.pairings.last?.reason == "no capture has a connection from 10.0.0.9:5000")
  }

  @Test func `what came through a pool is found beside what came directly, and what went round both is not`() {
    let direct = (0..<Int64(5)).map {
      Self.session($0 + 1, "10.0.0.7:\(4_000 + $0)", at: 100, ["SELECT \($0)", "COMMIT"])
    }
    let pooled = Self.session(9, "10.0.0.8:1", at: 100, ["UPDATE t SET a = 1", "COMMIT"])
    var records = (0..<Int64(5)).flatMap {
      Self.log($0 * 10, "10.0.0.7:\(4_000 + $0)", "d\($0)", at: 100, ["SELECT \($0)", "COMMIT"])
    }
    records += Self.log(100, "10.0.0.99:7", "pool", at: 100, ["UPDATE t SET a = 1", "COMMIT"])
    records += Self.log(200, "10.0.0.66:7", "round", at: 100, ["DROP TABLE t", "COMMIT"])
    let found = Self.run(direct + [pooled], records)
    #expect(found.pairings.filter { $0.record < 200 }.allSatisfy { $0.outcome == .matched })
    #expect(found.pairings.filter { $0.record >= 200 }.allSatisfy { $0.outcome == .unseen })
  }

  @Test func `behind a pool the server's clock may be ahead, and a client may wait for the pool`() {
    let sessions = (0..<Int64(20)).map {
      Self.session($0 + 1, "10.0.0.7:\(4_000 + $0)", at: 100 + $0 * 10, ["BEGIN", "UPDATE t SET a = \($0)", "COMMIT"])
    }
    var records = (0..<Int64(20)).flatMap {
      Self.log(
        $0 * 10, "10.0.0.99:7", "pool", at: 100 + $0 * 10, ["BEGIN", "UPDATE t SET a = \($0)", "COMMIT"],
        ahead: 3_600 * Self.second)
    }
    records[30].at += 900_000_000
    records += Self.log(
      500, "10.0.0.66:9", "round", at: 160, ["BEGIN", "DROP TABLE t", "COMMIT"], ahead: 3_600 * Self.second)
    let found = Self.run(sessions, records)
    #expect(found.clock?.offset == 3_600 * Self.second + 2_000_000)
    #expect(found.pairings.filter { $0.record < 500 }.allSatisfy { $0.outcome == .matched && $0.action != nil })
    #expect(found.pairings.filter { $0.record >= 500 }.allSatisfy { $0.outcome == .unseen })
    #expect(found.untold.isEmpty)
  }

  @Test func `a pool logs in for itself, and what goes round it does too`() {
    let sessions = (0..<Int64(6)).map {
      var session = Self.session($0 + 1, "10.0.0.7:\(4_000 + $0)", at: 100 + $0, ["login", "SELECT \($0)"])
      (session.actions[0].isLogin, session.actions[0].effect) = (true, .session)
      return session
    }
    var records = Self.log(1, "10.0.0.99:7", "pool", at: 90, ["", "login"])
    records += (0..<Int64(6)).flatMap { Self.log(10 + $0, "10.0.0.99:7", "pool", at: 101 + $0, ["SELECT \($0)"]) }
    records += Self.log(30, "10.0.0.66:9", "round", at: 103, ["", "login", "SELECT 77"])
    records += Self.log(40, "10.0.0.99:7", "pool", at: 200, ["SET ROLE b", "SET application_name='c'"])
    for index in records.indices {
      let text = records[index].key
      records[index].isLogin = text == WitnessKey("login")
      records[index].isPoolsOwn = records[index].isLogin || records[index].number == 41
      if text == WitnessKey("") { (records[index].key, records[index].isAboutConnection) = (nil, true) }
      if records[index].isLogin || records[index].number >= 40 { records[index].effect = .session }
    }
    let found = Self.run(sessions, records)
    #expect(found.untold.isEmpty)
    #expect(found.pairings.filter { $0.record < 30 }.allSatisfy { $0.outcome == .matched })
    #expect(found.pairings.filter { $0.record < 10 }.allSatisfy { $0.action == nil })
    #expect(found.pairings.filter { (30...40).contains($0.record) }.allSatisfy { $0.outcome == .unseen })
    #expect(found.pairings.last?.outcome == .matched && found.pairings.last?.action == nil)
  }

  @Test func `thousands of a pool's connections cost no more for each`() {
    let (lanes, each) = (Int64(1_000), Int64(10))
    let sessions = (0..<lanes).map { lane in
      Self.session(
        lane + 1, "10.0.0.7:\(lane)", at: lane * 20, (0..<each).flatMap { ["SELECT \(lane) \($0)", "COMMIT"] })
    }
    let records = (0..<lanes).flatMap { lane in
      Self.log(
        lane * 100, "10.0.0.99:\(lane)", "p\(lane)", at: lane * 20,
        (0..<each).flatMap { ["SELECT \(lane) \($0)", "COMMIT"] })
    }
    let found = Self.run(sessions, records, spans: [(0, lanes * 20 + 100)])
    #expect(found.pairings.allSatisfy { $0.outcome == .matched })
    #expect(Set(found.pairings.compactMap(\.action)).count == records.count)
  }

  @Test func `one of several statements with the same text that is missing is the one that is named`() {
    let texts = (0..<30).flatMap { _ in ["BEGIN", "SELECT 1", "COMMIT"] }
    var session = Self.session(1, "10.0.0.7:4711", at: 100, texts)
    // The 14th SELECT and the 20th BEGIN were not captured.
    session.actions.remove(at: 57)
    session.actions.remove(at: 40)
    session.hasGap = true
    let found = Self.run([session], Self.log(1, "10.0.0.7:4711", "a", at: 100, texts))
    let hidden = found.pairings.filter { $0.outcome == .hidden }
    #expect(hidden.map(\.record) == [41, 58])
    #expect(found.pairings.count { $0.outcome == .matched } == 88)
  }

  @Test func `a port that is used again belongs to two connections`() {
    let early = Self.session(1, "10.0.0.7:4711", at: 100, ["SELECT 1", "SELECT 2"])
    let late = Self.session(2, "10.0.0.7:4711", at: 900, ["SELECT 1", "UPDATE t SET a = 2"])
    let records =
      Self.log(1, "10.0.0.7:4711", "a", at: 100, ["SELECT 1", "SELECT 2"])
      + Self.log(10, "10.0.0.7:4711", "b", at: 900, ["SELECT 1", "UPDATE t SET a = 2"])
    let found = Self.run([early, late], records)
    #expect(found.pairings.map(\.session) == [1, 1, 2, 2])
    #expect(found.pairings.allSatisfy { $0.outcome == .matched })
  }

  @Test func `a port that is used thousands of times costs no more, and each connection is found`() {
    let count: Int64 = 3_000
    let sessions = (0..<count).map {
      Self.session($0 + 1, "10.0.0.7:4711", at: $0 * 100, ["SELECT \($0)", "SELECT 1"])
    }
    let records = (0..<count).flatMap {
      Self.log($0 * 10, "10.0.0.7:4711", "p\($0)", at: $0 * 100, ["SELECT \($0)", "SELECT 1"])
    }
    let found = Self.run(sessions, records, spans: [(0, count * 100)])
    #expect(found.pairings.allSatisfy { $0.outcome == .matched && $0.session == $0.record / 10 + 1 })
  }

  @Test func `a connection of yesterday from the same port is not today's`() {
    let texts = ["SELECT 1", "UPDATE t SET a = 1"]
    let other = Self.session(2, "10.0.0.8:9000", at: 100, ["SELECT 5", "SELECT 6", "SELECT 7", "SELECT 8"])
    let yesterday = Self.session(1, "10.0.0.7:4711", at: 5_000, texts)
    let records =
      Self.log(1, "10.0.0.8:9000", "x", at: 100, ["SELECT 5", "SELECT 6", "SELECT 7", "SELECT 8"])
      + Self.log(10, "10.0.0.7:4711", "a", at: 1_000, texts)
    let found = Self.run([yesterday, other], records)
    #expect(found.pairings.suffix(2).allSatisfy { $0.outcome == .unseen })
  }

  @Test func `encrypted connections hide, a socket is local, other times are outside`() {
    let opaque = Self.session(1, "10.0.0.7:4711", at: 100, []) {
      $0.isOpaque = true; $0.endedAt = 200 * Self.second
    }
    var local = Self.log(5, nil, "l", at: 100, ["DROP TABLE t"])
    local[0].isLocal = true
    let records =
      Self.log(1, "10.0.0.7:4711", "a", at: 100, ["SELECT 1", "UPDATE t SET a = 1"]) + local
      + Self.log(8, "10.0.0.9:1", "z", at: 90_000, ["SELECT 1"])
    let found = Self.run([opaque], records)
    #expect(found.pairings.map(\.outcome) == [.hidden, .hidden, .local, .outside])
    #expect(found.pairings.first?.session == 1)
  }

  @Test func `a clock an hour ahead shows on connections that could not be read`() {
    let opaque = (0..<Int64(5)).map { number in
      Self.session(number, "10.0.0.7:\(4_000 + number)", at: 100 + number * 20, []) {
        ($0.isOpaque, $0.isComplete) = (true, false)
        $0.endedAt += 10 * Self.second
      }
    }
    let records = (0..<Int64(5)).flatMap { number in
      var lines = Self.log(
        number * 10, "10.0.0.7:\(4_000 + number)", "p\(number)", at: 100 + number * 20, ["", "SELECT 1"],
        ahead: 3_600 * Self.second)
      (lines[0].key, lines[0].isAboutConnection) = (nil, true)
      return lines
    }
    let found = Self.run(opaque, records)
    #expect(found.pairings.map(\.outcome) == (0..<5).flatMap { _ in [RecordOutcome.matched, .hidden] })
    #expect(found.clock?.offset == 3_600 * Self.second + 2_000_000)
  }

  @Test func `a statement that the log lacks is untold, one of a kind that it never tells is unlogged`() {
    let texts = ["SELECT 1", "UPDATE t SET a = 1", "UPDATE t SET a = 2", "UPDATE t SET a = 3", "UPDATE t SET a = 4"]
    var records = Self.log(1, "10.0.0.7:4711", "a", at: 100, texts)
    records.remove(at: 2)
    records.remove(at: 0)
    // The log goes on, on both sides.
    records =
      Self.log(20, "10.0.0.8:1", "b", at: 50, ["UPDATE u SET a = 1"]) + records
      + Self.log(30, "10.0.0.8:1", "b", at: 300, ["UPDATE u SET a = 2"])
    let found = Self.run(
      [
        Self.session(1, "10.0.0.7:4711", at: 100, texts),
        Self.session(2, "10.0.0.8:1", at: 50, ["UPDATE u SET a = 1"]) { $0.endedAt = 301 * Self.second },
      ], records)
    #expect(found.untold.map { $0.action & 0xFFFF } == [3])
    #expect(found.unloggedCount == 1)
  }

  @Test func `without connections text and time decide`() {
    var first = Self.session(1, "10.0.0.7:1", at: 100, ["GET /a", "GET /b"])
    var second = Self.session(2, "10.0.0.8:1", at: 100, ["GET /a"])
    (first.protocolName, second.protocolName) = ("postgres", "postgres")
    var records = Self.log(1, nil, nil, at: 100, ["GET /a", "GET /b", "GET /c"])
    for index in records.indices {
      records[index].host = "10.0.0.7"
      records[index].precision = Self.second
    }
    var other = Self.log(9, nil, nil, at: 100, ["GET /a"])
    other[0].host = "10.0.0.8"
    let found = Self.run([first, second], records + other)
    #expect(found.pairings.map(\.outcome) == [.matched, .matched, .unseen, .matched])
    #expect(found.pairings.map(\.session) == [1, 1, nil, 2])
  }

  @Test func `an id that both have decides alone`() {
    let session = Self.session(1, "10.0.0.7:1", at: 100, ["POST /a", "POST /a"])
    var records = Self.log(1, nil, nil, at: 5_000, ["otherwise"])
    records[0].named = [1 << 32 | 2]
    let found = Self.run([session], records)
    #expect(found.pairings.first?.outcome == .matched)
    #expect(found.pairings.first?.action == Int64(1 << 32 | 2))
  }

  @Test func `another outcome at the server is told`() {
    var session = Self.session(1, "10.0.0.7:1", at: 100, ["SELECT 1", "DELETE FROM t"])
    session.actions[1].isFailure = false
    var records = Self.log(1, "10.0.0.7:1", "a", at: 100, ["SELECT 1", "DELETE FROM t"])
    records[1].isFailure = true
    let found = Self.run([session], records)
    #expect(found.pairings.map(\.outcome) == [.matched, .differs])
    #expect(found.pairings.last?.reason == "the server tells a failure, the capture success")
  }
}

@Suite struct TimePairingTests {
  @Test func `most are paired, and those that are nearest`() {
    let pairs = TimePairing.pairs([0, 100, 200, 300], [1, 201, 302], tolerance: 10)
    #expect(pairs.map(\.0) == [0, 2, 3] && pairs.map(\.1) == [0, 1, 2])
    #expect(TimePairing.pairs([], [1], tolerance: 5).isEmpty)
    #expect(TimePairing.pairs([.min, 0, .max], [.max], tolerance: 5).map(\.0) == [2])
  }

  /// The table and the quick way agree where nothing is ambiguous, and no list is too long.
  @Test func `long lists are paired too`() {
    let left = (0..<5_000).map { Int64($0) * 100 }
    let right = left.enumerated().filter { $0.offset % 7 != 3 }.map { $0.element + 3 }
    let pairs = TimePairing.pairs(left, right, tolerance: 10)
    #expect(pairs.count == right.count)
    #expect(pairs.allSatisfy { right[$0.1] - left[$0.0] == 3 })
  }

  @Test func `stretches hold what lies in them`() {
    let all = Stretches([(0, 1_000, "a"), (10, 20, "b"), (2_000, 3_000, "a"), (15, 25, "b")])
    #expect(all.word(at: 500, within: 0) == "a")
    #expect(all.word(at: 1_500, within: 0) == nil)
    #expect(all.word(at: 1_500, within: 600) != nil)
    #expect(all.word(at: 2_500, within: 0) == "a")
    #expect(all.word(at: -5, within: 4) == nil)
  }
}
