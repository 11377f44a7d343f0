import Bytes
import Model
import Parsers
import Testing

struct SSHForwardingTests {
  private static func tcp(_ host: String, _ port: UInt32) -> [UInt8] {
    SSHWire.string(host) + SSHWire.number(port) + SSHWire.string("127.0.0.1") + SSHWire.number(40_000)
  }

  @Test func `a forwarded connection is a tunnel of its own`() {
    var conversation = SSHConversation.session()
    conversation.client(SSHWire.open("direct-tcpip", 0, Self.tcp("db.internal", 5432)))
    conversation.server(SSHWire.confirm(0, 7))
    conversation.client(SSHWire.data(7, "question"))
    conversation.server(SSHWire.data(0, "answer"), SSHWire.end(0), SSHWire.close(0))
    conversation.client(SSHWire.close(7))
    let events = conversation.events()
    var opened: [Tunnel.Kind] = []
    var isClosed = false
    for case .tunnel(let tunnel) in events {
      if case .opened(_, let it) = tunnel { opened.append(it.kind) }
      if case .closed = tunnel { isClosed = true }
    }
    #expect(opened == [.child(server: "db.internal:5432")])
    #expect(isClosed)
    #expect(events.carried(0, .fromClient) == "question")
    #expect(events.carried(0, .fromServer) == "answer")
    var expected = Forwarding(.directTCPIP, destination: "db.internal:5432")
    expected.originator = "127.0.0.1:40000"
    expected.outcome = .accepted
    expected.channel = 0
    #expect(events.forwardings == [expected])
  }

  @Test func `a connection to a remote port comes from the server's side`() {
    var conversation = SSHConversation.session()
    conversation.client(
      SSHWire.global("tcpip-forward", wantsReply: true, SSHWire.string("localhost") + SSHWire.number(0)))
    conversation.server(SSHWire.packet([81] + SSHWire.number(41_000)))
    conversation.server(SSHWire.open("forwarded-tcpip", 3, Self.tcp("::1", 41_000)))
    conversation.client(SSHWire.confirm(3, 0))
    conversation.server(SSHWire.data(0, "GET /"))
    conversation.client(SSHWire.data(3, "200 OK"), SSHWire.close(3))
    conversation.server(SSHWire.close(0))
    conversation.client(
      SSHWire.global("cancel-tcpip-forward", wantsReply: true, SSHWire.string("localhost") + SSHWire.number(41_000)))
    conversation.server(SSHWire.packet([82]))
    let events = conversation.events()
    #expect(events.forwardings.map(\.kind) == [.listen, .forwardedTCPIP, .cancelListen])
    #expect(events.forwardings.map(\.destination) == ["localhost:41000", "[::1]:41000", "localhost:41000"])
    #expect(events.forwardings.map(\.outcome) == [.accepted, .accepted, .refused("refused by the server")])
    #expect(events.carried(0, .fromClient) == "GET /")
    #expect(events.carried(0, .fromServer) == "200 OK")
  }

  @Test func `a refused connection says why`() {
    var conversation = SSHConversation.session()
    conversation.client(SSHWire.open("direct-tcpip", 0, Self.tcp("x", 1)))
    conversation.server(SSHWire.refuse(0, 1, "open failed"))
    let events = conversation.events()
    #expect(events.forwardings.map(\.outcome) == [.refused("administratively prohibited: open failed")])
  }

  @Test func `sockets, displays, agents and tunnels have their kinds`() {
    var conversation = SSHConversation.session()
    conversation.client(
      SSHWire.open(
        "direct-streamlocal@openssh.com", 0, SSHWire.string("/run/x.sock") + SSHWire.string("") + SSHWire.number(0)))
    conversation.server(SSHWire.confirm(0, 0))
    conversation.server(SSHWire.open("x11", 1, SSHWire.string("10.0.0.1") + SSHWire.number(6010)))
    conversation.client(SSHWire.confirm(1, 1))
    conversation.server(SSHWire.open("auth-agent@openssh.com", 2))
    conversation.client(SSHWire.confirm(2, 2))
    conversation.client(SSHWire.open("tun@openssh.com", 3, SSHWire.number(2) + SSHWire.number(0x7fff_ffff)))
    conversation.server(SSHWire.refuse(3, 3, ""))
    conversation.client(SSHWire.global("streamlocal-forward@openssh.com", wantsReply: false, SSHWire.string("/tmp/s")))
    let events = conversation.events()
    #expect(
      events.forwardings.map { "\($0.kind.rawValue) \($0.destination)" } == [
        "tun@openssh.com tap", "listen /tmp/s", "direct-streamlocal@openssh.com /run/x.sock", "x11 x11",
        "auth-agent@openssh.com ssh-agent",
      ])
  }

  @Test func `a gap is told to every open tunnel`() {
    var conversation = SSHConversation.session()
    conversation.client(SSHWire.open("direct-tcpip", 0, Self.tcp("x", 1)))
    conversation.server(SSHWire.confirm(0, 7))
    conversation.server(SSHWire.data(0, "one"), SSHWire.data(0, "two"), SSHWire.data(0, "three"))
    conversation.pieces[conversation.pieces.count - 2].isLost = true
    let events = conversation.events()
    #expect(events.carried(0, .fromServer) == "onethree")
    #expect(events.handedOn(.fromServer).contains("missing"))
  }

  @Test func `the server's host keys are facts`() {
    var conversation = SSHConversation.session()
    conversation.server(
      SSHWire.global("hostkeys-00@openssh.com", wantsReply: false, SSHWire.string(SSHWire.ed25519(3))))
    let keys = conversation.events().parameters["ssh.host-keys"]
    #expect(keys?.hasPrefix("ssh-ed25519 SHA256:") == true)
  }
}
