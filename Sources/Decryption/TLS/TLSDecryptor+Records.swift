import Bytes
import Model

extension TLSDecryptor {
  mutating func read(
    _ header: RecordHeader, _ body: Span<UInt8>, from: Direction, at: StreamPosition,
    into events: inout [DecryptionEvent]
  ) {
    // The ChangeCipherSpec of TLS 1.3 is a disguise and is never sealed (RFC 8446 §5).
    let isDisguise = header.content == 20 && (serverHello?.version ?? 0x0304) >= 0x0304
    switch self[from].protection {
    case .clear:
      if header.content == 20 {
        guard !isDisguise else { return }
        // What was lost before it was handshake.
        self[from].clearLoss = nil
        return changeCipher(from, at, into: &events)
      }
      if header.content == 23, seekBehindLoss(from, at, into: &events) {
        return read(header, body, from: from, at: at, into: &events)
      }
      if header.content == 23 {
        if isEarlyPending || clientHello != nil && serverHello == nil { return noteEarlyLoss(body.count, at) }
        return close("the handshake was not captured", into: &events)
      }
      deliver(header.content, body.array, from: from, at: at, epoch: nil, into: &events)
    case .sealed(var cipher):
      if isDisguise { return }
      guard let plain = cipher.open(header, body) else {
        self[from].protection = .sealed(cipher)
        self[from].failures += 1
        events.append(.anomaly(anomaly("tls-record-bad-mac", "a TLS record does not open with its keys", at)))
        self[from].handshake.lose()
        let count = cipher.plainCount(body.count)
        if count > 0, header.content == 23 {
          events.append(.gap(Gap(byteCount: UInt64(count), reason: .notCaptured), from: from, at: at))
        }
        if self[from].failures >= Self.failureLimit { self[from].protection = .closed }
        return closeIfDone(into: &events)
      }
      self[from].failures = 0
      self[from].protection = .sealed(cipher)
      opened(plain, cipher.epoch, from: from, at: at, into: &events)
    case .seeking(let candidates, let window):
      if isDisguise || header.content != 23 && (serverHello?.version ?? 0x0304) >= 0x0304 { return }
      for candidate in candidates {
        for distance in 0...window {
          guard trialCount < Self.trialLimit else { break }
          trialCount += body.count
          var cipher = candidate
          cipher.sequence = candidate.sequence &+ distance
          guard let plain = cipher.open(header, body) else { continue }
          self[from].protection = .sealed(cipher)
          self[from].failures = 0
          // Early data may give way to the handshake at any record.
          if cipher.epoch == .early {
            self[from].protection = .seeking([cipher] + candidates.filter { $0.epoch != .early }, window: 0)
          }
          return opened(plain, cipher.epoch, from: from, at: at, into: &events)
        }
      }
      // While early data is skipped, records do not open by rights.
      if from == .fromClient, mayBeEarly(candidates), trialCount < Self.trialLimit {
        return noteEarlyLoss(body.count, at)
      }
      if self[from].failures == 0 {
        events.append(.anomaly(anomaly("tls-record-lost", "a TLS record behind a gap does not open", at)))
      }
      if let count = candidates.first?.plainCount(body.count), count > 0, header.content == 23 {
        events.append(.gap(Gap(byteCount: UInt64(count), reason: .notCaptured), from: from, at: at))
      }
      self[from].failures += 1
      if self[from].failures >= Self.failureLimit || trialCount >= Self.trialLimit { self[from].protection = .closed }
      closeIfDone(into: &events)
    case .closed:
      if header.content == 23 {
        events.append(.gap(Gap(byteCount: UInt64(max(1, body.count)), reason: .notCaptured), from: from, at: at))
      }
    }
  }

  /// Text where the handshake should still go on: the ChangeCipherSpec before it was lost (TLS 1.0 to 1.2).
  private mutating func seekBehindLoss(
    _ from: Direction, _ at: StreamPosition, into events: inout [DecryptionEvent]
  ) -> Bool {
    guard !isTLS13, serverHello != nil, let lost = self[from].clearLoss else { return false }
    changeCipher(from, at, into: &events)
    guard case .sealed(let cipher) = self[from].protection else { return false }
    tellClearLoss(from, into: &events)
    let window = min(Self.windowLimit, lost.count / 13 + 2)
    self[from].protection = cipher.isSelfContained ? .seeking([cipher], window: window) : .closed
    return true
  }

  /// Whether a client's record may be early data that no key opens: no record of its handshake has opened.
  private func mayBeEarly(_ candidates: [RecordCipher]) -> Bool {
    clientHello?.extensions.has(42) == true && candidates.contains { $0.epoch == .handshake && $0.sequence == 0 }
  }

  private mutating func noteEarlyLoss(_ sealedCount: Int, _ at: StreamPosition) {
    // A tag and the content type (RFC 8446 §5.2).
    let count = UInt64(max(0, sealedCount - 17))
    earlyLost = (earlyLost.map { $0.count + count } ?? count, earlyLost?.at ?? at)
  }

  private mutating func opened(
    _ plain: (content: UInt8, bytes: [UInt8]), _ epoch: RecordCipher.Epoch, from: Direction, at: StreamPosition,
    into events: inout [DecryptionEvent]
  ) {
    // What the client says behind its handshake comes after its early data, whatever became of that.
    if epoch == .application, from == .fromClient, isEarlyPending { releaseEarly(isAccepted: nil, into: &events) }
    if !hasDecrypted {
      hasDecrypted = true
      var facts = SessionFacts()
      facts.encryption = "tls"
      facts.isDecrypted = true
      events.append(.facts(facts))
    }
    deliver(plain.content, plain.bytes, from: from, at: at, epoch: epoch, into: &events)
  }

  private mutating func deliver(
    _ content: UInt8, _ bytes: [UInt8], from: Direction, at: StreamPosition, epoch: RecordCipher.Epoch?,
    into events: inout [DecryptionEvent]
  ) {
    switch content {
    case 20: changeCipher(from, at, into: &events)
    case 21:
      guard bytes.count == 2 else { return }
      let isFatal = bytes[0] == 2 || (serverHello?.version ?? 0) >= 0x0304 && bytes[1] != 90
      if isFatal, bytes[1] != 0 {
        events.append(.anomaly(anomaly("tls-alert", "fatal TLS alert \(bytes[1])", at)))
      }
    case 22:
      self[from].handshake.append(bytes)
      while !isOpaque, let next = self[from].handshake.next() {
        handle(next.type, next.message, from: from, at: at, into: &events)
      }
    case 23 where !bytes.isEmpty:
      self[from].hasSpoken = true
      if epoch == .early, isEarlyPending, earlyCount + bytes.count <= Self.earlyLimit {
        earlyCount += bytes.count
        earlyPlain.append((bytes, at))
      } else {
        events.append(.plain(bytes, from: from, at: at))
      }
    default: break
    }
  }

  /// Early data that the server refused is sent again by the client, so that it must not be told twice.
  ///
  /// Where the server's word was lost, and the client's end of early data with it, `isAccepted` is nil: it is not told, and
  /// missed aloud.
  mutating func releaseEarly(isAccepted: Bool?, into events: inout [DecryptionEvent]) {
    isEarlyPending = false
    if isAccepted == nil, let first = earlyPlain.first {
      let lost = Gap(byteCount: UInt64(earlyCount), reason: .notCaptured)
      events.append(.gap(lost, from: .fromClient, at: first.at))
    }
    if isAccepted != false, let lost = earlyLost, lost.count > 0 {
      events.append(.gap(Gap(byteCount: lost.count, reason: .notCaptured), from: .fromClient, at: lost.at))
    }
    earlyLost = nil
    if isAccepted == true {
      for held in earlyPlain { events.append(.plain(held.bytes, from: .fromClient, at: held.at)) }
    }
    earlyPlain = []
  }
}
