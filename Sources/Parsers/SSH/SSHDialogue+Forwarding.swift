import Bytes
import Model

/// Connections inside the connection (RFC 4254 §7, §6.3; OpenSSH's PROTOCOL §2).
extension SSHDialogue {
  /// What a channel of that type is, from the rest of its opening.
  @_lifetime(reader: copy reader)
  mutating func openedKind(
    _ type: String, _ reader: inout ByteReader, _ channel: borrowing SSHChannel, _ envelope: SSHEnvelope,
    _ events: inout [ParserEvent]
  ) throws(DecodeError) -> SSHChannel.Kind {
    let kind: Forwarding.Kind
    switch type {
    case "session":
      // RFC 4254 §6.1: clients should reject such an opening of the server.
      if envelope.direction == .fromServer {
        report("ssh-session-from-server", "the server asks the client for a session", envelope.begin, &events)
      }
      return .session(SSHSession())
    case "direct-tcpip": kind = .directTCPIP
    case "forwarded-tcpip": kind = .forwardedTCPIP
    case "direct-streamlocal@openssh.com": kind = .directStreamLocal
    case "forwarded-streamlocal@openssh.com": kind = .forwardedStreamLocal
    case "x11": kind = .x11
    case "auth-agent@openssh.com", "auth-agent": kind = .agent
    case "tun@openssh.com": kind = .tun
    default: return .other
    }
    var forwarding = Forwarding(kind, destination: "")
    forwarding.channel = channel.number
    switch kind {
    case .directTCPIP, .forwardedTCPIP:
      let host = try reader.readText("host")
      let port = try reader.readUInt32("port")
      let originator = try reader.readText("originator address")
      let originatorPort = try reader.readUInt32("originator port")
      forwarding.destination = SSHDialogue.endpoint(host, port)
      forwarding.originator = SSHDialogue.endpoint(originator, originatorPort)
    case .directStreamLocal, .forwardedStreamLocal: forwarding.destination = try reader.readText("socket path")
    case .x11:
      let originator = try reader.readText("originator address")
      let port = try reader.readUInt32("originator port")
      forwarding.destination = "x11"
      forwarding.originator = SSHDialogue.endpoint(originator, port)
    case .agent: forwarding.destination = "ssh-agent"
    case .tun:
      // OpenSSH's PROTOCOL §2.3: 1 is point-to-point, 2 is Ethernet; 2^31 - 1 lets the server choose.
      let mode = try reader.readUInt32("tunnel mode")
      let unit = try reader.readUInt32("remote unit number")
      forwarding.destination = (mode == 2 ? "tap" : "tun") + (unit < 0x7fff_ffff ? "\(unit)" : "")
    case .listen, .cancelListen: break
    }
    return .forwarding(forwarding, nil)
  }

  /// The other end accepted a channel.
  func confirm(_ channel: inout SSHChannel, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    guard case .forwarding(var forwarding, nil) = channel.kind else { return }
    forwarding.outcome = .accepted
    switch forwarding.kind {
    case .directTCPIP, .forwardedTCPIP, .directStreamLocal, .forwardedStreamLocal, .x11:
      let tunnel = TunnelID(channel.number)
      channel.kind = .forwarding(forwarding, tunnel)
      events.append(
        .tunnel(
          .opened(
            tunnel,
            Tunnel(
              .child(server: forwarding.destination), openedAt: envelope.begin.time, origin: envelope.begin.origin))))
    case .agent, .tun, .listen, .cancelListen: channel.kind = .forwarding(forwarding, nil)
    }
  }

  /// The other end refused a channel; it is over.
  func refuse(
    _ channel: inout SSHChannel, _ reason: String, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    switch channel.kind {
    case .forwarding(var forwarding, let tunnel):
      forwarding.outcome = .refused(reason)
      channel.kind = .forwarding(forwarding, tunnel)
    case .session, .other:
      channel.kind = .other
      events.append(.exchange(marker("channel-refused", "\(channel.type): \(reason)", envelope)))
    }
  }

  /// `host:port`, with brackets around an IPv6 address.
  static func endpoint(_ host: String, _ port: UInt32) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
