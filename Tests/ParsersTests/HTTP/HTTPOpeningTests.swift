import Bytes
import Model
import TestKit
import Testing

@testable import Parsers

@Suite struct HTTPOpeningTests {
  @Test func `frames of HTTP2 without the preface are read as such whatever the pieces are`() {
    var clientFields = HPACKWire()
    var serverFields = HPACKWire()
    var it = HTTPConversation()
    let request = clientFields.encode([(":method", "GET"), (":scheme", "https"), (":authority", "s"), (":path", "/a")])
    it.client(HTTP2Wire.windowUpdate(0) + HTTP2Wire.headers(5, request, end: true))
    it.server(HTTP2Wire.settingsAck)
    it.server(HTTP2Wire.headers(5, serverFields.encode([(":status", "200")])) + HTTP2Wire.data(5, "body", end: true))
    let events = it.events()
    #expect(it.events(.everyByte).dump == events.dump)
    #expect(events.callLines == ["GET /a 200 body"])
    let (client, server) = (it.pieces[0].bytes, it.pieces[1].bytes)
    let (clientSpan, serverSpan) = (client.span, server.span)
    let answer = HTTPParser.recognize(Opening(fromClient: clientSpan, fromServer: serverSpan, isMidstream: true))
    #expect(answer == .yes)
    let whole = HTTPParser.recognize(Opening(fromClient: clientSpan, fromServer: serverSpan, isMidstream: false))
    #expect(whole != .yes)
  }

  @Test(arguments: [
    // The middle of TLS, of PostgreSQL, of MySQL, of Modbus, of zeros.
    "1703030020000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    "44000000180001000000 0e7465737420726f7720646174615a0000000549",
    "0500000001 02030405fe000002000000000001000000000200",
    "000100000006010300000002000200000006010300000002", "000000000000000000000000000000000000000000000000000000000000",
    "0000000400000000000000040000000000000004000000000000000400000000",
  ])
  func `other protocols in the middle are no frames`(hex: String) {
    let bytes = HTTPContentTests.bytes(hex.filter { $0 != " " })
    let (span, none) = (bytes.span, [UInt8]())
    let empty = none.span
    let answer = HTTPParser.recognize(Opening(fromClient: span, fromServer: empty, isMidstream: true))
    #expect(answer != .yes)
  }
}
