import Bytes
import Codings
import Model

/// Header sections: requests, responses, trailers and promises.
extension HTTP2Connection {
  mutating func requestHeaders(_ section: HTTP2Section, _ events: inout [ParserEvent]) {
    let id = section.block.streamID
    let begin = section.block.begin
    guard let stream = streams[id] else {
      if ended.contains(id) {
        guard !ended.wasReset(id) else { return }
        return report("http2-closed-stream", "HEADERS on stream \(id), which is over", begin, &events)
      }
      if id.isMultiple(of: 2) || id <= client.highestStream && !client.isLossy {
        report("http2-frame", "HEADERS of a request on stream \(id)", begin, &events)
      }
      open(id, Call(head: CallHead(version: "2", method: "", target: "")), begin, section.size, &events)
      client.highestStream = max(client.highestStream, id)
      if client.isLossy, !section.hasPseudoFields {
        // The end of a request whose beginning was not captured.
        streams[id]?.note("the head of the request was not captured")
        return trailers(section, .fromClient, &events)
      }
      return requestHead(section, &events)
    }
    switch stream.request {
    case .idle: requestHead(section, &events)
    case .open: trailers(section, .fromClient, &events)
    case .ended: report("http2-closed-stream", "HEADERS on stream \(id) after its end", begin, &events)
    }
  }

  private mutating func requestHead(_ section: HTTP2Section, _ events: inout [ParserEvent]) {
    let id = section.block.streamID
    fillRequest(id, section, &events)
    mark(id, .fromClient, .open)
    streams[id]?.count(section.block.byteCount, .fromClient)
    if let call = streams[id]?.call, call.head.method == "CONNECT", call.upgrade == nil {
      streams[id]?.tunnelling = .asked(early: [], count: 0)
      streams[id]?.call.requestEndedAt = section.endedAt
    }
    if let head = streams[id]?.call.head { tell(authority: head.authority, fields: head.requestFields, &events) }
    if section.endsStream { endHalf(id, .fromClient, section.endedAt, &events) }
  }

  private mutating func fillRequest(_ id: UInt32, _ section: HTTP2Section, _ events: inout [ParserEvent]) {
    let check = HTTP2FieldCheck(section.fields, .request, isPartial: section.reason != nil)
    report(check, id, section, &events)
    guard let stream = streams[id] else { return }
    if let reason = section.reason { stream.note(reason) }
    stream.call.head.method = check.method ?? ""
    stream.call.head.scheme = check.scheme
    stream.call.head.authority = check.authority ?? check.fields["host"]
    stream.call.head.target = check.path ?? (check.method == "CONNECT" ? check.authority : nil) ?? ""
    stream.call.head.requestFields = check.fields
    stream.listener = CallListener(stream.call.head, options, begin: section.block.begin)
    // RFC 8441 §4: the stream becomes what :protocol says.
    if let name = check.protocol { stream.call.upgrade = name }
  }

  mutating func responseHeaders(_ section: HTTP2Section, _ events: inout [ParserEvent]) {
    let id = section.block.streamID
    let begin = section.block.begin
    if streams[id] == nil {
      if ended.contains(id) {
        guard !ended.wasReset(id) else { return }
        return report("http2-closed-stream", "HEADERS on stream \(id), which is over", begin, &events)
      }
      if !client.isLossy, !server.isLossy, client.highestStream > 0 {
        report("http2-frame", "HEADERS of a response on stream \(id), which was not opened", begin, &events)
      }
      open(id, Call(head: CallHead(version: "2", method: "", target: "")), begin, section.size, &events)
    }
    guard let stream = streams[id] else { return }
    streams[id]?.count(section.block.byteCount, .fromServer)
    noteResponse(id, .fromServer, begin.time)
    streams[id]?.lastResponseAt = section.endedAt
    switch stream.response {
    case .idle:
      if server.isLossy, !section.hasPseudoFields, section.endsStream {
        streams[id]?.note("the head of the response was not captured")
        return trailers(section, .fromServer, &events)
      }
      responseHead(section, &events)
    // What was taken for the head may have been an informational one whose status was lost.
    case .open where stream.call.head.status == nil && section.fields.contains { $0.name == ":status" }:
      responseHead(section, &events)
    case .open: trailers(section, .fromServer, &events)
    case .ended: report("http2-closed-stream", "HEADERS on stream \(id) after its end", begin, &events)
    }
  }

  private mutating func responseHead(_ section: HTTP2Section, _ events: inout [ParserEvent]) {
    let id = section.block.streamID
    let check = HTTP2FieldCheck(section.fields, .response, isPartial: section.reason != nil)
    report(check, id, section, &events)
    grow(id, section.size)
    if let reason = section.reason { streams[id]?.note(reason) }
    if let status = check.status, (100..<200).contains(status) {
      if status == 101 || section.endsStream {
        // §8.6: there is no 101 in HTTP/2; §8.1: an informational response does not end the stream.
        let what = status == 101 ? "status 101" : "an informational response that ends the stream"
        report("http2-malformed", "stream \(id): \(what)", section.block.begin, &events)
      }
      if (streams[id]?.call.head.informational.count ?? 0) < HTTP2Limits.fields {
        streams[id]?.call.head.informational.append(status)
      }
    } else {
      streams[id]?.call.head.status = check.status
      streams[id]?.call.head.responseFields = check.fields
      if section.endsStream, GRPCForm(mediaType: check.fields["content-type"]) != nil { moveStatus(id) }
      mark(id, .fromServer, .open)
      if case .asked = streams[id]?.tunnelling {
        if let status = check.status, (200..<300).contains(status) {
          openTunnel(id, section.endedAt, &events)
        } else {
          refuseTunnel(id)
        }
      }
    }
    if section.endsStream { endHalf(id, .fromServer, section.endedAt, &events) }
  }

  /// An answer of gRPC without messages has its trailers in its only section ("Trailers-Only").
  private mutating func moveStatus(_ id: UInt32) {
    func isStatus(_ field: HeaderField) -> Bool {
      ["grpc-status", "grpc-message", "grpc-status-details-bin"].contains(field.name)
    }
    guard let fields = streams[id]?.call.head.responseFields else { return }
    streams[id]?.call.head.responseTrailers = fields.filter(isStatus)
    streams[id]?.call.head.responseFields.removeAll(where: isStatus)
  }

  /// A second section of a message (§8.1).
  private mutating func trailers(_ section: HTTP2Section, _ direction: Direction, _ events: inout [ParserEvent]) {
    let id = section.block.streamID
    let check = HTTP2FieldCheck(section.fields, .trailers, isPartial: section.reason != nil)
    report(check, id, section, &events)
    if !section.endsStream, !self[direction].isLossy {
      report("http2-malformed", "trailers on stream \(id) that do not end it", section.block.begin, &events)
    }
    grow(id, section.size)
    if let reason = section.reason { streams[id]?.note(reason) }
    mark(id, direction, .open)
    if direction == .fromClient {
      streams[id]?.count(section.block.byteCount, .fromClient)
      streams[id]?.call.head.requestTrailers += check.fields
    } else {
      streams[id]?.call.head.responseTrailers += check.fields
    }
    if section.endsStream { endHalf(id, direction, section.endedAt, &events) }
  }

  /// PUSH_PROMISE (§8.4): the server says what the client would have asked.
  mutating func promise(
    _ promised: UInt32, _ section: HTTP2Section, _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    let begin = section.block.begin
    guard direction == .fromServer else {
      return report("http2-frame", "PUSH_PROMISE by the client", begin, &events)
    }
    streams[section.block.streamID]?.count(section.block.byteCount, .fromServer)
    guard promised != 0, promised.isMultiple(of: 2), streams[promised] == nil, !ended.contains(promised) else {
      return report("http2-frame", "PUSH_PROMISE of stream \(promised)", begin, &events)
    }
    hasPushes = true
    server.highestStream = max(server.highestStream, promised)
    open(promised, Call(head: CallHead(version: "2", method: "", target: "")), begin, section.size, &events)
    fillRequest(promised, section, &events)
    streams[promised]?.call.upgrade = "push"
    streams[promised]?.request = .ended
    streams[promised]?.call.requestEndedAt = section.endedAt
  }

  private mutating func report(
    _ check: HTTP2FieldCheck, _ id: UInt32, _ section: HTTP2Section, _ events: inout [ParserEvent]
  ) {
    guard !check.faults.isEmpty else { return }
    let detail = "stream \(id): " + check.faults.joined(separator: "; ")
    report("http2-malformed", detail, section.block.begin, &events)
  }
}
