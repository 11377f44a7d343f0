import Model
import Testing

@testable import Sessions

@Suite struct IdentityTests {
  private func application(_ name: String, at time: Int64?) -> SessionFacts {
    var facts = SessionFacts()
    facts.application = name
    facts.learnedAt = time.map { Timestamp(nanoseconds: $0) }
    return facts
  }

  private func history(_ steps: [(name: String, at: Int64?)]) -> IdentityHistory {
    var history = IdentityHistory()
    for step in steps {
      history.note(application(step.name, at: step.at), since: step.at.map { Timestamp(nanoseconds: $0) })
    }
    return history
  }

  @Test func `a request is judged by the name that the session had when it was sent`() {
    let history = history([("web", nil), ("migrate", 100), ("web", 200)])
    #expect(history.identity(at: Timestamp(nanoseconds: 50)).application == "web")
    #expect(history.identity(at: Timestamp(nanoseconds: 150)).application == "migrate")
    #expect(history.identity(at: Timestamp(nanoseconds: 250)).application == "web")
    #expect(history.applications == ["web", "migrate"])
  }

  @Test func `a name that is said later vouches for nothing before it`() {
    let history = history([("trusted", 100)])
    #expect(history.identity(at: Timestamp(nanoseconds: 50)) == Identity())
  }

  @Test func `an empty name is none`() {
    let history = history([("web", nil), ("", 100)])
    #expect(history.identity(at: Timestamp(nanoseconds: 150)).application == nil)
    #expect(history.applications == ["web"])
  }

  @Test func `SET SESSION AUTHORIZATION changes the user`() {
    var history = IdentityHistory()
    var facts = SessionFacts()
    facts.user = "alice"
    history.note(facts, since: nil)
    facts.parameters["session_authorization"] = "postgres"
    history.note(facts, since: Timestamp(nanoseconds: 100))
    #expect(history.identity(at: Timestamp(nanoseconds: 99)).user == "alice")
    #expect(history.identity(at: Timestamp(nanoseconds: 100)).user == "postgres")
  }

  @Test func `a session that changes its name without end is remembered to a bound`() {
    let history = history((0..<1000).map { (name: "n\($0)", at: Int64($0)) })
    #expect(history.applications.count == IdentityHistory.nameLimit)
    #expect(history.identity(at: Timestamp(nanoseconds: 999)).application == "n999")
    #expect(history.identity(at: Timestamp(nanoseconds: 3)) == Identity())
  }
}
