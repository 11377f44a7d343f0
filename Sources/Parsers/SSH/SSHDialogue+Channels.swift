import Bytes
import Model

/// Channels: opening, data, windows, closing (RFC 4254 §5).
extension SSHDialogue {
  @_lifetime(reader: copy reader)
  mutating func takeChannel(
    _ number: UInt8, _ reader: inout ByteReader, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    if number == SSHMessageNumber.channelOpen { return try takeOpen(&reader, envelope, &events) }
    let recipient = try reader.readUInt32("recipient channel")
    guard let index = find(recipient, envelope, &events), var channel = channels.take(index) else {
      return takeOrphan(recipient, envelope, &events)
    }
    channel.count(envelope)
    var isOver = false
    defer {
      if isOver {
        channels.remove(channel, at: index)
        close(&channel, at: envelope.begin, endedAt: envelope.endTime, &events)
      } else {
        channels.put(channel, at: index)
      }
    }
    switch number {
    case SSHMessageNumber.channelOpenConfirmation:
      let sender = try reader.readUInt32("sender channel")
      let window = try reader.readUInt32("initial window size")
      let maximum = try reader.readUInt32("maximum packet size")
      guard envelope.direction != channel.opener, !channel.isOpen else {
        return report("ssh-unexpected-message", "channel \(channel.number) is confirmed again", envelope.begin, &events)
      }
      replace(sender, by: channel.opener, envelope, &events)
      channel.acceptorNumber = sender
      channels.name(sender, by: channel.opener, at: index)
      channel.window[channel.opener] = Int64(window)
      channel.maximumPacket[channel.opener] = maximum
      confirm(&channel, envelope, &events)
    case SSHMessageNumber.channelOpenFailure:
      let code = try reader.readUInt32("reason code")
      let description = try reader.readText("description")
      isOver = true
      refuse(&channel, "\(SSHDialogue.openFailure(code)): \(description)", envelope, &events)
    case SSHMessageNumber.channelWindowAdjust:
      let count = try reader.readUInt32("bytes to add")
      let window = channel.window[envelope.direction.reversed] + Int64(count)
      // RFC 4254 §5.2: the window must not be increased above 2^32 - 1 bytes.
      if window > Int64(UInt32.max), !channel.isWindowUnknown {
        once(&channel, "ssh-window-overflow", "the window grows beyond 2^32 - 1 bytes", envelope, &events)
      }
      channel.window[envelope.direction.reversed] = min(window, Int64(UInt32.max))
    case SSHMessageNumber.channelData:
      let data = try reader.readString("data")
      takeData(data, .output, &channel, envelope, &events)
      try reader.expectEnd("CHANNEL_DATA")
    case SSHMessageNumber.channelExtendedData:
      let type = try reader.readUInt32("data type")
      let data = try reader.readString("data")
      // RFC 4254 §5.2: 1 is SSH_EXTENDED_DATA_STDERR, and no other is defined.
      if type != 1 { once(&channel, "ssh-extended-data", "extended data of type \(type)", envelope, &events) }
      takeData(data, .errorOutput, &channel, envelope, &events)
      try reader.expectEnd("CHANNEL_EXTENDED_DATA")
    case SSHMessageNumber.channelEOF: channel.hasEnded[envelope.direction] = true
    case SSHMessageNumber.channelClose:
      channel.hasClosed[envelope.direction] = true
      isOver = channel.hasClosed[.fromClient] && channel.hasClosed[.fromServer]
    case SSHMessageNumber.channelRequest: try takeRequest(&reader, &channel, envelope, &events)
    default: takeReply(number == SSHMessageNumber.channelSuccess, &channel, envelope, &events)
    }
  }

  @_lifetime(reader: copy reader)
  private mutating func takeOpen(
    _ reader: inout ByteReader, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    let type = try reader.readText("channel type")
    let sender = try reader.readUInt32("sender channel")
    let window = try reader.readUInt32("initial window size")
    let maximum = try reader.readUInt32("maximum packet size")
    guard channels.count < SSHLimits.channels else {
      return report("ssh-channel-limit", "more open channels than are followed", envelope.begin, &events)
    }
    // A number that is given again belongs to a channel whose end was not captured.
    replace(sender, by: envelope.direction.reversed, envelope, &events)
    var channel = SSHChannel(
      number: channels.opened, opener: envelope.direction, type: type, begin: envelope.begin, openerNumber: sender,
      kind: .other, window: window, maximumPacket: maximum)
    channel.count(envelope)
    // A channel of a damaged opening is one all the same.
    defer { channels.insert(channel) }
    channel.kind = try openedKind(type, &reader, channel, envelope, &events)
  }

  /// Ends the channel that a number belonged to.
  private mutating func replace(
    _ number: UInt32, by sender: Direction, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    guard let index = channels.index(named: number, by: sender), var old = channels.take(index) else { return }
    if !lost[.fromClient], !lost[.fromServer] {
      report("ssh-channel-reused", "number \(number) is given to a second channel", envelope.begin, &events)
    }
    old.note("its end was not captured")
    channels.remove(old, at: index)
    close(&old, at: envelope.begin, endedAt: nil, &events)
  }

  /// The channel that a message names. After a loss a confirmation may be missing: when only one channel waits for one,
  /// an unknown number is its.
  private mutating func find(
    _ number: UInt32, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) -> Int? {
    if let index = channels.index(named: number, by: envelope.direction) { return index }
    guard lost[envelope.direction.reversed],
      let index = channels.onlyUnconfirmed(openedBy: envelope.direction), var channel = channels.take(index)
    else { return nil }
    channel.acceptorNumber = number
    channel.isWindowUnknown = true
    channel.note("the confirmation of the channel was not captured")
    confirm(&channel, envelope, &events)
    channels.put(channel, at: index)
    channels.name(number, by: envelope.direction, at: index)
    return index
  }

  private mutating func takeOrphan(_ number: UInt32, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    orphanBytes[envelope.direction] += UInt64(envelope.byteCount)
    orphanUntil = envelope.endTime
    if orphanSince == nil {
      orphanSince = envelope.begin
      report(
        "ssh-unknown-channel", "the \(envelope.direction.name) speaks of channel \(number), whose opening was not seen",
        envelope.begin, &events)
    }
  }

  private mutating func takeData(
    _ data: Span<UInt8>, _ kind: StreamRecord.Kind, _ channel: inout SSHChannel, _ envelope: SSHEnvelope,
    _ events: inout [ParserEvent]
  ) {
    let direction = envelope.direction
    if channel.hasEnded[direction] || channel.hasClosed[direction] {
      once(&channel, "ssh-data-after-end", "data after the \(direction.name)'s end of data", envelope, &events)
    }
    if !channel.isWindowUnknown {
      channel.window[direction] -= Int64(data.count)
      if channel.window[direction] < 0 {
        once(
          &channel, "ssh-window-exceeded", "the \(direction.name) sends more than the window allows", envelope, &events)
      }
      if data.count > channel.maximumPacket[direction] {
        once(
          &channel, "ssh-channel-packet-too-large",
          "\(data.count) bytes from the \(direction.name), \(channel.maximumPacket[direction]) are allowed", envelope,
          &events)
      }
    }
    switch channel.kind {
    case .session: takeSessionData(data, kind, &channel, envelope, &events)
    case .forwarding(_, let tunnel?):
      guard !data.isEmpty else { return }
      let side: Direction = direction == channel.opener ? .fromClient : .fromServer
      let position = StreamPosition(time: envelope.endTime, origin: envelope.begin.origin)
      events.append(.tunnel(.bytes(tunnel, data.array, from: side, at: position)))
    case .forwarding, .other: break
    }
  }

  /// Says something of a channel once.
  mutating func once(
    _ channel: inout SSHChannel, _ code: String, _ detail: String, _ envelope: SSHEnvelope,
    _ events: inout [ParserEvent]
  ) {
    guard channel.reported.count < 32, channel.reported.insert(code).inserted else { return }
    report(Anomaly.Code(code), "channel \(channel.number): \(detail)", envelope.begin, &events)
  }

  // MARK: The end

  /// A channel is over; gives what it was.
  mutating func close(
    _ channel: inout SSHChannel, at position: StreamPosition, endedAt: Timestamp?, _ events: inout [ParserEvent]
  ) {
    switch channel.kind {
    case .session(var session):
      channel.kind = .other
      closeSession(&session, &channel, at: position, endedAt: endedAt, &events)
    case .forwarding(let forwarding, let tunnel):
      if let tunnel { events.append(.tunnel(.closed(tunnel, at: position))) }
      if !channel.isOpen, forwarding.outcome == .unknown { channel.note("no answer was captured") }
      events.append(.exchange(exchange(.forwarding(forwarding), channel, from: channel.begin, endedAt: endedAt)))
    case .other:
      guard channel.type != "session" else { return }
      let marker = Marker(name: "channel", text: channel.type)
      events.append(.exchange(exchange(.marker(marker), channel, from: channel.begin, endedAt: endedAt)))
    }
  }

  func exchange(
    _ shape: Exchange.Shape, _ channel: borrowing SSHChannel, from begin: StreamPosition, endedAt: Timestamp?
  ) -> Exchange {
    Exchange(
      shape: shape, startedAt: begin.time, firstResponseAt: channel.firstResponseAt, endedAt: endedAt,
      origin: begin.origin, requestByteCount: channel.byteCount[.fromClient],
      responseByteCount: channel.byteCount[.fromServer], incompleteReason: channel.incompleteReason)
  }

  mutating func finishChannels(at position: StreamPosition, _ events: inout [ParserEvent]) {
    for var channel in channels.removeAll() {
      if !channel.hasClosed[.fromClient], !channel.hasClosed[.fromServer] {
        channel.note("the connection ended before the channel was closed")
      }
      let last = channel.lastAt
      close(&channel, at: position, endedAt: last, &events)
    }
  }

  /// RFC 4254 §5.1, in OpenSSH's words.
  private static func openFailure(_ code: UInt32) -> String {
    switch code {
    case 1: "administratively prohibited"
    case 2: "connect failed"
    case 3: "unknown channel type"
    case 4: "resource shortage"
    default: "reason \(code)"
    }
  }
}
