import Bytes
import Model

/// Rebuilds file operations from a channel that speaks SFTP version 3 (draft-ietf-secsh-filexfer-02, OpenSSH's PROTOCOL §4).
///
///     0         4      5          9
///     +---------+------+----------+------- …
///     | length  | type | id       | what the type says
///     +---------+------+----------+------- …
struct SFTPReader {
  /// One direction, cut into messages.
  private struct Framing {
    var carry: [UInt8] = []
    var begin = StreamPosition(time: .epoch, origin: .unknown)
    /// The boundary is lost.
    var isSeeking = false
    var passedOver: UInt64 = 0
    var isOpaque = false
  }

  let options: ParserOptions
  let channel: UInt32
  let client: Direction
  let hasSwappedSymlinks: Bool
  private var framings = SSHBoth(Framing(), Framing())
  var clientVersion: UInt32?
  var serverVersion: UInt32?
  /// Another version than 3: nothing is looked into.
  var isUnknownVersion = false
  var pending: [UInt32: SFTPRequest] = [:]
  var open: [[UInt8]: SFTPOpenFile] = [:]
  /// Bytes that blocks out of order may still take.
  var budget = SFTPLimits.allWaitingBytes
  /// Something was lost: requests may lack answers, and answers requests.
  var loss: String?
  private var reported: Set<String> = []

  init(options: ParserOptions, channel: UInt32, client: Direction, hasSwappedSymlinks: Bool) {
    self.options = options
    self.channel = channel
    self.client = client
    self.hasSwappedSymlinks = hasSwappedSymlinks
  }

  mutating func receive(_ bytes: Span<UInt8>, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    guard !isUnknownVersion, !framings[envelope.direction].isOpaque else { return }
    var framing = Framing()
    swap(&framing, &framings[envelope.direction])
    feed(bytes, &framing, envelope, &events)
    swap(&framing, &framings[envelope.direction])
  }

  private mutating func feed(
    _ bytes: Span<UInt8>, _ framing: inout Framing, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    guard framing.isSeeking, !framing.carry.isEmpty else { return cut(bytes, carried: 0, &framing, envelope, &events) }
    // What was undecided is judged together with what follows it.
    var buffer: [UInt8] = []
    swap(&buffer, &framing.carry)
    let carried = buffer.count
    buffer.append(contentsOf: bytes)
    cut(buffer.span, carried: carried, &framing, envelope, &events)
  }

  /// Cuts `bytes` into messages. What it gives does not depend on how the stream was cut into `bytes`.
  ///
  /// The first `carried` of them came earlier, at the framing's `begin`.
  private mutating func cut(
    _ bytes: Span<UInt8>, carried: Int, _ framing: inout Framing, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    let earlier = framing.begin
    var index = 0
    while index < bytes.count, !framing.isOpaque, !isUnknownVersion {
      if framing.carry.isEmpty { framing.begin = index < carried ? earlier : envelope.begin }
      if framing.isSeeking {
        index += seek(bytes.extracting(index..<bytes.count), &framing, envelope, &events)
        continue
      }
      if framing.carry.isEmpty, let count = whole(bytes.extracting(index..<bytes.count)) {
        let message = bytes.extracting(index..<(index + count))
        take(
          message, SFTPEnvelope(begin: framing.begin, endTime: envelope.endTime, byteCount: count), envelope.direction,
          &events)
        index += count
        continue
      }
      // The length first, then as much as it says.
      let needed = framing.carry.count < 4 ? 4 : 4 + length(framing.carry.span)
      let count = min(needed - framing.carry.count, bytes.count - index)
      framing.carry.append(contentsOf: bytes.extracting(index..<(index + count)))
      index += count
      guard framing.carry.count >= 4 else { continue }
      let total = 4 + length(framing.carry.span)
      guard total >= 5, total <= SFTPLimits.messageLength else {
        lose(total, &framing, envelope, &events)
        continue
      }
      guard framing.carry.count == total else { continue }
      var message: [UInt8] = []
      swap(&message, &framing.carry)
      take(
        message.span, SFTPEnvelope(begin: framing.begin, endTime: envelope.endTime, byteCount: total),
        envelope.direction,
        &events)
      message.removeAll(keepingCapacity: message.capacity <= SFTPLimits.searchedMessageLength)
      framing.carry = message
    }
  }

  /// A length that cannot be: too long to be held, or no SFTP at all. Its four bytes are given up.
  private mutating func lose(
    _ total: Int, _ framing: inout Framing, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) {
    report(
      "sftp-malformed", "a message of \(total - 4) bytes from the \(envelope.direction.name)", envelope.begin, &events)
    framing.passedOver += UInt64(framing.carry.count)
    framing.carry = []
    loss = loss ?? "malformed bytes"
    if clientVersion == nil {
      framing.isOpaque = true
    } else {
      framing.isSeeking = true
    }
  }

  private func length(_ bytes: Span<UInt8>) -> Int {
    var reader = ByteReader(bytes)
    return (try? reader.readUInt32()).map(Int.init) ?? 0
  }

  /// Bytes of the whole message that `bytes` begin with, if there is one.
  private func whole(_ bytes: Span<UInt8>) -> Int? {
    guard bytes.count >= 5 else { return nil }
    let total = 4 + length(bytes)
    return total >= 5 && total <= bytes.count && total <= SFTPLimits.messageLength ? total : nil
  }

  // MARK: Loss

  /// Bytes of a direction may be missing from here on.
  mutating func skip(_ direction: Direction, at position: StreamPosition, _ events: inout [ParserEvent]) {
    loss = loss ?? "bytes from the \(direction.name) may be missing"
    for key in open.keys { open[key]?.incompleteReason = loss }
    guard !isUnknownVersion, !framings[direction].isOpaque else { return }
    framings[direction].carry = []
    framings[direction].isSeeking = true
  }

  /// Looks for a message whose structure proves it, and gives the number of bytes that were done with: those before the
  /// message, or all, of which the last may be carried.
  private mutating func seek(
    _ bytes: Span<UInt8>, _ framing: inout Framing, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]
  ) -> Int {
    var index = 0
    while index < bytes.count {
      let rest = bytes.extracting(index..<bytes.count)
      switch SFTPBoundary.judge(rest, isRequest: envelope.direction == client, isPending: { pending[$0] != nil }) {
      case .no:
        index += 1
        framing.passedOver += 1
        guard framing.passedOver <= SFTPLimits.searchedBytes else {
          framing.isOpaque = true
          return bytes.count
        }
      case .undecided:
        framing.carry = rest.array
        return bytes.count
      case .yes:
        if framing.passedOver > 0 {
          report(
            "sftp-resynchronised",
            "\(framing.passedOver.grouped) bytes from the \(envelope.direction.name) passed over",
            envelope.begin, &events)
        }
        framing.passedOver = 0
        framing.isSeeking = false
        return index
      }
    }
    return index
  }

  // MARK: Messages

  private mutating func take(
    _ message: Span<UInt8>, _ envelope: SFTPEnvelope, _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    var reader = ByteReader(message)
    do throws(DecodeError) {
      try reader.skip(4)
      let type = try reader.readUInt8("message type")
      if type == SFTPMessageType.initialize || type == SFTPMessageType.version {
        return try takeVersion(type, &reader, envelope, &events)
      }
      let id = try reader.readUInt32("request id")
      if direction == client {
        try takeRequest(type, id, &reader, envelope, &events)
      } else {
        try takeReply(type, id, &reader, envelope, &events)
      }
    } catch {
      report("sftp-malformed", "\(direction.name): \(error)", envelope.begin, &events)
    }
  }

  @_lifetime(reader: copy reader)
  private mutating func takeVersion(
    _ type: UInt8, _ reader: inout ByteReader, _ envelope: SFTPEnvelope, _ events: inout [ParserEvent]
  ) throws(DecodeError) {
    let version = try reader.readUInt32("version")
    if type == SFTPMessageType.initialize { clientVersion = version } else { serverVersion = version }
    var extensions: [String] = []
    while !reader.isAtEnd, extensions.count < SFTPLimits.extensions {
      let name = try reader.readText("extension name")
      let data = try reader.readText("extension data")
      extensions.append(data.isEmpty ? name : "\(name) \(data)")
    }
    guard type == SFTPMessageType.version else { return }
    var facts = SessionFacts()
    facts.parameters["sftp.version"] = "\(version)"
    if !extensions.isEmpty { facts.parameters["sftp.extensions"] = extensions.joined(separator: ", ") }
    events.append(.facts(facts))
    // The lower of the two is spoken.
    let spoken = min(version, clientVersion ?? version)
    guard spoken != 3 else { return }
    isUnknownVersion = true
    report("sftp-version", "version \(spoken) is spoken, which is not looked into", envelope.begin, &events)
  }

  mutating func report(
    _ code: Anomaly.Code, _ detail: String, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    // Each kind is told once a channel: one cause has many consequences.
    guard reported.insert(code.name).inserted else { return }
    events.append(
      .anomaly(
        Anomaly(
          code, "channel \(channel): \(detail)", origin: position.origin, flow: options.flow, time: position.time)))
  }

  /// Gives an operation, with its bytes in the directions of the connection.
  func tell(
    _ operation: FileOperation, from begin: StreamPosition, firstResponseAt: Timestamp?, endedAt: Timestamp?,
    requestByteCount: UInt64, responseByteCount: UInt64, reason: String?, _ events: inout [ParserEvent]
  ) {
    let isForward = client == .fromClient
    events.append(
      .exchange(
        Exchange(
          shape: .file(operation), startedAt: begin.time, firstResponseAt: firstResponseAt, endedAt: endedAt,
          origin: begin.origin, requestByteCount: isForward ? requestByteCount : responseByteCount,
          responseByteCount: isForward ? responseByteCount : requestByteCount, incompleteReason: reason)))
  }

  /// The channel is over: what is open was not closed, and what waits was not answered.
  mutating func finish(at position: StreamPosition, _ events: inout [ParserEvent]) {
    for (_, request) in pending.sorted(by: {
      ($0.value.begin.origin.offset, $0.key) < ($1.value.begin.origin.offset, $1.key)
    }) {
      giveUp(request, loss ?? "no answer was captured", &events)
    }
    pending = [:]
    let left = open.sorted { left, right in
      (left.value.begin.origin.offset, left.key.hex) < (right.value.begin.origin.offset, right.key.hex)
    }
    open = [:]
    for var (_, file) in left {
      file.incompleteReason = file.incompleteReason ?? "the channel ended before it was closed"
      tell(&file, endedAt: file.lastAt, &events)
    }
  }
}
