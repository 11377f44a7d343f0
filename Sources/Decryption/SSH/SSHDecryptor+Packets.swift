import Bytes
import Model

extension SSHDecryptor {
  /// The identification line, and the server's lines before it; false when more bytes are needed.
  mutating func readIdentification(
    _ side: inout SSHSide, _ from: Direction, _ events: inout [DecryptionEvent]
  ) -> Bool {
    guard let position = side.input.position(), !side.input.isEmpty else { return false }
    let line: [UInt8]
    do throws(DecodeError) {
      guard let whole = try side.input.line(limit: Identification.lineLimit) else { return false }
      line = whole
    } catch {
      tellCutIdentification(side, from, &events)
      events.append(.anomaly(anomaly("ssh-identification", "no identification line where one must be", position)))
      side.state = .searching
      return true
    }
    let isIdentification = Identification.isBeginning(line.span)
    side.input.consume(line.count)
    events.append(.plain(line, from: from, at: position))
    guard isIdentification else { return true }
    side.state = .packets
    let identification = Identification(line: line)
    identifications[from] = identification
    tell(identification, from, &events)
    if !identification.isVersion2 {
      close("SSH protocol \(identification.protocolVersion) is not looked into", into: &events)
    }
    return true
  }

  /// An identification whose end of line is missing: what there is of it is told, and goes into no hash.
  func tellCutIdentification(_ side: SSHSide, _ from: Direction, _ events: inout [DecryptionEvent]) {
    let bytes = side.input.bytes[side.input.head...].prefix(255)
    let line = Array(bytes.prefix { $0 >= 0x20 && $0 < 0x7f })
    guard line.count >= 6, Identification.isBeginning(line.span) else { return }
    tell(Identification(line: line), from, &events)
  }

  /// The packet at the head of the input; false when more bytes are needed.
  mutating func readPacket(_ side: inout SSHSide, _ from: Direction, _ events: inout [DecryptionEvent]) -> Bool {
    if side.skipCount > 0 {
      let count = min(side.skipCount, side.input.count)
      side.skipCount -= count
      side.input.consume(count)
      if side.skipCount > 0 { return false }
    }
    guard let cipher = side.cipher, let position = side.input.position() else { return false }
    let available = side.input.count
    if side.need == 0 {
      guard available >= cipher.headCount else { return false }
      guard
        let count = cipher.byteCount(
          side.input.bytes.span.extracting(side.input.head..<side.input.bytes.count), side.place)
      else {
        refuse("ssh-packet-length", "the length of a packet is none", &side, from, position, &events)
        return true
      }
      side.need = count
    }
    guard available >= side.need else { return false }
    let count = side.need
    if !side.isSealed, ready[from] != nil,
      !PacketSearch.maySpeakBeforeNewKeys(
        side.input.bytes.span.extracting(side.input.head..<side.input.head + count))
    {
      refuse(
        "ssh-packet-length", "what follows a lost NEWKEYS is no packet in the clear", &side, from, position, &events)
      return true
    }
    side.need = 0
    let isCompressed = side.compression != .none
    var target: [UInt8] = []
    if isCompressed { swap(&target, &side.scratch) } else { swap(&target, &side.output) }
    let start = target.count
    let opening = cipher.open(
      side.input.bytes.span.extracting(side.input.head..<side.input.head + count), side.place, into: &target)
    if case .opened(let payload) = opening, !isCompressed { Self.frame(payload, start, &target) }
    if isCompressed { swap(&target, &side.scratch) } else { swap(&target, &side.output) }
    guard case .opened(var payload) = opening else {
      let (code, detail): (Anomaly.Code, String) =
        opening == .badMAC
        ? ("ssh-packet-bad-mac", "the MAC of a packet is wrong")
        : ("ssh-packet-padding", "the padding of a packet is longer than the packet")
      side.failures += 1
      guard side.failures < Self.failureLimit, side.place.index > 0 || !side.isSealed else {
        refuse(code, detail, &side, from, position, &events)
        return true
      }
      flush(&side, from, &events)
      events.append(.anomaly(anomaly(code, detail, position)))
      events.append(.gap(Gap(byteCount: UInt64(count), reason: .notCaptured), from: from, at: position))
      advance(&side, count)
      side.inflater = nil
      return true
    }
    side.failures = 0
    side.usualCount = max(count, side.usualCount - side.usualCount / 16)
    if side.outputStart == nil { side.outputStart = position }
    advance(&side, count)
    if isCompressed {
      guard let inflated = inflate(payload, &side, from, position, &events) else { return true }
      payload = inflated
    }
    if side.isSealed, !hasDecrypted { tellDecrypted(&events) }
    let number = payload.isEmpty ? 0 : side.output[payload.lowerBound]
    if number == SSHMessageNumber.keyExchangeInit || number == SSHMessageNumber.newKeys
      || SSHMessageNumber.method.contains(number)
    {
      let message = Array(side.output[payload])
      take(message, &side, from, position, &events)
    }
    if side.output.count > Self.outputLimit { flush(&side, from, &events) }
    return true
  }

  /// Moves behind a packet.
  func advance(_ side: inout SSHSide, _ count: Int) {
    side.input.consume(count)
    side.place.sequence &+= 1
    side.place.index &+= 1
    side.place.offset &+= UInt64(count)
  }

  /// Decompresses a payload and frames it; nil when the direction cannot be read any more.
  private mutating func inflate(
    _ payload: Range<Int>, _ side: inout SSHSide, _ from: Direction, _ position: StreamPosition,
    _ events: inout [DecryptionEvent]
  ) -> Range<Int>? {
    var scratch: [UInt8] = []
    swap(&scratch, &side.scratch)
    let start = side.output.count
    side.output.append(contentsOf: [0, 0, 0, 0, 0])
    let isDone = Self.expand(scratch.span.extracting(payload), &side)
    scratch.removeAll(keepingCapacity: true)
    swap(&scratch, &side.scratch)
    guard isDone else {
      side.output.removeLast(side.output.count - start)
      if side.output.isEmpty { side.outputStart = nil }
      flush(&side, from, &events)
      events.append(
        .anomaly(
          anomaly(
            "ssh-compression", "a packet does not decompress: the compressed stream is damaged or has a gap", position))
      )
      giveUp(payload.count, position, &side)
      side.state = .closed
      return nil
    }
    let inflated = start + 5..<side.output.count
    Self.frame(inflated, start, &side.output)
    return inflated
  }

  /// Writes a payload decompressed, or as it is while compression has not begun; false when it is damaged.
  private static func expand(_ payload: Span<UInt8>, _ side: inout SSHSide) -> Bool {
    if side.compression == .delayed, PacketInflater.isHeader(payload) {
      side.compression = .active
      side.inflater = PacketInflater()
    }
    if side.compression == .active { return side.inflater?.inflate(payload, into: &side.output) ?? false }
    side.output.append(contentsOf: payload)
    return true
  }

  /// Makes a packet of RFC 4253 §6 of what begins at `start`: a head of 5 bytes, the payload, and anything.
  static func frame(_ payload: Range<Int>, _ start: Int, _ bytes: inout [UInt8]) {
    let least = 8 - (5 + payload.count) % 8
    let padding = least < 4 ? least + 8 : least
    let length = UInt32(truncatingIfNeeded: 1 + payload.count + padding)
    for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index)) }
    bytes[start + 4] = UInt8(padding)
    bytes.removeLast(bytes.count - payload.upperBound)
    bytes.append(contentsOf: repeatElement(0, count: padding))
  }

  /// A packet that cannot be one: with the first under new keys the keys are wrong, else a boundary has to be found.
  private mutating func refuse(
    _ code: Anomaly.Code, _ detail: String, _ side: inout SSHSide, _ from: Direction, _ position: StreamPosition,
    _ events: inout [DecryptionEvent]
  ) {
    flush(&side, from, &events)
    events.append(.anomaly(anomaly(code, detail, position)))
    side.need = 0
    if side.isSealed, side.place.index == 0 {
      sealedReason = "the keys given do not open this session"
      side.state = .closed
      return
    }
    side.search = PacketSearch()
    side.state = .searching
  }

  /// The next packet behind a gap or damage; false when more bytes are needed.
  mutating func search(_ side: inout SSHSide, _ from: Direction, _ events: inout [DecryptionEvent]) -> Bool {
    if case .failed = exchange.outcome, !side.isSealed, exchange.number == 1 {
      side.state = .observing
      return true
    }
    guard searchCost < Self.searchLimit, side.compression != .active else {
      events.append(
        .anomaly(
          anomaly(
            "ssh-boundary-lost", "no packet can be found behind lost bytes", side.input.position() ?? .unknown)))
      side.state = .closed
      return true
    }
    let current = side.cipher.map { ($0, side.place) }
    var next: (PacketCipher, PacketPlace)?
    if let keys = ready[from], keys.cipher.canBeginAnywhere {
      next = (keys.cipher, PacketPlace(sequence: keys.isStrict ? 0 : side.place.sequence))
    }
    let found = side.search.find(side.input, current: current, next: next, usualCount: side.usualCount)
    searchCost += side.search.spend()
    let position = side.input.position() ?? .unknown
    guard let found else {
      let done = min(side.search.doneCount, side.input.count)
      if done > 0 {
        giveUp(done, position, &side)
        side.search.consumed(done)
        side.input.consume(done)
      }
      return searchCost >= Self.searchLimit
    }
    if found.offset > 0 { giveUp(found.offset, position, &side) }
    side.input.consume(found.offset)
    side.place = found.place
    if found.isNext, let keys = ready[from] {
      install(keys, &side, from)
      side.place = found.place
    }
    tellLost(&side, from, .notCaptured, &events)
    side.failures = 0
    side.state = .packets
    return true
  }

  /// A gap: within a packet whose end is known, or over a boundary.
  mutating func lose(
    _ gap: Gap, _ side: inout SSHSide, _ from: Direction, _ at: StreamPosition, _ events: inout [DecryptionEvent]
  ) {
    switch side.state {
    case .observing: observation.lose(gap.byteCount, from)
    case .closed:
      giveUp(Int(clamping: gap.byteCount), at, &side)
    case .searching:
      giveUp(side.input.count, side.input.position() ?? at, &side)
      giveUp(Int(clamping: gap.byteCount), at, &side)
      side.search.lostCount &+= UInt64(side.input.count) &+ gap.byteCount
      side.search.restart()
      side.input.clear()
    case .packets where isWithin(gap, side):
      let rest = side.skipCount > 0 ? side.skipCount : side.need - side.input.count
      if side.skipCount == 0 {
        // The packet is lost as a whole.
        let whole = side.need
        events.append(
          .gap(Gap(byteCount: UInt64(whole), reason: gap.reason), from: from, at: side.input.position() ?? at))
        side.need = 0
        side.input.clear()
        advance(&side, 0)
        side.place.offset &+= UInt64(whole)
      }
      side.skipCount = rest - Int(clamping: gap.byteCount)
    case .identification, .packets, .waiting:
      if side.state == .identification { tellCutIdentification(side, from, &events) }
      side.search = PacketSearch()
      // What was left of a packet that an earlier gap hit is missed already.
      let lost = gap.byteCount - min(gap.byteCount, UInt64(side.skipCount))
      side.search.lostCount = UInt64(side.input.count) &+ lost
      giveUp(side.input.count, side.input.position() ?? at, &side)
      giveUp(Int(clamping: lost), at, &side)
      side.input.clear()
      (side.need, side.skipCount) = (0, 0)
      side.state = .searching
      dropInflater(&side)
      // What is lost is told now; what the search passes over comes on top.
      tellLost(&side, from, gap.reason, &events)
    }
  }

  /// A compressed stream cannot be taken up again before the next key exchange.
  private func dropInflater(_ side: inout SSHSide) {
    if side.compression == .active { side.inflater = nil }
  }

  private func isWithin(_ gap: Gap, _ side: SSHSide) -> Bool {
    if side.skipCount > 0 { return gap.byteCount <= UInt64(side.skipCount) }
    guard side.need > side.input.count, side.compression != .active, let cipher = side.cipher else { return false }
    if case .chained = cipher.suite.cipher { return false }
    return gap.byteCount <= UInt64(side.need - side.input.count)
  }
}

extension StreamPosition {
  static let unknown = StreamPosition(time: .epoch, origin: .unknown)
}
