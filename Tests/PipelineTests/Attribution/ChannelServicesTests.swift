import Model
import Testing

@testable import Pipeline

/// Ids that come with a program on a host, for what is done by way of it.
@Suite struct ChannelServicesTests {
  private static func action(
    _ kind: String, from begin: Int64, to end: Int64?, effect: Effect = .write, parameters: String? = nil
  ) -> Action {
    var action = Action(
      id: "a", sessionID: "s", sequence: 1, startedAt: Timestamp(nanoseconds: begin),
      endedAt: end.map { Timestamp(nanoseconds: $0) }, kind: kind, verb: "V", text: "t", effect: effect,
      status: .ok)
    action.parameters = parameters
    return action
  }

  private static func service(_ begin: Int64, _ end: Int64?, _ id: String) -> Action {
    action("exec", from: begin, to: end, effect: .session, parameters: id)
  }

  @Test func `what lies within one program is its`() {
    let services = ChannelServices([
      Self.action("login", from: 0, to: 1), Self.service(10, 20, "a"), Self.service(30, 40, "b"),
    ])
    #expect(services.parameters(around: Self.action("git", from: 11, to: 19)) == "a")
    #expect(services.parameters(around: Self.action("sftp", from: 30, to: nil)) == "b")
    #expect(services.parameters(around: Self.action("sftp", from: 39, to: 40)) == "b")
    for (begin, end) in [(Int64(5), Int64(8)), (15, 25), (21, 29), (35, 41), (41, 50)] {
      #expect(services.parameters(around: Self.action("git", from: begin, to: end)) == nil)
    }
    // A program that does something itself is no way for others, and what is no service's stays as it is.
    #expect(services.parameters(around: Self.action("exec", from: 11, to: 19)) == nil)
    #expect(
      ChannelServices([Self.action("exec", from: 10, to: 20, parameters: "a")])
        .parameters(around: Self.action("git", from: 11, to: 19)) == nil)
  }

  @Test func `of programs at the same time none is taken`() {
    let services = ChannelServices([
      Self.service(10, 100, "long"), Self.service(20, 30, "a"), Self.service(40, nil, "open"),
    ])
    #expect(services.parameters(around: Self.action("sftp", from: 12, to: 19)) == "long")
    #expect(services.parameters(around: Self.action("sftp", from: 22, to: 29)) == nil)
    #expect(services.parameters(around: Self.action("sftp", from: 31, to: 39)) == "long")
    #expect(services.parameters(around: Self.action("sftp", from: 50, to: 60)) == nil)
    #expect(services.parameters(around: Self.action("sftp", from: 150, to: 160)) == "open")
  }
}
