import Bytes
import Model

/// Connections that become something else.
extension HTTPParser {
  /// The client sent the preface of HTTP/2 (RFC 9113 §3.4).
  mutating func becomeHTTP2(_ preface: [UInt8], _ begin: StreamPosition, _ events: inout [ParserEvent]) {
    flush("no response was captured", begin.time, &events)
    var connection = HTTP2Connection(options: options, upgradedRequest: nil)
    connection.receive(preface.span, from: .fromClient, at: begin, into: &events)
    client.endMessage()
    stage = .http2(connection)
    holdsClient = false
  }

  /// 101 (RFC 9110 §15.2.2).
  mutating func becomeUpgraded(
    _ begin: StreamPosition, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    let isOrphan = answersOrphan
    guard var open = isOrphan ? orphan : calls.popFirst() else { return }
    if isOrphan {
      orphan = nil
      answersOrphan = false
    } else {
      pendingByteCount -= min(pendingByteCount, open.heldByteCount)
    }
    open.responseByteCount += server.byteCount
    server.endMessage()
    if !open.isRequestComplete {
      open.note("the server switched protocols in the middle of the request")
      open.requestByteCount += client.byteCount
    }
    client.endMessage()
    let head = open.call.head
    let named = head.responseFields["upgrade"] ?? head.requestFields["upgrade"] ?? ""
    let name = HTTPText.list([named]).first ?? ""
    open.call.upgrade = name
    switch name.lowercased() {
    case "websocket":
      open.call.upgrade = "websocket"
      open.finishBodies()
      let connection = WebSocketConnection(options: options, fields: head.responseFields, isWhole: !isOrphan)
      stage = .webSocket(connection, open)
    case "spdy/3.1":
      open.call.upgrade = "SPDY/3.1"
      open.finishBodies()
      stage = .spdy(SPDYConnection(options: options, path: head.path), open)
    case "h2c":
      open.call.upgrade = "h2c"
      open.finishBodies()
      let connection = HTTP2Connection(
        options: options, upgradedRequest: isOrphan ? nil : open.call, upgradedAt: open.begin,
        upgradedByteCount: open.requestByteCount)
      stage = .http2(connection)
    default: return openTunnel(&open, server: head.authority ?? "", position, &events)
    }
    flush("the server switched protocols before this request", position.time, &events)
    holdsClient = false
    release(&events)
  }

  /// A 2xx answer to CONNECT (RFC 9110 §9.3.6).
  mutating func becomeTunnel(
    _ name: String, _ target: String, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    guard var open = calls.popFirst() else { return }
    open.responseByteCount += server.byteCount
    open.call.upgrade = name
    server.endMessage()
    openTunnel(&open, server: target, position, &events)
  }

  private mutating func openTunnel(
    _ open: inout OpenCall, server target: String, _ position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    let id = TunnelID(0)
    open.endedAt = position.time
    open.emit(into: &events)
    flush("the connection became a tunnel before this request", position.time, &events)
    events.append(
      .tunnel(.opened(id, Tunnel(.child(server: target), openedAt: position.time, origin: position.origin))))
    stage = .tunnel(id)
    holdsClient = false
    release(&events)
  }

  /// Gives all calls that wait.
  mutating func flush(_ reason: String, _ time: Timestamp, _ events: inout [ParserEvent]) {
    while var first = calls.popFirst() {
      if !first.isResponseComplete { first.note(reason) }
      first.emit(into: &events)
    }
    pendingByteCount = 0
    if orphan != nil { emitOrphan(&events) }
  }
}
