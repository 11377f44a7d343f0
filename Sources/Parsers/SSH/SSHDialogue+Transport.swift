import Bytes
import Model

/// Messages of the transport layer that say something (RFC 4253 §10, §11; RFC 8308).
extension SSHDialogue {
  @_lifetime(reader: copy reader)
  mutating func takeTransport(
    _ number: UInt8, _ reader: inout ByteReader, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    switch number {
    case SSHMessageNumber.disconnect:
      let code = try reader.readUInt32("reason code")
      let description = try reader.readText("description")
      let reason = SSHDialogue.disconnectReason(code)
      events.append(
        .exchange(marker("disconnect", "by the \(envelope.direction.name): \(reason): \(description)", envelope)))
      var facts = SessionFacts()
      facts.parameters["ssh.disconnect"] = "\(envelope.direction.name): \(reason): \(description)"
      events.append(.facts(facts))
    case SSHMessageNumber.debug:
      guard try reader.readBool("always display") else { return }
      events.append(.exchange(marker("debug", try reader.readText("message"), envelope)))
    case SSHMessageNumber.extensionInfo: try takeExtensions(&reader, envelope, &events)
    case SSHMessageNumber.serviceRequest, SSHMessageNumber.serviceAccept: _ = try reader.readString("service")
    case SSHMessageNumber.ignore, SSHMessageNumber.unimplemented, SSHMessageNumber.newCompress: break
    default:
      if reportedNumbers.insert(number).inserted {
        report("ssh-unknown-message", "message \(number) of the \(envelope.direction.name)", envelope.begin, &events)
      }
    }
  }

  /// SSH_MSG_EXT_INFO: what the sender can besides.
  @_lifetime(reader: copy reader)
  private mutating func takeExtensions(
    _ reader: inout ByteReader, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    let count = try reader.readUInt32("extension count")
    var facts = SessionFacts()
    var read: UInt32 = 0
    while read < count, read < 64 {
      let name = try reader.readText("extension name")
      let value = try reader.readString("extension value")
      // RFC 8308 §3.1; the others are names with a number or nothing.
      if name == "server-sig-algs" { facts.parameters["ssh.server-sig-algs"] = value.string }
      let key = "ssh.\(envelope.direction.name)-extensions"
      facts.parameters[key] = facts.parameters[key].map { $0 + "," + name } ?? name
      read += 1
    }
    events.append(.facts(facts))
  }

  /// RFC 4253 §11.1.
  private static func disconnectReason(_ code: UInt32) -> String {
    switch code {
    case 1: "host not allowed to connect"
    case 2: "protocol error"
    case 3: "key exchange failed"
    case 5: "MAC error"
    case 6: "compression error"
    case 7: "service not available"
    case 8: "protocol version not supported"
    case 9: "host key not verifiable"
    case 10: "connection lost"
    case 11: "by application"
    case 12: "too many connections"
    case 13: "authentication cancelled by user"
    case 14: "no more authentication methods available"
    case 15: "illegal user name"
    default: "reason \(code)"
    }
  }
}
