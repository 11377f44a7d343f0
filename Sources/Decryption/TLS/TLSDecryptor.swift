import Bytes
public import Model

/// Turns both directions of one TLS connection into the bytes they carry.
public struct TLSDecryptor: ConnectionDecryptor {
  public static let encryption = "tls"
  /// Records in a row that do not open, after which a direction is given up.
  static let failureLimit = 16
  /// Records lost in a gap are at most so many when the next number is sought.
  static let windowLimit: UInt64 = 256
  /// Bytes that may be opened in vain in one connection, in search of the record behind a gap: a hostile one costs no more.
  static let trialLimit = 64 << 20
  /// Plain bytes of early data that wait for the server's word.
  static let earlyLimit = 1 << 20

  let keys: KeyRing
  let flow: FlowID
  var client = TLSSide()
  var server = TLSSide()
  var clientHello: ClientHello?
  var serverHello: ServerHello?
  var suite: CipherSuite?
  var master: [UInt8]?
  var transcript: [UInt8] = []
  /// ServerHelloDone or ClientKeyExchange: the handshake is a whole one.
  var isFullHandshake = false
  var toldResumption = false
  var isOpaque = false
  var hasDecrypted = false
  var earlyPlain: [(bytes: [UInt8], at: StreamPosition)] = []
  var earlyCount = 0
  var isEarlyPending = false
  /// Bytes of early data for which there is no key, and where they begin; lost if the server takes them.
  var earlyLost: (count: UInt64, at: StreamPosition)?
  var trialCount = 0

  public init(keys: KeyRing, flow: FlowID) {
    self.keys = keys
    self.flow = flow
  }

  /// The next bytes of one direction, in order.
  public mutating func receive(
    _ bytes: Span<UInt8>, from: Direction, at: StreamPosition, into events: inout [DecryptionEvent]
  ) {
    var index = 0
    while index < bytes.count, !isOpaque {
      var side = self[from]
      if side.skipCount > 0 {
        let count = min(side.skipCount, bytes.count - index)
        self[from].skipCount -= count
        index += count
        continue
      }
      let here = at.advanced(index)
      if side.pending.isEmpty, !side.isSearching, let header = RecordHeader(bytes, at: index),
        header.isPlausible, bytes.count - index >= RecordHeader.byteCount + header.bodyCount
      {
        let start = index + RecordHeader.byteCount
        index = start + header.bodyCount
        read(header, bytes.extracting(start..<index), from: from, at: here, into: &events)
        continue
      }
      // A record split over pieces is put together first.
      side.pendingStart = side.pendingStart ?? here
      self[from].pending = []
      var need = RecordHeader.byteCount
      if let header = RecordHeader(side.pending.span) { need += header.bodyCount }
      let count = min(bytes.count - index, max(0, need - side.pending.count))
      side.pending.append(contentsOf: bytes.extracting(index..<(index + count)))
      index += count
      guard let header = RecordHeader(side.pending.span) else {
        self[from] = side
        continue
      }
      let start = side.pendingStart ?? here
      if !header.isPlausible || side.isSearching && !isLikely(header) {
        if !side.isSearching {
          side.isSearching = true
          events.append(.anomaly(anomaly("tls-record-header", "no TLS record where one must begin", start)))
        }
        side.pending.removeFirst()
        side.pendingStart = start.advanced(1)
        self[from] = side
        continue
      }
      guard side.pending.count == RecordHeader.byteCount + header.bodyCount else {
        self[from] = side
        continue
      }
      let record = side.pending
      side.pending = []
      side.pendingStart = nil
      side.isSearching = false
      self[from] = side
      read(
        header, record.span.extracting(RecordHeader.byteCount..<record.count), from: from, at: start, into: &events)
    }
  }

  /// Bytes that are lost.
  public mutating func skip(
    _ gap: Gap, from: Direction, at: StreamPosition, into events: inout [DecryptionEvent]
  ) {
    guard !isOpaque, gap.byteCount > 0 else { return }
    var side = self[from]
    var lost = gap.byteCount
    var isWithinRecord = false
    if side.skipCount > 0, lost <= UInt64(side.skipCount) {
      side.skipCount -= Int(clamping: lost)
      self[from] = side
      return
    }
    if !side.isSearching, let header = RecordHeader(side.pending.span),
      let rest = Optional(RecordHeader.byteCount + header.bodyCount - side.pending.count), lost <= UInt64(max(0, rest))
    {
      isWithinRecord = true
      side.skipCount = rest - Int(clamping: lost)
      lost = UInt64(header.bodyCount)
      if case .sealed(let cipher) = side.protection { lost = UInt64(cipher.plainCount(header.bodyCount)) }
    } else {
      lost = lost.addingReportingOverflow(UInt64(side.pending.count)).partialValue
      side.skipCount = 0
      side.isSearching = true
    }
    side.pending = []
    side.pendingStart = nil
    side.handshake.lose()
    switch side.protection {
    case .clear where serverHello != nil:
      side.clearLoss = ((side.clearLoss?.count ?? 0) + lost, side.clearLoss?.at ?? at)
    case .clear: break
    case .sealed(let cipher):
      events.append(.gap(Gap(byteCount: lost, reason: gap.reason), from: from, at: at))
      if cipher.isSelfContained {
        var candidates = [cipher]
        if cipher.epoch == .handshake, let next = trafficCipher(from) { candidates.append(next) }
        if let next = cipher.updated, cipher.epoch == .application { candidates.append(next) }
        // The smallest record is a header and a tag.
        let window = isWithinRecord ? 1 : min(Self.windowLimit, lost / 13 + 2)
        side.protection = .seeking(candidates, window: window)
      } else {
        side.protection = .closed
      }
    case .seeking(let candidates, let window):
      events.append(.gap(Gap(byteCount: lost, reason: gap.reason), from: from, at: at))
      side.protection = .seeking(candidates, window: min(Self.windowLimit, window + lost / 13 + 2))
    case .closed: events.append(.gap(Gap(byteCount: lost, reason: gap.reason), from: from, at: at))
    }
    self[from] = side
    closeIfDone(into: &events)
  }

  /// Nothing more comes.
  public mutating func finish(at: StreamPosition, into events: inout [DecryptionEvent]) {
    guard !isOpaque else { return }
    releaseEarly(isAccepted: true, into: &events)
    if hasDecrypted {
      for direction in Direction.allCases { tellClearLoss(direction, into: &events) }
      if !isTLS13, self[.fromServer].hasSpoken, case .clear = client.protection {
        events.append(
          .anomaly(anomaly("tls-handshake-incomplete", "the server speaks but the client's keys never came to use", at))
        )
      }
    }
    for (direction, side) in [(Direction.fromClient, client), (.fromServer, server)] where !side.pending.isEmpty {
      events.append(
        .anomaly(anomaly("tls-record-cut", "the flow ends within a TLS record", side.pendingStart ?? at)))
      if case .sealed(let cipher) = side.protection {
        let count = cipher.plainCount(side.pending.count - RecordHeader.byteCount)
        guard count > 0 else { continue }
        events.append(.gap(Gap(byteCount: UInt64(count), reason: .ended), from: direction, at: side.pendingStart ?? at))
      }
    }
  }

  /// The change to sealed records was not seen, so text may have been lost with it.
  mutating func tellClearLoss(_ from: Direction, into events: inout [DecryptionEvent]) {
    guard let lost = self[from].clearLoss else { return }
    self[from].clearLoss = nil
    events.append(.gap(Gap(byteCount: lost.count, reason: .notCaptured), from: from, at: lost.at))
  }

  /// A header that was looked for, not expected: it must be what this connection's records look like by now, so that one in
  /// tens of millions is another.
  private func isLikely(_ header: RecordHeader) -> Bool {
    guard let hello = serverHello else { return true }
    guard header.version == min(hello.version, 0x0303) else { return false }
    return isTLS13 ? header.content == 23 && header.bodyCount > 16 : header.content < 24 && header.bodyCount > 1
  }

  subscript(_ direction: Direction) -> TLSSide {
    get { direction == .fromClient ? client : server }
    set {
      if direction == .fromClient { client = newValue } else { server = newValue }
    }
  }

  mutating func closeIfDone(into events: inout [DecryptionEvent]) {
    guard case .closed = client.protection, case .closed = server.protection else { return }
    close("the records do not open with the keys given", into: &events)
  }
}

extension StreamPosition {
  func advanced(_ count: Int) -> StreamPosition {
    var out = self
    out.origin.offset &+= UInt64(clamping: count)
    return out
  }
}
