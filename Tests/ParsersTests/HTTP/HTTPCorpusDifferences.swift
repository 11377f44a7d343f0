/// Captures in which our reading differs from tshark's, and why. In all others they agree.
enum HTTPCorpusDifferences {
  /// Why a capture may differ; nil when it must not.
  static func reason(_ path: String) -> String? {
    if let reason = captures.first(where: { $0.paths.contains(path) })?.reason { return reason }
    return evasions.first { $0.numbers.contains { path == evader($0) } }?.reason
  }

  /// All captures that differ.
  static var paths: Set<String> {
    Set(captures.flatMap(\.paths) + evasions.flatMap(\.numbers).map(evader))
  }

  private static func evader(_ number: Int) -> String {
    let digits = String(number)
    let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
    return "OISF+suricata-verify/tests/http-evader/http-evader-\(padded)/input.pcap"
  }

  private static let captures: [(reason: String, paths: [String])] = [
    (
      "the content of TLS, which another stage opens",
      [
        "fkie-cad+pcapFS/tests/crypto/all_ciphers_test/all_ciphers.pcap",
        "fkie-cad+pcapFS/tests/crypto/feature_test/feature_test.pcap",
        "fkie-cad+pcapFS/tests/system/system-tests.pcap",
        "fkie-cad+pcapFS/tests/system/system-tests.pcapng",
        "generated-loopback/http/tls12-h1-chacha-keylog.pcap",
        "generated-loopback/http/tls12-h1-rsa-cbc-keylog.pcap",
        "generated-loopback/http/tls13-h1-keylog-dsb.pcapng",
        "generated-loopback/http/tls13-h1-keylog.pcap",
        "generated-loopback/http/tls13-session-resumption-keylog.pcap",
        "zeek+zeek/testing/btest/Traces/tls/tls12-decryption.pcap",
      ]
    ),
    (
      "a client of TLS that a web server answers in clear: the flow is one of TLS",
      [
        "zeek+zeek/testing/btest/Traces/tls/ssl-to-http-server.pcap"
      ]
    ),
    (
      "the connection lies in SOCKS, which is not read",
      [
        "arkime+arkime/tests/pcap/socks-http-pass.pcap",
        "arkime+arkime/tests/pcap/socks5-http-302-frag.pcap",
        "cisco+mercury/unit_tests/pcaps/socks4_5.pcap",
      ]
    ),
    (
      "the link type NFLOG is not read",
      [
        "arkime+arkime/tests/pcap/nflog.pcap",
        "zeek+zeek/testing/btest/Traces/nflog-http.pcap",
      ]
    ),
    (
      "the connection lies in GTP, which is not read",
      [
        "zeek+zeek/testing/btest/Traces/tunnels/gtp/gtp1_gn_normal_incl_fragmentation.pcap"
      ]
    ),
    (
      "the upgrade to h2c: the exchange is stream 1 of HTTP/2, whose status is the final one",
      [
        "OISF+suricata-verify/tests/http2-deflate-case/input.pcap",
        "OISF+suricata-verify/tests/http2-deflate/http2_deflate.pcap",
        "OISF+suricata-verify/tests/http2-keywords2/input.pcap",
        "OISF+suricata-verify/tests/http2-range/http2-range.pcap",
      ]
    ),
    (
      "the capture cuts the request line within its version, so what it asks for may not be whole",
      [
        "corelight+community-id-spec/pcaps/tcp.pcap"
      ]
    ),
    (
      "bytes are missing in a head; tshark takes what lies behind the gap for content",
      [
        "seladb+PcapPlusPlus/Tests/Pcap++Test/PcapExamples/650HttpResponses.pcap"
      ]
    ),
    (
      "tshark exports a whole message that it does not read as content: an unknown method, `http/1.1`, bytes behind a message",
      [
        "zeek+zeek/doc/traces/quickstart.pcap",
        "zeek+zeek/testing/btest/Traces/http/http-lower-case-nonstandard-port.pcap",
        "zeek+zeek/testing/btest/Traces/http/http-lower-case.pcap",
        "zeek+zeek/testing/btest/Traces/http/query-method-non-standard-port.pcap",
        "zeek+zeek/testing/btest/Traces/http/http-11-request-then-cruft.pcap",
      ]
    ),
    (
      "tshark exports each segment of what it does not follow, and of an answer of HTTP/0.9",
      [
        "zeek+zeek/testing/btest/Traces/http/curl_http_09.pcap",
        "zeek+zeek/testing/btest/Traces/mixed-vlan-mpls.pcap",
        "zeek+zeek/testing/btest/Traces/mpls-in-vlan.pcap",
      ]
    ),
    (
      "request lines without target or version: tshark shows the version as a target, and exports what it cannot read",
      [
        "zeek+zeek/testing/btest/Traces/http/methods.pcap",
        "zeek+zeek/testing/btest/Traces/http/no-uri.pcap",
      ]
    ),
    (
      "Content-Length 2^64 - 1: no recipient can know where the next request begins; tshark's length overflows",
      [
        "zeek+zeek/testing/btest/Traces/http/261/variant-02-cl_uint64max.pcap"
      ]
    ),
    (
      "tshark exports an empty object",
      [
        "zeek+zeek/testing/btest/Traces/http/261/variant-10-multi_value_te.pcap"
      ]
    ),
    (
      "data behind a RST of the same connection",
      [
        "zeek+zeek/testing/btest/Traces/modbus/modbus-and-non-modbus-p502.pcap"
      ]
    ),
    (
      "a byte too many stands in front of a status line: tshark exports that response as an object, we read it",
      [
        "AlexeyVasilev+PcapFlowLab/examples/showcase/pcap_flow_lab_showcase.pcap"
      ]
    ),
  ]

  /// HTTP Evader hides one file from scanners by answers that browsers read differently; each number is one trick.
  private static let evasions: [(reason: String, numbers: [Int])] = [
    (
      "the status allows no content, or the head or chunks break off by RFC 9112; tshark reads on",
      [
        8, 9, 10, 11, 12, 13, 14, 15, 16, 21, 22, 56, 73, 74, 76, 89, 90, 91, 100, 373, 374, 376, 378, 379, 380, 395,
        396, 397, 398, 410, 447, 448, 449, 450, 453, 469, 470, 476,
      ]
    ),
    (
      "the file is read from behind a malformed or repeated coding or framing; tshark exports it as it was sent",
      [
        54, 55, 57, 58, 59, 60, 61, 75, 77, 87, 88, 97, 125, 127, 129, 131, 133, 140, 144, 146, 148, 149, 151, 174, 176,
        224, 226, 227, 228, 229, 233, 234, 235, 236, 242, 243, 244, 248, 249, 251, 257, 258, 259, 267, 280, 282, 284,
        285, 288, 289, 297, 353, 357, 358, 359, 361, 362, 364, 375, 413, 417, 418, 420, 421, 426, 427, 429, 430, 434,
        435, 436, 437, 481, 482, 483, 484, 485, 486, 487, 488, 491, 494,
      ]
    ),
    (
      "a coding that nobody registered, or content that is not coded as it says: kept as sent, and its note says so",
      [
        64, 65, 69, 70, 80, 81, 83, 85, 152, 154, 156, 160, 200, 201, 202, 247, 296, 298, 299, 300, 310, 312, 318, 319,
        330, 337, 338, 349,
      ]
    ),
    (
      "lengths and fields that recipients read differently; ours follow RFC 9112, with an anomaly",
      [
        94, 182, 184, 254, 261, 286, 287, 307, 385, 388, 402, 403, 405,
      ]
    ),
    (
      "the status line has no code of three digits from 100 on, so it begins no response; tshark takes it for one",
      [
        372, 382, 391, 392, 393, 394, 462, 467, 468, 471, 472, 474, 477, 478,
      ]
    ),
  ]
}
