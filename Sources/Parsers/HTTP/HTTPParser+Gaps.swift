import Bytes
import Model

/// What missing bytes cost, and what the end of the flow leaves open.
extension HTTPParser {
  mutating func lose(
    _ gap: Gap, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    let side = direction == .fromClient ? "request" : "response"
    let reason = "gap of \(gap.byteCount.grouped) bytes in the \(side)"
    if direction == .fromServer {
      sawServer = true
      readsServer = true
    }
    let (loss, behind) = direction == .fromClient ? client.lose(gap.byteCount) : server.lose(gap.byteCount)
    switch loss {
    case .content(let count, let isLast):
      loseContent(count, reason, direction)
      if isLast {
        if direction == .fromClient { endRequest(position.time, &events) } else { endResponse(position.time, &events) }
      }
      if behind > 0 { loseMessages(reason, direction, position, &events) }
    case .chunks(let known):
      loseContent(known > 0 ? known : nil, reason, direction)
      report("http-gap", "\(reason): the rest of its chunks cannot be followed", position, &events)
      if direction == .fromClient {
        endRequest(position.time, &events)
        client.seek()
      } else {
        endResponse(position.time, &events)
        server.seek()
      }
    case .head: loseHead(reason, direction, position, &events)
    }
  }

  private mutating func loseContent(_ count: UInt64?, _ reason: String, _ direction: Direction) {
    if direction == .fromClient {
      calls.last?.requestBody?.lose(count)
      calls.last?.note(reason)
    } else if answersOrphan {
      orphan?.responseBody?.lose(count)
      orphan?.note(reason)
    } else {
      calls.first?.responseBody?.lose(count)
      calls.first?.note(reason)
    }
  }

  /// Missing bytes in a head, or between messages.
  private mutating func loseHead(
    _ reason: String, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    if let head = direction == .fromClient ? client.takePartialHead() : server.takePartialHead() {
      let begin = (direction == .fromClient ? client : server).begin ?? position
      report("http-gap", "\(reason): the rest of its head is missing", position, &events)
      if direction == .fromClient {
        addDamagedRequest(head, begin, position, reason, &events)
        client.seek()
      } else {
        addDamagedResponse(head, begin, position, reason, &events)
        server.seek()
      }
      return
    }
    loseMessages(reason, direction, position, &events)
  }

  private mutating func loseMessages(
    _ reason: String, _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    report("http-gap", "\(reason): messages may be missing", position, &events)
    guard direction == .fromServer else { return client.seek() }
    server.seek()
    if calls.count == 1 {
      calls.first?.lostResponse = reason
    } else if calls.count > 1 {
      calls.noteAll("\(reason): which answer belongs to which request is not certain")
    }
  }

  /// A request came while the one before was without its answer, in which bytes are missing: that answer was lost.
  mutating func closeLostResponse(_ events: inout [ParserEvent]) {
    guard calls.count == 1, let first = calls.first, let reason = first.lostResponse, first.isRequestComplete,
      !first.isResponseComplete, first.firstResponseAt == nil, server.isSeeking || server.isIdle
    else { return }
    calls.first?.note(reason)
    emitFirst(&events)
  }

  mutating func finishMessages(_ position: StreamPosition, _ events: inout [ParserEvent]) {
    for direction in Direction.allCases { finishHead(direction, position, &events) }
    if answersOrphan {
      noteOpenResponse()
      orphan?.responseByteCount += server.byteCount
    } else if let first = calls.first, !first.isResponseComplete, first.firstResponseAt != nil {
      noteOpenResponse()
      calls.first?.responseByteCount += server.byteCount
    }
    if let last = calls.last, !last.isRequestComplete {
      calls.last?.note("the capture ended in the request")
      calls.last?.requestByteCount += client.byteCount
    }
    if let reason = calls.first?.lostResponse { calls.first?.note(reason) }
    server.endMessage()
    client.endMessage()
    flush("no response was captured", position.time, &events)
  }

  /// Only the end of the connection can end some responses; the others are not whole.
  private mutating func noteOpenResponse() {
    let reason: String
    switch server.stage {
    case .untilClose:
      if answersOrphan { orphan?.isResponseComplete = true } else { calls.first?.isResponseComplete = true }
      return
    case .fixed(let left): reason = "the capture ended with \(left.grouped) bytes of the response missing"
    case .head: reason = "no final response was captured"
    default: reason = "the capture ended in the response"
    }
    if answersOrphan { orphan?.note(reason) } else { calls.first?.note(reason) }
  }

  private mutating func finishHead(
    _ direction: Direction, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    let framing = direction == .fromClient ? client : server
    let begin = framing.begin ?? position
    let side = direction == .fromClient ? "request" : "response"
    if framing.stage == .head, !framing.carry.isEmpty, !framing.isSeeking {
      report("http-truncated", "the last \(side)'s head is not whole", begin, &events)
      if let head = framing.partialHead() {
        let reason = "the capture ended in the \(side)'s head"
        if direction == .fromClient {
          addDamagedRequest(head, begin, position, reason, &events)
        } else {
          addDamagedResponse(head, begin, position, reason, &events)
        }
      }
    }
    if framing.stage == .head, framing.isSeeking {
      if direction == .fromClient { client.seek() } else { server.seek() }
    }
    reportPassedOver(direction, begin, &events)
  }
}
