import Foundation
import Model
import Store
import TestKit
import Testing

@testable import Gateway

/// Ports at which the target listens for a client (`ssh -R`).
@Suite(.serialized, .enabled(if: ScratchSSHD.isPresent, Comment(rawValue: ScratchSSHD.absence)))
struct ShellForwardTests {
  private static func policy(_ port: Int) -> String {
    """
    version: 1
    rules:
      - { id: here, when: { kind: forward, resource: ["use port 127.0.0.1:\(port)", "execute forward 127.0.0.1:\(port)"] }, then: allow }
      - { id: stop, when: { kind: forward, effect: session }, then: allow }
      - { id: no-others, when: { kind: forward }, then: deny }
    default: allow
    """
  }

  private func texts(_ found: CaseFile) throws -> [String] {
    var texts: [String] = []
    for session in try found.sessions() {
      try found.forEachAction(session: session.id) { texts.append("\($0.text) \($0.status.rawValue)") }
    }
    return texts
  }

  @Test func `what comes at the target's port reaches the client, where the policy says so`() throws {
    let web = try WebTarget()
    let server = try ScratchSSHD()
    let (port, other) = (try Loopback.freePort(), try Loopback.freePort())
    let shell = try ShellGateway(server, policy: Self.policy(port))
    let done = try shell.bash(
      """
      C="-o ControlPath=$HERE/control"
      $SSH -M -N -f $C -o ExitOnForwardFailure=yes -R 127.0.0.1:\(port):127.0.0.1:\(web.port) $WHO && echo listens
      curl -s -m 5 --noproxy '*' http://127.0.0.1:\(port)/bytes/5; echo
      curl -s --noproxy '*' http://127.0.0.1:\(web.port)/bytes/3000000 > direct
      for i in 1 2 3 4; do curl -s -m 20 --noproxy '*' http://127.0.0.1:\(port)/bytes/3000000 | cmp - direct && echo same$i & done
      wait $(jobs -p)
      $SSH $C -O forward -R 127.0.0.1:\(other):127.0.0.1:\(web.port) $WHO 2>&1 | grep -c fail
      curl -s -m 5 --noproxy '*' http://127.0.0.1:\(other)/ || echo refused
      $SSH $C -O cancel -R 127.0.0.1:\(port):127.0.0.1:\(web.port) $WHO
      curl -s -m 5 --noproxy '*' http://127.0.0.1:\(port)/ || echo over
      $SSH $C -O exit $WHO 2> /dev/null
      """)
    let lines = done.text.split(separator: "\n").map(String.init)
    #expect(lines.prefix(2) == ["listens", "01234"], "\(done)")
    #expect(lines.dropFirst(2).prefix(4).sorted() == ["same1", "same2", "same3", "same4"], "\(done)")
    #expect(lines.suffix(2) == ["refused", "over"], "\(done)")
    try shell.gateway.stop()
    let found = try texts(try shell.gateway.ingest())
    #expect(found.contains("listen 127.0.0.1:\(port) ok"), "\(found)")
    #expect(found.contains("listen 127.0.0.1:\(other) denied"), "\(found)")
    #expect(found.contains("cancel-listen 127.0.0.1:\(port) ok"), "\(found)")
    #expect(found.filter { $0.hasPrefix("forwarded-tcpip 127.0.0.1:\(port) from ") && $0.hasSuffix(" ok") }.count == 5)
    #expect(found.filter { $0.contains("/bytes/3000000") && $0.hasSuffix(" ok") }.count == 4, "\(found)")
    #expect(try shell.verdicts().contains { $0.hasPrefix("denied no-others") })
  }

  @Test func `a connection that a rule forbids or the client does not take ends at the target`() throws {
    let server = try ScratchSSHD()
    let (port, nobody) = (try Loopback.freePort(), try Loopback.freePort())
    for isForbidden in [true, false] {
      let rule = isForbidden ? "{ kind: forward, verb: forwarded-tcpip }, then: deny" : "{ kind: forward }, then: allow"
      let shell = try ShellGateway(
        server, policy: "version: 1\nrules: [{ id: one, when: \(rule) }]\ndefault: allow\n")
      let done = try shell.bash(
        """
        $SSH -o ExitOnForwardFailure=yes -R 127.0.0.1:\(port):127.0.0.1:\(nobody) $WHO \
          "curl -s -m 5 --noproxy '*' http://127.0.0.1:\(port)/; echo \\$?; echo on"
        """)
      let lines = done.text.split(separator: "\n")
      #expect(lines.count == 2 && lines.last == "on" && ["52", "56"].contains(lines.first), "\(done)")
      try shell.gateway.stop()
      let found = try texts(try shell.gateway.ingest())
      #expect(
        found.contains { $0.hasPrefix("forwarded-tcpip 127.0.0.1:\(port)") && $0.hasSuffix(" denied") }, "\(found)")
    }
  }

  @Test func `a target that goes away, or a port that is taken, is told as it is`() throws {
    let web = try WebTarget()
    let server = try ScratchSSHD()
    let shell = try ShellGateway(server)
    let done = try shell.bash(
      """
      $SSH -o ExitOnForwardFailure=yes -R 127.0.0.1:\(web.port):127.0.0.1:1 $WHO true 2>&1 | grep -c 'remote port forwarding failed'
      $SSH -R 0:127.0.0.1:1 $WHO 'echo runs' 2>&1 | tail -n 1
      """)
    #expect(done.text == "1\nruns\n", "\(done)")
    let port = try Loopback.freePort()
    try shell.start("waits", "$SSH -N -R 127.0.0.1:\(port):127.0.0.1:\(web.port) $WHO")
    let reached = try shell.bash(
      "for i in $(seq 100); do curl -s -m 5 --noproxy '*' http://127.0.0.1:\(port)/bytes/5 && break; sleep 0.05; done")
    #expect(reached.text == "01234", "\(reached)")
    try shell.gateway.stop()
    #expect(try texts(try shell.gateway.ingest()).contains { $0.hasPrefix("listen 127.0.0.1:\(web.port) denied") })
  }
}
