import Bytes
import Model

/// From messages to exchanges: what was asked, and what was answered.
struct SSHDialogue {
  let options: ParserOptions
  /// Software versions of the identifications, comments included.
  var clientSoftware = ""
  var serverSoftware = ""
  var authentication = SSHAuthentication()
  /// Global requests that wait for their answers, by sender.
  var globalRequests = SSHBoth<SSHRequestQueue<SSHGlobalRequest>>(SSHRequestQueue(), SSHRequestQueue())
  var keepalives = SSHBoth<UInt64>(0, 0)
  var channels = SSHChannelTable()
  /// Messages were lost from a direction: what is unknown since may have been said then.
  var lost = SSHBoth(false, false)
  /// Bytes of channels whose opening was not captured.
  var orphanBytes = SSHBoth<UInt64>(0, 0)
  var orphanSince: StreamPosition?
  var orphanUntil: Timestamp?
  var reportedNumbers: Set<UInt8> = []
  private var anomalyCount = 0

  init(options: ParserOptions) { self.options = options }

  /// A line before the packets; true when it is the identification.
  mutating func takeLine(_ line: Span<UInt8>, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]) -> Bool {
    var count = line.count
    while count > 0, line[count - 1] == 0x0a || line[count - 1] == 0x0d { count -= 1 }
    let text = line.extracting(first: count).string
    guard text.hasPrefix("SSH-") else {
      // RFC 4253 §4.2: the server may send other lines of data before.
      if envelope.direction == .fromServer {
        events.append(.exchange(marker("server-line", text, envelope)))
      } else {
        report(
          "ssh-line-before-identification", "the client sent a line before its identification", envelope.begin, &events)
      }
      return false
    }
    var facts = SessionFacts()
    let software = text.dropFirst(4).drop { $0 != "-" }.dropFirst()
    if envelope.direction == .fromClient {
      clientSoftware = String(software)
      facts.application = clientSoftware
      facts.parameters["ssh.client"] = text
    } else {
      serverSoftware = String(software)
      facts.serverVersion = serverSoftware
      facts.parameters["ssh.server"] = text
    }
    events.append(.facts(facts))
    return true
  }

  /// A message.
  mutating func take(_ payload: Span<UInt8>, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    var reader = ByteReader(payload)
    guard let number = try? reader.readUInt8() else {
      return report("ssh-malformed", "a packet without a message", envelope.begin, &events)
    }
    do throws(DecodeError) {
      switch number {
      case SSHMessageNumber.channelOpen...SSHMessageNumber.channelFailure:
        noteAuthenticated(envelope, &events)
        try takeChannel(number, &reader, envelope, &events)
      case SSHMessageNumber.globalRequest...SSHMessageNumber.requestFailure:
        noteAuthenticated(envelope, &events)
        try takeGlobal(number, &reader, envelope, &events)
      case 50...79: try takeAuthentication(number, &reader, envelope, &events)
      case 1...19: try takeTransport(number, &reader, envelope, &events)
      // Key exchange: the decryptor's business.
      case 20...49: break
      default:
        if reportedNumbers.insert(number).inserted {
          report("ssh-unknown-message", "message \(number) of the \(envelope.direction.name)", envelope.begin, &events)
        }
      }
    } catch {
      report("ssh-malformed", "message \(number) of the \(envelope.direction.name): \(error)", envelope.begin, &events)
    }
  }

  /// Messages of a direction may be missing from here on.
  mutating func noteLoss(
    _ direction: Direction, _ reason: String, _ count: UInt64, _ position: StreamPosition,
    _ events: inout [ParserEvent]
  ) {
    lost[direction] = true
    authentication.note(reason)
    // Whose answer was lost cannot be known.
    noteGlobalLoss(direction, reason)
    channels.forEach { (channel: inout SSHChannel) in
      channel.noteLoss(direction, reason, count, position, &events)
    }
  }

  /// Whether a channel number is one that the sender may name.
  func isKnown(_ number: UInt32, from sender: Direction) -> Bool {
    channels.index(named: number, by: sender) != nil
  }

  mutating func finish(at position: StreamPosition, _ events: inout [ParserEvent]) {
    finishAuthentication(at: position, &events)
    finishGlobal(at: position, &events)
    finishChannels(at: position, &events)
    guard let since = orphanSince else { return }
    let opaque = Opaque(
      reason: .undecodable, clientByteCount: orphanBytes[.fromClient], serverByteCount: orphanBytes[.fromServer])
    events.append(
      .exchange(
        Exchange(
          shape: .opaque(opaque), startedAt: since.time, endedAt: orphanUntil, origin: since.origin,
          requestByteCount: opaque.clientByteCount, responseByteCount: opaque.serverByteCount,
          incompleteReason: "the opening of the channel was not captured")))
    orphanSince = nil
  }

  mutating func report(
    _ code: Anomaly.Code, _ detail: String, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    anomalyCount += 1
    guard anomalyCount <= SSHLimits.anomalies else {
      if anomalyCount == SSHLimits.anomalies + 1 {
        events.append(
          .anomaly(
            Anomaly(
              "anomaly-limit", "further anomalies of this conversation are not listed", origin: position.origin,
              flow: options.flow, time: position.time)))
      }
      return
    }
    events.append(.anomaly(Anomaly(code, detail, origin: position.origin, flow: options.flow, time: position.time)))
  }

  /// An event with a name.
  func marker(_ name: String, _ text: String, _ envelope: SSHEnvelope) -> Exchange {
    let isClient = envelope.direction == .fromClient
    return Exchange(
      shape: .marker(Marker(name: name, text: text)), startedAt: envelope.begin.time, endedAt: envelope.endTime,
      origin: envelope.begin.origin, requestByteCount: isClient ? UInt64(envelope.byteCount) : 0,
      responseByteCount: isClient ? 0 : UInt64(envelope.byteCount))
  }
}
