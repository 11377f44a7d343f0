import Model
import TestKit
import Testing

@testable import Sessions

@Suite struct CarrierCheckTests {
  private let call = "toolu_01AAAAAAAAAAAAAAAAAAAA"
  private let other = "toolu_01BBBBBBBBBBBBBBBBBBBB"
  private let conversation = "5e0f9c5e-0000-4000-8000-000000000001"

  /// A call of a conversation, from second 0 to 2, that says all it does; its clock is tied by another call's statement.
  private func scene(_ effects: [ExpectedEffect]) -> Scene {
    var scene = Scene()
    scene.call(prompt: 1, 0, 2, effects, ids: [CarriedID(.call, call), CarriedID(.conversation, conversation)])
    for number in 0..<4 {
      let text = "SELECT anchor FROM t\(number)"
      scene.call(
        prompt: 1, Double(number) * 3 + 10, Double(number) * 3 + 10.2, [.sql(text)],
        ids: [CarriedID(.conversation, conversation)])
      scene.session([(Double(number) * 3 + 10.1, text)])
    }
    return scene
  }

  private func conflicts(_ scene: Scene) -> [CarrierConflict] {
    let check = CarrierCheck(scene.solve().correlator)
    return scene.sessions.flatMap { check.look(at: $0.0, $0.1).conflicts }
  }

  @Test func `an id that agrees is no finding`() {
    var scene = scene([.sql("UPDATE orders SET paid = true")])
    scene.session([(1, "UPDATE orders SET paid = true")], carriers: [call, conversation])
    scene.session([(1800, "SELECT 1")], carriers: [conversation])
    #expect(conflicts(scene).isEmpty)
  }

  @Test func `a conversation that had ended hours before`() throws {
    var scene = scene([.sql("UPDATE orders SET paid = true")])
    scene.session([(9000, "SELECT 1"), (9001, "SELECT 2"), (9002, "SELECT 3")], carriers: ["agent=\(conversation)"])
    let found = conflicts(scene)
    #expect(found.map(\.kind) == [.time] && found.first?.count == 3)
    #expect(found.first?.detail.contains("had made its last call 2 h before") == true)
  }

  @Test func `a call that had not begun, and one long over`() {
    var scene = scene([.sql("UPDATE orders SET paid = true")])
    scene.session([(-600, "UPDATE orders SET paid = true")], carriers: [call])
    scene.session([(2000, "UPDATE orders SET paid = true")], carriers: [call])
    #expect(conflicts(scene).map(\.kind) == [.time, .time])
  }

  @Test func `another statement than the call's`() throws {
    var scene = scene([.sql("SELECT count(*) FROM orders")])
    scene.session([(1, "DELETE FROM customers")], carriers: [call], effect: .write)
    let found = try #require(conflicts(scene).first)
    #expect(found.kind == .statement && found.detail.contains("SELECT count(*) FROM orders"))
  }

  @Test func `a call that does not tell all may do this too`() {
    for effects in [
      [ExpectedEffect.connection("python")], [.sql("SELECT 1"), .pattern(.literal("DELETE FROM "), .anything)], [],
    ] {
      var scene = scene(effects)
      scene.session([(1, "DROP TABLE customers")], carriers: [call], effect: .schema)
      #expect(conflicts(scene).isEmpty)
    }
  }

  @Test func `another user than the call's arguments name`() throws {
    var effect = ExpectedEffect.sql("SELECT * FROM customers")
    effect.user = "reader"
    var scene = scene([effect])
    scene.session([(1, "SELECT * FROM customers")], user: "postgres", carriers: [call])
    #expect(conflicts(scene).map(\.kind) == [.target])
  }

  @Test func `two calls of different prompts beside one another`() {
    var scene = scene([])
    scene.call(prompt: 2, 0, 2, [], ids: [CarriedID(.call, other)])
    scene.session([(1, "SELECT 1")], carriers: [call, other])
    #expect(conflicts(scene).map(\.kind) == [.several])
  }

  @Test func `an id that contradicts speaks for nothing, one beside it that agrees still does`() throws {
    var scene = scene([.sql("UPDATE orders SET paid = true")])
    scene.call(prompt: 2, 0, 2, [.sql("SELECT 1")], ids: [CarriedID(.call, other)])
    scene.session(
      [(1, "UPDATE orders SET paid = true"), (1.5, "DELETE FROM customers")], carriers: [call], effect: .write)
    let session = try #require(scene.sessions.last)
    let (honest, forged) = (session.1[0].number, session.1[1].number)
    var correlator = scene.solve().correlator
    let refuted = CarrierCheck(correlator).look(at: session.0, session.1).refuted
    #expect(refuted == [forged: [call]])
    let believed = correlator.attribute(session.0, session.1)
    #expect(believed.contains { $0.action == forged && $0.method == .explicitID })
    let told = correlator.attribute(session.0, session.1, refuted: refuted)
    #expect(told.contains { $0.action == honest && $0.prompt == 1 && $0.method == .explicitID && !$0.isAmbiguous })
    #expect(!told.contains { $0.action == forged && $0.method == .explicitID })
  }

  @Test func `of ids of different prompts the statement's own goes before its connection's`() throws {
    var scene = scene([])
    scene.call(prompt: 2, 0, 2, [], ids: [CarriedID(.call, other)])
    scene.session([(1, "SELECT 1")], carriers: [call])
    scene.sessions[scene.sessions.count - 1].1[0].carriers = [other]
    let session = try #require(scene.sessions.last)
    let check = CarrierCheck(scene.solve().correlator)
    #expect(check.look(at: session.0, session.1).refuted == [session.1[0].number: [call]])
    scene.sessions[scene.sessions.count - 1].0.carriers = [call, other]
    scene.sessions[scene.sessions.count - 1].1[0].carriers = []
    let both = try #require(scene.sessions.last)
    #expect(check.look(at: both.0, both.1).refuted == [both.1[0].number: [call, other]])
  }

  @Test func `a clock that nothing ties, or of an unknown zone, has more room`() {
    var scene = Scene()
    scene.call(prompt: 1, 0, 2, [.sql("SELECT 7")], ids: [CarriedID(.conversation, conversation)])
    scene.session([(4200, "SELECT 1")], carriers: [conversation])
    #expect(conflicts(scene).isEmpty)
    scene.session([(9000, "SELECT 1")], carriers: [conversation])
    #expect(conflicts(scene).map(\.kind) == [.time])
    scene.calls[0].hasZone = false
    #expect(conflicts(scene).isEmpty)
    scene.calls[0].startedAt = nil
    #expect(conflicts(scene).isEmpty)
  }

  @Test func `what is told of a session is bounded`() {
    var scene = scene([])
    let ids = (0..<100).map { "toolu_01CCCCCCCCCCCCCCCC\(1000 + $0)" }
    for (number, id) in ids.enumerated() {
      scene.call(prompt: Int64(number + 10), 0, 2, [], ids: [CarriedID(.call, id)])
    }
    scene.session([(9000, "SELECT 1")], carriers: ids)
    #expect(conflicts(scene).count == CarrierCheck.sessionLimit)
  }
}
