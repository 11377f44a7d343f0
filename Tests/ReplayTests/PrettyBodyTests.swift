import Model
import TestKit
import Testing

@testable import Replay

struct PrettyBodyTests {
  private func pretty(_ text: String, _ type: String?, limit: Int = 4096) -> PrettyBody {
    PrettyBody(.text(text), mediaType: type, limits: PrettyBody.Limits(textBytes: limit))
  }

  private func pretty(_ bytes: [UInt8], _ type: String?) -> PrettyBody {
    PrettyBody(.bytes(bytes), mediaType: type, limits: PrettyBody.Limits(textBytes: 4096))
  }

  @Test func `JSON keeps the spelling of its numbers and the order of its members`() {
    let body = pretty(#" {"b":1.50e+03,"a":[-0,true,null,{}],"a":"\u00e9\/"} "#, "application/json; charset=utf-8")
    #expect(body.title == "JSON")
    #expect(
      body.text == """
        {
          "b": 1.50e+03,
          "a": [
            -0,
            true,
            null,
            {}
          ],
          "a": "\\u00e9\\/"
        }
        """)
    #expect(!body.isShortened)
  }

  @Test(arguments: [
    "{", "{\"a\"}", "[1,]", "[01]", "[1.]", "{\"a\":1,}", "[\"\u{1}\"]", "[\"\\x\"]", "[tru]", "]", "{]", "[1 2]",
    "[+1]",
    "{a:1}", "[\"\\u12g4\"]", "",
  ])
  func `what is no JSON is shown as text`(_ text: String) {
    let body = pretty(text, "application/json")
    #expect(body.title != "JSON")
    #expect(body.text == text)
  }

  @Test func `lines of JSON are told apart`() {
    #expect(
      pretty("{\"index\":{}}\n{\"a\":1}\n", "application/x-ndjson").text == "{\n  \"index\": {}\n}\n{\n  \"a\": 1\n}")
  }

  @Test func `nesting without end costs nothing`() {
    let body = pretty(String(repeating: "[", count: 100_000), "application/json")
    #expect(body.text.utf8.count == 4096 && body.isShortened)
    #expect(
      pretty(String(repeating: "[1,", count: 200), "application/json", limit: 1 << 20).title
        == "text (not well-formed JSON)")
  }

  @Test func `the beginning of JSON is laid out as far as it goes`() {
    let body = PrettyBody(
      StoredPayload.text(#"{"a":[1,2,"three"]}"#).cut(after: 13), mediaType: "application/json",
      limits: PrettyBody.Limits(textBytes: 100))
    #expect(body.title == "JSON" && body.isShortened)
    #expect(body.text == "{\n  \"a\": [\n    1,\n    2,\n    \"th")
  }

  @Test func `a form is names and values`() {
    let body = pretty("a=1&b=x%20y+z&c&=d&e=%zz%C3%A9%0Afake=1", "application/x-www-form-urlencoded")
    #expect(body.text == "a = 1\nb = x y z\nc\n = d\ne = %zzé⏎fake=1")
  }

  @Test func `protobuf is shown by field numbers, and guesses are said to be`() {
    let body = pretty(
      [0x08, 0x96, 0x01, 0x12, 2, 0x68, 0x69, 0x1A, 2, 0x08, 1, 0x25, 0, 0, 0x80, 0x3F], "application/x-protobuf")
    #expect(
      body.text == """
        1: 150
        2: "hi"
        3: {  (a message, as far as its bytes tell)
          1: 1
        }
        4: 1065353216 (32 bits; as a float 1.0)
        """)
    #expect(pretty([0x08], "application/x-protobuf").isDump)
    #expect(pretty([0, 0, 0, 0, 2, 0x08, 1], "application/grpc").text == "message of 2 bytes\n1: 1")
  }

  @Test func `bytes know better than their label`() {
    let body = pretty(HTTPStory.png, "application/json")
    #expect(body.title == "PNG image" && body.isDump)
    #expect(pretty([0x1F, 0x8B, 8, 0], "text/html").title == "gzip data")
    #expect(pretty(Array("plain".utf8), "application/octet-stream").title == "text")
    #expect(pretty([0, 1, 2], nil).title == "binary data")
  }

  @Test func `parts of a body are told apart, whatever their boundary`() {
    let body = pretty(
      "preamble\r\n--b\r\nContent-Type: application/json\r\n\r\n[1]\r\n--b\r\n\r\ntwo\r\n--b--\r\nend",
      "multipart/mixed; boundary=b")
    #expect(
      body.text == """
        ── part 1 of 2 ──
        Content-Type: application/json
        [
          1
        ]
        ── part 2 of 2 ──
        two
        """)
    #expect(pretty("no parts", "multipart/mixed").title == "text")
  }

  @Test func `no bytes trap, and nothing grows beyond its limit`() {
    var random = SystemRandomNumberGenerator()
    let seed = UInt64.random(in: 0..<(.max), using: &random)
    var state = seed
    func next() -> UInt8 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 40)
    }
    let alphabet = Array("{}[]\",:0123456789.eE+-tfn\\u\n\r--b= %&;<>\u{1b}[K".utf8)
    let types = [
      "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "application/grpc",
      "application/x-protobuf", "text/html", "", "application/vnd.kubernetes.protobuf",
    ]
    for round in 0..<4000 {
      let bytes = (0..<Int(next())).map { _ in round % 2 == 0 ? next() : alphabet[Int(next()) % alphabet.count] }
      let payload = StoredPayload(
        layout: .bytes, bytes: bytes, byteCount: UInt64(bytes.count + round % 3), sha256: "", columns: [])
      let body = PrettyBody(
        payload, mediaType: types[round % types.count], limits: PrettyBody.Limits(textBytes: 200, dumpBytes: 64))
      #expect(body.text.utf8.count < 1600, "seed \(seed)")
      var stream = TerminalStream()
      for byte in bytes { stream.feed([byte]) }
      var whole = TerminalStream()
      whole.feed(bytes)
      #expect(stream.text == whole.text, "seed \(seed)")
    }
  }
}

struct TerminalStreamTests {
  private func shown(_ text: String) -> String {
    var stream = TerminalStream()
    stream.feed(text.utf8)
    return stream.text
  }

  @Test func `carriage returns, backspaces and tabs are kept, colours and titles dropped`() {
    #expect(shown("10%\r20%\r\ndone\u{8}\u{8}n!\r\n") == "20%\ndon!")
    #expect(shown("a\tb") == "a       b")
    #expect(shown("\u{1b}[1;31mred\u{1b}[0m \u{1b}]0;title\u{7}x\u{1b}]2;t\u{1b}\\y\u{9b}5mz") == "red xyz")
    #expect(shown("longer\r\u{1b}[Kno") == "no")
    #expect(shown("\u{1b}(Bplain\u{1b}=\u{1b}>") == "plain")
  }

  @Test func `a string without its end swallows no more than its limit`() {
    #expect(shown("\u{1b}]" + String(repeating: "x", count: 5000) + "seen").hasSuffix("seen"))
  }

  @Test func `a character split over pieces is one`() {
    var stream = TerminalStream()
    for byte in "日本é".utf8 { stream.feed([byte]) }
    #expect(stream.current == "日本é")
  }
}
