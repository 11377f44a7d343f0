import Bytes
import Model

/// COPY and streaming replication.
extension PostgresDialogue {
  mutating func beginCopy(_ envelope: borrowing Envelope, _ message: CopyResponseMessage) {
    let direction: CopyTransfer.Direction
    switch envelope.type {
    case BackendType.copyInResponse: direction = .in
    case BackendType.copyOutResponse: direction = .out
    default: direction = .both
    }
    if !answer.isOpen { openResult() }
    if answer.resultAt == nil { answer.resultAt = envelope.begin.time }
    isDrainingCopy = false
    answer.copy = openCopy(direction, isBinary: message.isBinary)
    if direction == .both, replication == nil {
      replication = Replication(begin: envelope.begin, endedAt: envelope.endTime)
    }
    guard direction != .out else { return }
    // "Flush and Sync are ignored during COPY IN": a client sends a Sync behind every Execute.
    queue.removeAfterHead { $0.isSync }
    // Data that the client sent before this came: a reordered capture, or messages lost in between.
    if let lone = queue.head?.copy {
      let early = lone.copy.content.finish()
      answer.copy?.content.append(early.bytes.span)
      answer.copy?.messageCount += lone.copy.messageCount
      queue.updateHead { $0.copy = nil }
    }
  }

  private func openCopy(_ direction: CopyTransfer.Direction, isBinary: Bool) -> OpenCopy {
    let room = direction == .both ? 0 : max(0, options.bodyLimit - answer.keptBytes)
    return OpenCopy(
      direction: direction, isBinary: isBinary,
      content: PayloadBuilder(layout: isBinary || direction == .both ? .bytes : .text, limit: room, held: options.held))
  }

  /// The first 11 bytes of binary data: `PGCOPY`, and what a transfer in text mode would break.
  private static func isBinary(_ bytes: Span<UInt8>) -> Bool {
    bytes.starts(with: "PGCOPY\n") && bytes.count >= 11 && bytes[7] == 0xff && bytes[10] == 0
  }

  // MARK: From the client

  /// CopyData, or a part of a large one.
  mutating func takeClientCopyData(_ part: Span<UInt8>, _ envelope: borrowing Envelope, isFirst: Bool) {
    replication?.clientBytes += UInt64(part.count)
    replication?.endedAt = envelope.endTime
    if let damage = envelope.damage { noteOnHead(damage) }
    if let copy = answer.copy, copy.direction != .out, !copy.isEnded {
      queue.addBytes(envelope.byteCount)
      append(part, isFirst: isFirst)
      return
    }
    guard !isDrainingCopy else { return }
    let (limit, held) = (options.bodyLimit, options.held)
    // The CopyInResponse was not seen, but there was one: what it does to a Sync behind an Execute holds.
    queue.removeLast(while: { $0.isSync })
    queue.updateLast(where: { $0.isRun }) { request in
      request.byteCount += UInt64(envelope.byteCount)
      if request.copy == nil {
        let isBinary = PostgresDialogue.isBinary(part)
        request.copy = LoneCopy(
          OpenCopy(
            direction: .in, isBinary: isBinary,
            content: PayloadBuilder(layout: isBinary ? .bytes : .text, limit: limit, held: held)))
      }
      request.copy?.copy.content.append(part)
      if isFirst { request.copy?.copy.messageCount += 1 }
    }
  }

  /// CopyDone or CopyFail.
  mutating func endClientCopy(_ envelope: borrowing Envelope, failure: String?) {
    if let damage = envelope.damage { noteOnHead(damage) }
    if answer.copy != nil {
      queue.addBytes(envelope.byteCount)
      answer.copy?.failure = failure
      answer.copy?.isEnded = true
    } else if isDrainingCopy {
      isDrainingCopy = false
    } else {
      queue.updateLast(where: { $0.copy != nil }) { request in
        request.byteCount += UInt64(envelope.byteCount)
        request.copy?.copy.failure = failure
        request.copy?.copy.isEnded = true
      }
    }
  }

  // MARK: From the server

  mutating func takeServerCopyData(
    _ part: Span<UInt8>, _ envelope: borrowing Envelope, isFirst: Bool, _ events: inout [ParserEvent]
  ) {
    sawServer = true
    if replication != nil {
      replication?.serverBytes += UInt64(part.count)
      replication?.endedAt = envelope.endTime
    }
    if answer.copy == nil {
      // Its CopyOutResponse was not captured.
      guard align(envelope, &events) else { return }
      if !answer.isOpen { openResult() }
      answer.copy = openCopy(.out, isBinary: PostgresDialogue.isBinary(part))
    }
    answer.note(envelope)
    if answer.resultAt == nil { answer.resultAt = envelope.begin.time }
    append(part, isFirst: isFirst)
  }

  private mutating func append(_ part: Span<UInt8>, isFirst: Bool) {
    if isFirst { answer.copy?.messageCount += 1 }
    if text.isUTF8 || answer.copy?.isBinary == true || part.isASCII {
      answer.copy?.content.append(part)
    } else {
      answer.copy?.content.append(Array(text.text(part).utf8).span)
    }
  }
}
