import Foundation
import SSHKeys
import TestKit
import Testing

@testable import Pipeline

@Suite struct AgentSocketTests {
  @Test func `no agent is an error that names the path`() {
    let path = "/nonexistent/agent.sock"
    do {
      _ = try AgentSocket(path: path).identities()
      Issue.record("something answered")
    } catch {
      #expect(error.code == .unreachable)
      #expect(error.detail.contains(path))
    }
  }
}
