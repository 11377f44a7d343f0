import Foundation
import Store
import TestKit
import Testing

@testable import Gateway

/// Frames that break the rules, byte for byte.
@Suite struct HTTP2FaultTests {
  /// What must come of a case, where it is not PROTOCOL_ERROR of the stream or the connection.
  private static let expected = [
    "request": "answered", "head of 40 kB": "answered", "trailers with content-length": "answered",
    "PING of 4 bytes": "GOAWAY FRAME_SIZE_ERROR", "SETTINGS of 5 bytes": "GOAWAY FRAME_SIZE_ERROR",
    "frame too long": "GOAWAY FRAME_SIZE_ERROR", "HPACK index of nothing": "GOAWAY COMPRESSION_ERROR",
    "window overflow": "GOAWAY FLOW_CONTROL_ERROR", "window overflow of a stream": "RST_STREAM FLOW_CONTROL_ERROR",
    "initial window too large": "GOAWAY FLOW_CONTROL_ERROR", "rapid reset": "GOAWAY ENHANCE_YOUR_CALM",
    "CONTINUATION flood": "GOAWAY ENHANCE_YOUR_CALM", "SETTINGS flood": "GOAWAY ENHANCE_YOUR_CALM",
    "PING flood": "GOAWAY ENHANCE_YOUR_CALM", "empty DATA flood": "GOAWAY ENHANCE_YOUR_CALM",
    "more streams than allowed": "GOAWAY PROTOCOL_ERROR",
  ]
  /// Faults of one request, which end its stream and no other.
  private static let ofStreams: Set<String> = [
    "no :method", "no :path", "no :scheme", "path without slash", ":method twice", ":status in a request",
    "name in upper case", "connection", "transfer-encoding", "upgrade", "te: gzip", "line end in a value",
    "NUL in a value", "blank in a name", "Host is another", "no authority", "content-length without content",
    "content longer than content-length", "content shorter than content-length", "two lengths", "trailers with :path",
    "trailers that do not end", "stream goes on",
  ]

  @Test func `each fault ends its stream or its connection, and the gateway lives on`() throws {
    let server = try WebTarget()
    let gateway = try WebGateway(
      WebGateway.reverse("http://127.0.0.1:\(server.port)", "http2: true"), durability: "batched")
    let script = Checkout.root.appending(path: "Tests/Live/http2_faults.py").path
    let out = try ScratchPostgres.run(
      "/usr/bin/timeout", ["120", "/usr/bin/python3", script, String(gateway.port()), gateway.token.secret])
    #expect(out.status == 0, "\(out.errors)")
    let lines = out.text.split(separator: "\n").map(String.init)
    #expect(lines.count == 59, "\(lines.count) cases")
    for line in lines {
      guard let place = line.range(of: ": ", options: .backwards) else { continue }
      let (name, said) = (String(line[..<place.lowerBound]), String(line[place.upperBound...]))
      let kind = Self.ofStreams.contains(name) ? "RST_STREAM" : "GOAWAY"
      #expect(said == Self.expected[name] ?? "\(kind) PROTOCOL_ERROR", "\(name): \(said)")
    }
    // Nothing of what was refused got to the server, and others are served.
    #expect(!server.asked.contains { $0.contains("GET / HTTP") || $0.contains("Host: other") || $0.contains("orders") })
    #expect(try gateway.curl("/bytes/3", ["--http2-prior-knowledge"]).text == "012")
    let deadline = Date().addingTimeInterval(10)
    while gateway.gateway.core.connectionCount > 0, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
    #expect(gateway.gateway.core.connectionCount == 0 && gateway.gateway.core.sessionCount == 0)
    try gateway.stop()
    let found = try gateway.ingest()
    #expect(try found.sessions().count > 10)
  }
}
