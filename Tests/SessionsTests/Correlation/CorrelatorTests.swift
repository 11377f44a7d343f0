import Model
import TestKit
import Testing

@testable import Sessions

@Suite struct CorrelatorTests {
  @Test func `a statement goes back to the call that has it, by its content`() throws {
    var scene = Scene()
    scene.call(prompt: 7, 0, 2, [.sql("UPDATE orders SET paid = true;")])
    scene.call(prompt: 8, 10, 12, [.sql("DELETE FROM carts")])
    let session = scene.session([(0.5, "UPDATE orders   SET paid = true")])
    let found = try #require(scene.solve().told[session << 32 | 1])
    #expect(found.count == 1)
    #expect(found[0].prompt == 7 && found[0].call == 1)
    #expect(found[0].method == .content)
    #expect(found[0].confidence > 0.95 && found[0].confidence <= 1)
    #expect(!found[0].isAmbiguous)
  }

  @Test func `what no call explains is nobody's`() {
    var scene = Scene()
    scene.call(prompt: 7, 0, 2, [.sql("UPDATE orders SET paid = true")])
    scene.session([(0.5, "DELETE FROM customers"), (0.6, "SELECT 1")])
    #expect(scene.solve().told.isEmpty)
  }

  @Test func `equal statements go to the calls in turn, and one more is nobody's`() {
    var scene = Scene()
    for number in 0..<4 {
      scene.call(
        prompt: Int64(number), Double(number * 20), Double(number * 20) + 1, [.sql("SELECT count(*) FROM orders")])
    }
    var sessions: [Int64] = []
    for number in 0..<4 { sessions.append(scene.session([(Double(number * 20) + 0.4, "SELECT count(*) FROM orders")])) }
    // A person asks the same, between the calls.
    let human = scene.session([(33, "SELECT count(*) FROM orders")], application: "psql", user: "dana")
    let told = scene.solve().told
    for (number, session) in sessions.enumerated() { #expect(told[session << 32 | 1]?.first?.prompt == Int64(number)) }
    #expect(told[human << 32 | 1] == nil)
  }

  @Test func `a person's statement during the call is not taken for the call's`() {
    var scene = Scene()
    var effect = ExpectedEffect.sql("SELECT * FROM customers")
    effect.user = "agent"
    scene.call(prompt: 1, 0, 5, [effect])
    let human = scene.session([(1, "SELECT * FROM customers")], user: "dana")
    let agent = scene.session([(2, "SELECT * FROM customers")])
    let told = scene.solve().told
    #expect(told[human << 32 | 1] == nil)
    #expect(told[agent << 32 | 1]?.first?.prompt == 1)
  }

  @Test(arguments: [false, true])
  func `of two equal statements during a call that may send one, neither is certain`(isRepeated: Bool) throws {
    var scene = Scene()
    let call = scene.call(prompt: 1, 10, 12, [.sql("SELECT city, count(*) FROM customers GROUP BY city")])
    // The traffic of others around it, so that the call takes little of the time.
    for number in 0..<30 { scene.session([(Double(number * 10) + 5, "SELECT \(number) FROM products")], user: "dana") }
    let agent = scene.session([(10.5, "SELECT city, count(*) FROM customers GROUP BY city")])
    // Someone at the same host, with the same program and login.
    let human = isRepeated ? scene.session([(11, "SELECT city, count(*) FROM customers GROUP BY city")]) : nil
    let (told, correlator) = scene.solve()
    let own = told[agent << 32 | 1]
    guard let human else {
      #expect(own?.first?.prompt == 1 && own?.first?.isAmbiguous == false)
      return
    }
    for action in [agent << 32 | 1, human << 32 | 1] {
      #expect(told[action]?.contains { !$0.isAmbiguous } ?? false == false)
    }
    // It was seen all the same.
    #expect(correlator.verdicts().first { $0.call == call }?.verdict == .corroborated)
  }

  @Test func `an equal statement that fits less leaves the better one in place`() throws {
    var scene = Scene()
    var effect = ExpectedEffect.sql("SELECT city, count(*) FROM customers GROUP BY city")
    (effect.user, effect.program) = ("agent", "psql")
    scene.call(prompt: 1, 10, 12, [effect])
    for number in 0..<30 { scene.session([(Double(number * 10) + 5, "SELECT \(number) FROM products")], user: "dana") }
    let agent = scene.session([(10.5, "SELECT city, count(*) FROM customers GROUP BY city")])
    let human = scene.session(
      [(11, "SELECT city, count(*) FROM customers GROUP BY city")], application: "DBeaver", user: "dana")
    let told = scene.solve().told
    #expect(told[agent << 32 | 1]?.first?.prompt == 1)
    #expect(told[agent << 32 | 1]?.first?.isAmbiguous == false)
    #expect(told[human << 32 | 1] == nil)
  }

  @Test(arguments: [false, true])
  func `the same statement with other constants is not the call's where its own was seen`(isSeen: Bool) {
    var scene = Scene()
    var effect = ExpectedEffect.sql("SELECT city, count(*) FROM customers WHERE id <= 243 GROUP BY city")
    effect.fingerprint = "a1b2c3"
    (effect.user, effect.database, effect.host, effect.port, effect.program) = (
      "agent", "shop", "10.0.0.9", 5432, "psql"
    )
    scene.call(prompt: 1, 10, 10.8, [effect], result: " Porto | 60\n(6 rows)")
    for number in 0..<30 { scene.session([(Double(number * 10) + 5, "SELECT \(number) FROM products")], user: "dana") }
    let other = scene.session([(10.4, "SELECT city, count(*) FROM customers WHERE id <= 204 GROUP BY city")])
    if isSeen { scene.session([(10.5, "SELECT city, count(*) FROM customers WHERE id <= 243 GROUP BY city")]) }
    for place in scene.sessions.indices {
      for action in scene.sessions[place].1.indices where scene.sessions[place].1[action].text.contains("city") {
        scene.sessions[place].1[action].fingerprint = "a1b2c3"
        scene.sessions[place].1[action].echoes = ["(6 rows)"]
      }
    }
    let isNamed = scene.solve().told[other << 32 | 1]?.contains { !$0.isAmbiguous } ?? false
    #expect(isNamed == !isSeen)
  }

  @Test func `two prompts that ask the same at the same time are ambiguous, and both are named`() throws {
    var scene = Scene()
    scene.call(prompt: 1, 0, 5, [.sql("SELECT * FROM customers")])
    scene.call(prompt: 2, 0, 5, [.sql("SELECT * FROM customers")])
    let session = scene.session([(1, "SELECT * FROM customers")])
    let found = try #require(scene.solve().told[session << 32 | 1])
    // Only one of the two calls has its statement seen, so which one stays open.
    #expect(Set(found.map(\.prompt)) == [1, 2] || found.count == 1)
    #expect(found.allSatisfy { $0.isAmbiguous } == (found.count > 1))
  }

  @Test func `two calls of one prompt leave no doubt about the prompt`() throws {
    var scene = Scene()
    scene.call(prompt: 1, 0, 5, [.sql("SELECT * FROM customers")])
    scene.call(prompt: 1, 0, 5, [.sql("SELECT * FROM customers")])
    let session = scene.session([(1, "SELECT * FROM customers")])
    let found = try #require(scene.solve().told[session << 32 | 1])
    #expect(found.count == 1 && found[0].prompt == 1 && !found[0].isAmbiguous)
  }

  @Test func `a tool's connection belongs to its call as a whole`() throws {
    var scene = Scene()
    scene.call(prompt: 1, 0, 5, [.connection("alembic", user: "agent"), .sql("ALTER TABLE orders ADD COLUMN c int")])
    let session = scene.session(
      [
        (1, "SELECT pg_catalog.version()"), (1.1, "BEGIN"), (1.2, "SELECT version_num FROM alembic_version"),
        (1.3, "ALTER TABLE orders ADD COLUMN c int"), (1.4, "UPDATE alembic_version SET version_num = 'b'"),
        (1.5, "COMMIT"),
      ], application: nil)
    let human = scene.session([(1.25, "SELECT now()"), (2, "SELECT * FROM customers")], user: "dana")
    let told = scene.solve().told
    for place in 1...6 { #expect(told[session << 32 | Int64(place)]?.first?.prompt == 1, "statement \(place)") }
    for place in 1...2 { #expect(told[human << 32 | Int64(place)] == nil) }
  }

  @Test func `a live session follows the calls that type into it`() {
    var scene = Scene()
    let root = scene.call(prompt: 1, 0, 100, [.connection("psql")])
    scene.call(prompt: 2, 20, 21, [.sql("SELECT 1")], continues: root)
    scene.call(prompt: 3, 40, 41, [.sql("DROP TABLE old")], continues: root)
    let session = scene.session([(20.2, "SELECT 1"), (40.3, "DROP TABLE old")])
    let told = scene.solve().told
    #expect(told[session << 32 | 1]?.first?.prompt == 2)
    #expect(told[session << 32 | 2]?.first?.prompt == 3)
  }

  @Test(arguments: [-600.0, -120, -5, 5, 120, 600, 19_800])
  func `a clock that is wrong is found out from what is beyond doubt`(skew: Double) throws {
    var scene = Scene()
    for number in 0..<12 {
      scene.call(
        prompt: Int64(number), Double(number * 30) + skew, Double(number * 30) + 2 + skew,
        [.sql("SELECT \(number) AS a"), .sql("SELECT count(*) FROM orders")])
    }
    for number in 0..<12 {
      scene.session([
        (Double(number * 30) + 0.2, "SELECT \(number) AS a"),
        (Double(number * 30) + 0.3, "SELECT count(*) FROM orders"),
      ])
    }
    let (told, correlator) = scene.solve()
    for number in 0..<12 {
      for place in 1...2 {
        #expect(told[Int64(number + 1) << 32 | Int64(place)]?.first?.prompt == Int64(number), "\(number) \(place)")
      }
    }
    let offset = try #require(correlator.clockOffsets.first)
    #expect(abs(Double(offset.nanoseconds) / 1e9 - skew) < 2.5)
    #expect(offset.anchorCount == 12)
  }

  @Test func `an id on the connection names the call whatever the time, and is never taken for proof`() throws {
    var scene = Scene()
    let id = "toolu_01AbCdEfGhIjKlMnOpQr"
    scene.call(prompt: 9, 0, 1, [], ids: [CarriedID(.call, id)])
    let session = scene.session([(4000, "SELECT secret FROM vault")], carriers: ["agent \(id)"])
    let found = try #require(scene.solve().told[session << 32 | 1]?.first)
    #expect(found.prompt == 9)
    #expect(found.method == .explicitID)
    #expect(found.confidence <= 0.99)
  }

  @Test func `parts that the arguments leave open may be anything`() {
    var scene = Scene()
    scene.call(
      prompt: 1, 0, 5, [.pattern(.literal("INSERT INTO runs VALUES ("), .anything, .literal(", 'ok')"))])
    let session = scene.session([(1, "INSERT INTO runs VALUES (4711, 'ok')")])
    let other = scene.session([(1, "INSERT INTO runs VALUES (4711, 'failed')")], user: "dana")
    let told = scene.solve().told
    #expect(told[session << 32 | 1]?.first?.prompt == 1)
    #expect(told[other << 32 | 1] == nil)
  }

  @Test func `what an application did for a request goes back to the request's prompt`() throws {
    var scene = Scene()
    for number in 0..<4 {
      let url = ExpectedEffect(.http, [.literal("POST http://10.0.0.7/orders/\(number)")], evidence: .argument)
      scene.call(prompt: Int64(number), Double(number * 10), Double(number * 10) + 1, [url])
    }
    for number in 0..<4 {
      var session = WireSession(
        number: Int64(number + 1), protocolName: "http", client: "10.0.0.5:5000\(number)", server: "10.0.0.7:80",
        startedAt: Scene.time(Double(number * 10) + 0.1), endedAt: Scene.time(Double(number * 10) + 0.9))
      session.application = "curl/8.5"
      var action = WireAction(
        number: Int64(number + 1) << 32 | 1, startedAt: Scene.time(Double(number * 10) + 0.2),
        endedAt: Scene.time(Double(number * 10) + 0.8), verb: "POST", text: "POST http://10.0.0.7/orders/\(number)",
        effect: .write)
      action.kind = .http
      scene.sessions.append((session, [action]))
    }
    let pool = scene.session(
      (0..<4).map { (Double($0 * 10) + 0.5, "INSERT INTO orders VALUES (\($0))") }, application: "shop", user: "shop",
      client: "10.0.0.7:45000")
    let told = scene.solve().told
    for number in 0..<4 {
      let found = try #require(told[pool << 32 | Int64(number + 1)]?.first)
      #expect(found.prompt == Int64(number))
      #expect(found.via == Int64(number + 1) << 32 | 1)
    }
  }

  /// Requests of half a second, one each ten seconds, and a connection of the host that answers them.
  private func answered(_ scene: inout Scene, count: Int, lasting seconds: Double = 0.5) {
    for number in 0..<count {
      let start = Double(number * 10)
      let url = ExpectedEffect(.http, [.literal("POST http://10.0.0.7/orders/\(number)")], evidence: .argument)
      scene.call(prompt: Int64(number), start, start + seconds + 0.5, [url])
      let session = WireSession(
        number: Int64(number + 1), protocolName: "http", client: "10.0.0.5:\(50000 + number)", server: "10.0.0.7:80",
        startedAt: Scene.time(start + 0.1), endedAt: Scene.time(start + seconds + 0.2))
      var action = WireAction(
        number: Int64(number + 1) << 32 | 1, startedAt: Scene.time(start + 0.2),
        endedAt: Scene.time(start + 0.2 + seconds), verb: "POST", text: "POST http://10.0.0.7/orders/\(number)",
        effect: .write)
      action.kind = .http
      scene.sessions.append((session, [action]))
    }
  }

  @Test func `an application that works by itself, too, is one when chance would not put so much into requests`() {
    var scene = Scene()
    answered(&scene, count: 15)
    var statements: [(Double, String)] = []
    for number in 0..<15 {
      let start = Double(number * 10)
      statements.append((start + 0.4, "INSERT INTO orders VALUES (\(number))"))
      statements.append((start + 5, "SELECT id FROM outbox WHERE NOT sent"))
    }
    let pool = scene.session(statements, application: "shop", user: "shop", client: "10.0.0.7:45000")
    let told = scene.solve().told
    for number in 0..<15 {
      #expect(told[pool << 32 | Int64(2 * number + 1)]?.first?.prompt == Int64(number))
      #expect(told[pool << 32 | Int64(2 * number + 2)] == nil)
    }
  }

  @Test func `someone on the host of a busy application is not the application`() {
    var scene = Scene()
    // Requests are at work two thirds of the time, and so as many statements fall into them.
    answered(&scene, count: 30, lasting: 6.5)
    var statements: [(Double, String)] = []
    for number in 0..<240 {
      statements.append((Double(number) * 3.7 + 1.1, "SELECT * FROM orders WHERE id = \(number)"))
    }
    let person = scene.session(statements, user: "dana", client: "10.0.0.7:45000")
    let told = scene.solve().told
    #expect(!told.keys.contains { $0 >> 32 == person })
  }

  @Test func `a call says what the wire shows of it`() {
    var scene = Scene()
    let seen = scene.call(prompt: 1, 10, 11, [.sql("SELECT 1")])
    let missing = scene.call(prompt: 1, 20, 21, [.sql("DELETE FROM audit")])
    let silent = scene.call(prompt: 1, 30, 31, [])
    scene.session([(0, "SELECT 'first'")], user: "dana")
    scene.session([(10.5, "SELECT 1")])
    scene.session([(60, "SELECT 'last'")], user: "dana")
    let correlator = scene.solve().correlator
    let verdicts = Dictionary(uniqueKeysWithValues: correlator.verdicts().map { ($0.call, $0) })
    #expect(verdicts[seen]?.verdict == .corroborated)
    #expect(verdicts[missing]?.verdict == .unwitnessed)
    #expect(verdicts[missing]?.detail.contains("DELETE FROM audit") == true)
    #expect(verdicts[silent]?.verdict == .silent)
  }

  @Test func `a call that did something else than it says is a mismatch`() {
    var scene = Scene()
    let call = scene.call(prompt: 1, 10, 12, [.sql("SELECT count(*) FROM orders")])
    scene.session([(10.5, "SELECT count(*) FROM orders"), (10.6, "DELETE FROM orders")], effect: .write)
    let correlator = scene.solve().correlator
    let verdict = correlator.verdicts().first { $0.call == call }
    #expect(verdict?.verdict == .mismatched)
    #expect(verdict?.detail.contains("DELETE FROM orders") == true)
  }

  @Test func `the order in which sessions come decides nothing`() {
    var generator = SeededGenerator(seed: 11)
    var scene = Scene()
    for number in 0..<40 {
      scene.call(
        prompt: Int64(number / 3), Double(number * 4), Double(number * 4 + 6),
        [.sql("SELECT \(number % 5)"), .sql("SELECT count(*) FROM t\(number % 7)")])
    }
    for number in 0..<60 {
      scene.session([
        (Double(number * 3), "SELECT \(number % 5)"), (Double(number * 3) + 0.5, "SELECT count(*) FROM t\(number % 7)"),
      ])
    }
    let first = scene.solve().told
    for _ in 0..<5 {
      #expect(scene.solve(order: Array(scene.sessions.indices).shuffled(using: &generator)).told == first)
    }
  }

  // MARK: Ids

  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

  @Test func `a trace context names the call whose span it bears, not another of its trace`() throws {
    var scene = Scene()
    for (place, span) in ["00f067aa0ba902b7", "b7ad6b7169203331"].enumerated() {
      scene.call(
        prompt: Int64(place + 1), 0, 5, [.sql("SELECT * FROM customers")],
        ids: [CarriedID(.call, span), CarriedID(.turn, Self.trace)])
    }
    let session = scene.session(
      [(1, "SELECT * FROM customers")], application: "00-\(Self.trace)-b7ad6b7169203331-01")
    var wire = scene.sessions[0].0
    wire.carriers = [wire.application ?? ""]
    scene.sessions[0].0 = wire
    let found = try #require(scene.solve().told[session << 32 | 1])
    #expect(found.count == 1 && found[0].prompt == 2 && found[0].method == .explicitID)
  }

  @Test func `a connection that bears another call's id is not taken for this call's`() {
    var scene = Scene()
    scene.call(prompt: 1, 0, 5, [.sql("SELECT 1 FROM a")], ids: [CarriedID(.conversation, "thread-aaaaaaaaaaaa")])
    scene.call(prompt: 2, 100, 105, [.sql("SELECT 1 FROM b")], ids: [CarriedID(.conversation, "thread-bbbbbbbbbbbb")])
    var plain = scene
    let session = scene.session([(1, "SELECT 1 FROM a")], carriers: ["thread-bbbbbbbbbbbb"])
    #expect(scene.solve().told[session << 32 | 1] == nil)
    plain.session([(1, "SELECT 1 FROM a")])
    #expect(plain.solve().told[session << 32 | 1]?.first?.prompt == 1)
  }

  @Test func `where its like always bear an id, a statement without one is somebody else's`() {
    for carries in [true, false] {
      var scene = Scene()
      for number in 0..<60 {
        var effect = ExpectedEffect.sql("SELECT \(number) FROM orders")
        effect.program = "psql"
        let id = "thread-\(number)-aaaaaaaa"
        scene.call(
          prompt: Int64(number), Double(number), Double(number) + 0.5, [effect],
          ids: [CarriedID(.conversation, id)])
        scene.session(
          [(Double(number) + 0.2, "SELECT \(number) FROM orders")], carriers: carries ? [id] : [])
      }
      var effect = ExpectedEffect.pattern(.literal("SELECT * FROM customers WHERE id = "), .anything)
      effect.program = "psql"
      scene.call(prompt: 99, 250, 260, [effect], ids: [CarriedID(.conversation, "thread-99-aaaaaaaa")])
      let other = scene.session([(255, "SELECT * FROM customers WHERE id = 4")])
      let found = scene.solve().told[other << 32 | 1]
      // It is not named: left out, or said to be open.
      let isNamed = found?.first?.prompt == 99 && found?.first?.isAmbiguous == false
      #expect(isNamed == !carries, "ids on the wire: \(carries)")
    }
  }

  @Test func `the call that the connection names is not crowded out by many that say the same`() {
    var scene = Scene()
    let id = "toolu_0123456789abcdef"
    // What it runs is not told: a file that somebody else wrote.
    scene.call(prompt: 1, 100, 101, [.connection("psql")], ids: [CarriedID(.call, id)])
    for number in 0..<40 {
      let text = "SELECT title FROM products WHERE id = \(number)"
      scene.call(
        prompt: Int64(number + 2), Double(number) + 80, Double(number) + 80.5, [.sql(text)],
        ids: [CarriedID(.call, "toolu_other\(number + 100)")])
      scene.session([(Double(number) + 80.2, text)], carriers: ["toolu_other\(number + 100)"])
    }
    let statements = (0..<12).map { (100.2 + Double($0) * 2, "SELECT title FROM products WHERE id = \($0 + 500)") }
    let session = scene.session(statements, carriers: [id])
    let told = scene.solve().told
    for place in 1...12 {
      let found = told[session << 32 | Int64(place)]
      #expect(
        found?.count == 1 && found?.first?.prompt == 1 && found?.first?.method == .explicitID, "statement \(place)")
    }
  }

  @Test func `neither turns nor times speak against the call that the connection names`() {
    var scene = Scene()
    let text = "SELECT count(*) FROM orders"
    // Two at once, one more of somebody else's between them.
    scene.call(prompt: 1, 10, 11, [.sql(text)], ids: [CarriedID(.call, "toolu_first00000001")])
    scene.call(prompt: 2, 10, 11, [.sql(text)], ids: [CarriedID(.call, "toolu_second0000002")])
    for number in 0..<9 { scene.session([(Double(number) * 0.3 + 9, text)], user: "dana") }
    let second = scene.session([(10.1, text)], carriers: ["toolu_second0000002"])
    let first = scene.session([(10.9, text)], carriers: ["toolu_first00000001"])
    let told = scene.solve().told
    for (session, prompt) in [(first, Int64(1)), (second, 2)] {
      let found = told[session << 32 | 1]
      #expect(found?.count == 1 && found?.first?.prompt == prompt && found?.first?.isAmbiguous == false, "\(prompt)")
    }
  }

  @Test func `an id on the connection holds for what it says first, too`() throws {
    var scene = Scene()
    let id = "toolu_0123456789abcdef"
    // The same statement was seen once before, from somebody else.
    scene.session([(0.5, "SELECT state FROM orders")], user: "dana")
    scene.call(
      prompt: 1, 1, 3, [.sql("SELECT state FROM orders"), .sql("DELETE FROM promotions")], ids: [CarriedID(.call, id)])
    let session = scene.session([(1.2, "SELECT state FROM orders"), (1.3, "DELETE FROM promotions")], carriers: [id])
    let told = scene.solve().told
    #expect(told[session << 32 | 1]?.first?.prompt == 1)
    #expect(told[session << 32 | 2]?.first?.prompt == 1)
  }

  @Test func `of a trace context the trace and the span are ids, of other words only the whole`() {
    #expect(CarriedID.all(in: "traceparent='00-\(Self.trace)-00f067aa0ba902b7-01'").contains("00f067aa0ba902b7"))
    #expect(CarriedID.all(in: "00-\(Self.trace)-00f067aa0ba902b7").contains("00f067aa0ba902b7") == false)
  }
}
