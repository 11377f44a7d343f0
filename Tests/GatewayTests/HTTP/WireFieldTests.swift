import Testing

@testable import Gateway

/// Lists in fields (RFC 9110 §5.6.1), and which fields are for the next hop alone.
struct WireFieldTests {
  @Test func `a list goes over several lines, without blanks and empty elements`() {
    let fields = [
      WireField("Connection", " Close ,\tX-Own,, "), WireField("Host", "a, b"), WireField("connection", ","),
      WireField("CONNECTION", [0x58, 0xFF, 0x2C, 0x79]),
    ]
    #expect(fields.list("connection") == ["close", "x-own", "x\u{FFFD}", "y"])
    #expect(fields.list("te").isEmpty)
  }

  @Test func `what Connection names is for the next hop, as what always is`() {
    let hop = [WireField("Connection", "X-Own, Keep-Alive")].hopByHop
    for name in ["x-own", "keep-alive", "connection", "te", "upgrade", "proxy-authorization", "proxy-authenticate"] {
      #expect(hop.contains(name), "\(name)")
    }
    for name in ["host", "x-other", "content-length", "authorization"] { #expect(!hop.contains(name), "\(name)") }
  }

  @Test func `the client gets what its proxy asks for, and nothing that was for the gateway`() {
    let head = ResponseHead(
      status: 407, reason: [],
      fields: [
        WireField("Proxy-Authenticate", "Basic"), WireField("Connection", "proxy-authenticate, x-own"),
        WireField("X-Own", "1"), WireField("Upgrade", "h2c"), WireField("Content-Length", "0"),
      ])
    #expect(head.forClient(isLast: false).fields.map(\.name) == ["Proxy-Authenticate", "Content-Length"])
    #expect(head.forClient(isLast: true).fields.map(\.name) == ["Proxy-Authenticate", "Content-Length", "Connection"])
  }
}
