import Bytes
import TestKit
import Testing

@testable import Policy

/// Codings and charsets of bodies, and what cannot be masked.
@Suite struct BodyCodingTests {
  private static let plain =
    #"{"rows":[{"contact":"ann@shop.example","n":1},{"contact":"bob.miller@shop.example","text":"plain words"}]}"#
  private static let shown =
    #"{"rows":[{"contact":"a***@shop.example","n":1},{"contact":"b***@shop.example","text":"plain words"}]}"#
  /// `plain`, by zlib and brotli of Node.js and by zstd(1).
  private static let coded: [(names: [String], hex: String)] = [
    (
      ["gzip"],
      "1f8b0800000000000003ab562aca2f2f56b28aae564acecf2b494c2e51b2524acccb7328cec82fd04bad48cc2dc84955d251ca53b232ac"
        + "d5415694949fa4979b9993935a84aeb624b502a4a0202731334fa13cbf28a558a936b61600aa99f84c6a000000"
    ),
    (
      ["deflate"],
      "789cab562aca2f2f56b28aae564acecf2b494c2e51b2524acccb7328cec82fd04bad48cc2dc84955d251ca53b232acd5415694949fa497"
        + "9b9993935a84aeb624b502a4a0202731334fa13cbf28a558a936b61600b044251c"
    ),
    (
      ["deflate"],
      "ab562aca2f2f56b28aae564acecf2b494c2e51b2524acccb7328cec82fd04bad48cc2dc84955d251ca53b232acd5415694949fa4979b99"
        + "93935a84aeb624b502a4a0202731334fa13cbf28a558a936b61600"
    ),
    (
      ["br"],
      "1b6900e02d8e77102f828a8af0bc78c3f86b91bd37b1e92616d63a7d5d2c532466ab455c80dceae480fde7cbf5d6d224c0d4f2267e0f83"
        + "6a39f3188ec346be2e6ac79f410de9bf2ef124403978fc4c507a"
    ),
    (
      ["zstd"],
      "28b52ffd246a8d0200a2c4101790a53a036e835b920558054bf8daede341cdd9b4ffe30ab1886780d52e6094ab9eb6a5bb2811d36644a1"
        + "9c3faeab523e25aa036c60ce97b7938dfb1c12e5ccf53a0c03004908c6530832e25419a090d2a5"
    ),
    (
      ["br", "x-gzip"],
      "1f8b0800000000000003015100aeff1b6900e02d8e77102f828a8af0bc78c3f86b91bd37b1e92616d63a7d5d2c532466ab455c80dceae4"
        + "80fde7cbf5d6d224c0d4f2267e0f836a39f3188ec346be2e6ac79f410de9bf2ef124403978fc4c507ae56384ec51000000"
    ),
  ]
  /// 64 MiB of zeros, compressed twice.
  private static let bomb =
    "1f8b0800000000000203eddcaf4e826114c0e117f8dc186e8ac144804b3052987f02d9a0d9710144b36c8c64e126c86e6e6e569b770036bb6870"
    + "cee4fcf4fb2ee33dcf934e3ef1ececd7bf6da74ab3b57d6a34fea7d9f2f7eea3dd4900000040e6662ff356750c4883723d3ebf04000000723"
    + "7d9df2beaa3c0cf55efd43a000000207b8bd1b05b7f087cde4c0beb00000080ec1d7ebf9ed4b780e7f2e1e0c23e000000207b1bc100000000"
    + "0845300000000062110c000000805804030000002018c1000000008845300000000062110c000000805804030000002018c1000000008845"
    + "300000000062598d8683ea31a0fb555e1f9fed240000002279dc7d3f7abb4f29157f3c4cecfae2fe0000"

  private static func bytes(_ hex: String) -> [UInt8] {
    HexText.bytes(Array(hex.uppercased().utf8)[...]) ?? []
  }

  private static func feed(_ bytes: [UInt8], _ form: BodyMask.Form, step: Int, _ mask: DataMask) throws -> [UInt8] {
    var body = try BodyMask(form, mask: mask)
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let end = min(bytes.count, index + step)
      out += try body.take(Array(bytes[index..<end]))
      index = end
    }
    return out + (try body.finish())
  }

  /// What is thrown, and what was given before.
  private static func failure(
    _ bytes: [UInt8], _ form: BodyMask.Form, _ mask: DataMask
  ) -> (code: BodyMaskFailure.Code?, out: [UInt8]) {
    var out: [UInt8] = []
    do throws(BodyMaskFailure) {
      var body = try BodyMask(form, mask: mask)
      var rest = bytes[...]
      while !rest.isEmpty {
        out += try body.take(Array(rest.prefix(1000)))
        rest = rest.dropFirst(1000)
      }
      out += try body.finish()
      return (nil, out)
    } catch {
      return (error.code, out)
    }
  }

  @Test func `codings are removed, in whatever pieces`() throws {
    let mask = try MaskingPropertyTests.mask("partial")
    for (names, hex) in Self.coded {
      let bytes = Self.bytes(hex)
      let form = BodyMask.Form(mediaType: "application/json", codings: names)
      for step in [1, 7, 1000] {
        #expect(String(decoding: try Self.feed(bytes, form, step: step, mask), as: UTF8.self) == Self.shown, "\(names)")
      }
      // Cut anywhere it is an error, and so is a byte that is changed, or nothing of it shows.
      for end in 1..<bytes.count where names != ["deflate"] || end > 2 {
        let (code, out) = Self.failure(Array(bytes[..<end]), form, mask)
        #expect(
          code == .damaged && !out.contains(UInt8(ascii: "@")) || Self.shown.utf8.starts(with: out), "\(names) \(end)")
        #expect(code != nil, "\(names) \(end)")
      }
      #expect(Self.failure([], form, mask).code == nil)
    }
  }

  @Test func `what cannot be masked ends with a reason`() throws {
    let mask = try MaskingPropertyTests.mask("redact", #"  - { columns: ["*.ssn"], action: redact }"#)
    func code(
      _ text: String, _ mediaType: String, _ codings: [String] = [], encoding: String? = nil
    ) -> BodyMaskFailure.Code? {
      let form = BodyMask.Form(mediaType: mediaType, codings: codings, messageEncoding: encoding)
      let (code, out) = Self.failure(Array(text.utf8), form, mask)
      #expect(!String(decoding: out, as: UTF8.self).contains("ann@shop"))
      return code
    }
    #expect(code("", "text/plain", ["compress"]) == .coding)
    #expect(code("x", "text/plain", ["dcb"]) == .coding)
    #expect(code("x", "text/plain", ["gzip", "gzip", "gzip", "gzip", "gzip"]) == .coding)
    #expect(code("x", "text/plain; charset=utf-7") == .coding)
    #expect(code("plain, not compressed", "text/plain", ["gzip"]) == .damaged)
    #expect(code(#"{"ssn": 12, "a": "ann@shop.example"#, "application/json") == .layout)
    #expect(code(#"{"ssn": 12, ann@shop.example}"#, "application/json") == .layout)
    #expect(code(String(repeating: #"{"a":["#, count: 80), "application/json") == .layout)
    #expect(code("[2026-11-22] ann@shop.example logged in", "application/json") == nil)
    #expect(code("a=" + String(repeating: "x", count: 5 << 20), "application/x-www-form-urlencoded") == .large)
    #expect(code("a,b\n\"" + String(repeating: "x", count: 5 << 20), "text/csv") == .large)
    #expect(code("data: " + String(repeating: "x", count: 17 << 20), "text/event-stream") == .large)
    #expect(code(String(repeating: "x", count: 9 << 20), "multipart/mixed; boundary=b") == .large)
    #expect(code("\u{2}\u{0}\u{0}\u{0}\u{1}x", "application/grpc") == .layout)
    #expect(code("\u{1}\u{0}\u{0}\u{0}\u{1}x", "application/grpc", encoding: "snappy") == .coding)
    #expect(code("\u{0}\u{0}\u{0}\u{0}\u{9}x", "application/grpc") == .damaged)
    #expect(code("\u{0}\u{7F}\u{0}\u{0}\u{9}x", "application/grpc") == .large)
    #expect(code("====", "application/grpc-web-text") == .layout)
    let form = BodyMask.Form(mediaType: "text/plain", codings: ["gzip", "gzip"])
    let (bomb, out) = Self.failure(Self.bytes(Self.bomb), form, mask)
    #expect(bomb == .bomb && out.count < 40 << 20)
    // And it stays that way.
    var body = try BodyMask(.init(mediaType: "application/json"), mask: mask)
    #expect(throws: BodyMaskFailure.self) { try body.take(Array(#"{"ssn": }"#.utf8)) }
    #expect(throws: BodyMaskFailure.self) { try body.take(Array("x".utf8)) }
    #expect(throws: BodyMaskFailure.self) { try body.finish() }
  }

  @Test func `texts in other charsets are masked and stay in them`() throws {
    let mask = try MaskingPropertyTests.mask("partial")
    let text = "Grüße an \u{20AC} ann@shop.example \u{E9}\nund mehr\n"
    let shown = "Grüße an \u{20AC} a***@shop.example \u{E9}\nund mehr\n"
    func utf16(_ text: String, isLittle: Bool) -> [UInt8] {
      text.utf16.flatMap { unit in
        let (high, low) = (UInt8(unit >> 8), UInt8(unit & 255))
        return isLittle ? [low, high] : [high, low]
      }
    }
    func windows(_ text: String) -> [UInt8] {
      text.unicodeScalars.map { $0.value == 0x20AC ? 0x80 : UInt8($0.value) }
    }
    let cases: [(String, [UInt8], [UInt8])] = [
      ("text/plain; charset=windows-1252", windows(text), windows(shown)),
      ("text/plain; charset=utf-16le", utf16(text, isLittle: true), utf16(shown, isLittle: true)),
      ("text/plain; charset=utf-16be", utf16(text, isLittle: false), utf16(shown, isLittle: false)),
      (
        "text/plain; charset=utf-16", [0xFF, 0xFE] + utf16(text, isLittle: true),
        [0xFF, 0xFE] + utf16(shown, isLittle: true)
      ),
      ("text/plain", [0xFE, 0xFF] + utf16(text, isLittle: false), [0xFE, 0xFF] + utf16(shown, isLittle: false)),
      ("text/plain", utf16(text, isLittle: true), utf16(shown, isLittle: true)),
      ("text/plain; charset=UTF-8", Array(text.utf8), Array(shown.utf8)),
      (
        "application/json", [0xEF, 0xBB, 0xBF] + Array(#"{"a":"ann@shop.example"}"#.utf8),
        [0xEF, 0xBB, 0xBF] + Array(#"{"a":"a***@shop.example"}"#.utf8)
      ),
    ]
    for (mediaType, bytes, expected) in cases {
      for step in [1, 2, 3, 1000] {
        #expect(try Self.feed(bytes, .init(mediaType: mediaType), step: step, mask) == expected, "\(mediaType) \(step)")
      }
    }
    // No text: each byte that is no value stays.
    let every = (0...255).map { UInt8($0) }
    for mediaType in [
      "application/octet-stream", "image/png", "text/plain; charset=iso-8859-1", "text/plain; charset=cp1252",
    ] {
      #expect(try Self.feed(every, .init(mediaType: mediaType), step: 5, mask) == every, "\(mediaType)")
    }
  }
}
