import Bytes
import Testing

@Suite struct JSONReaderTests {
  private static func tokens(_ text: String) throws(DecodeError) -> [JSONScanner.Token] {
    var scanner = JSONScanner(Array(text.utf8))
    var found: [JSONScanner.Token] = []
    while let token = try scanner.next() { found.append(token) }
    return found
  }

  private static func isJSON(_ text: String) -> Bool { JSONValue.document(in: Array(text.utf8)) != nil }

  @Test func `tokens say where they stand`() throws {
    let tokens = try Self.tokens(#" {"a":[1,"b",true,null],"c":{}} "#)
    #expect(
      tokens == [
        .beginObject, .key(2..<5), .beginArray, .number(7..<8), .string(9..<12), .bool(true), .null, .endArray,
        .key(24..<27), .beginObject, .endObject, .endObject,
      ])
  }

  @Test(arguments: [
    "0", "-0", "10", "-1.5", "1e9", "1E+9", "1.25e-3", #""""#, "[]", "{}", "[[]]", #"{"a":{"b":[{}]}}"#,
    "\t[\r\n1 , 2 ]\n", #"{"":0}"#, #"{"a":1,"a":2}"#, #""\" \\ \/ \b \f \n \r \t""#, "true", "false", "null",
  ])
  func `what RFC 8259 allows is read`(_ text: String) { #expect(Self.isJSON(text)) }

  @Test(arguments: [
    "", " ", "01", "-", "+1", ".5", "1.", "1e", "1e+", "1.e3", "--1", "1-2", "[1,]", "[,1]", "[1 2]", "{,}", #"{"a"}"#,
    #"{"a":}"#, #"{"a":1,}"#, #"{a:1}"#, "{1:1}", #"{"a" 1}"#, "[1}", #"{"a":1]"#, "]", "}", "tru", "nul", "True",
    "NaN", "Infinity", "'a'", #""a"#, #""a\"#, "[\"a\\", "// c\n1", "[1]x", "[01]", "\u{FEFF}[]", "\u{0B}1",
  ])
  func `what RFC 8259 does not allow is refused`(_ text: String) { #expect(!Self.isJSON(text)) }

  @Test func `escapes and surrogates are resolved`() {
    let cases = [
      (#""\u0041\u00e9\u20AC""#, "A\u{E9}\u{20AC}"), (#""\ud83d\ude00""#, "\u{1F600}"), (#""\ud83d""#, "\u{FFFD}"),
      (#""\ud83dx""#, "\u{FFFD}x"), (#""\ude00""#, "\u{FFFD}"), (#""\ud83d\u0041""#, "\u{FFFD}A"),
      (#""\ud83d\ud83d\ude00""#, "\u{FFFD}\u{1F600}"), (#""\u12""#, "\u{FFFD}12"), (#""\u+123""#, "\u{FFFD}+123"),
      (#""\u0000""#, "\0"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\q""#, "q"), ("\"a\nb\"", "a\nb"),
    ]
    for (text, expected) in cases { #expect(JSONValue.document(in: Array(text.utf8))?.string == expected, "\(text)") }
  }

  @Test func `bytes that are no UTF-8 become U+FFFD`() {
    #expect(JSONValue.document(in: [0x22, 0xFF, 0x61, 0x22])?.string == "\u{FFFD}a")
  }

  @Test func `every prefix of a document is refused as truncated`() throws {
    let text = Array(#"{"a":[1.5e+3,"b\u00e9\\",true,false,null,{"c":-0}],"d":""}"#.utf8)
    for length in 1..<text.count {
      var scanner = JSONScanner(Array(text[..<length]))
      let error = #expect(throws: DecodeError.self) { while try scanner.next() != nil {} }
      #expect(error?.code == .truncated, "\(length)")
      #expect(JSONValue.documents(in: Array(text[..<length])) == nil)
    }
  }

  @Test func `documents follow each other`() {
    let documents = JSONValue.documents(in: Array("{\"a\":1}\n{\"a\":2}\n[3] 4 \"x\"".utf8))
    #expect(documents?.count == 5)
    #expect(JSONValue.documents(in: Array("{\"a\":1}\n{".utf8)) == nil)
    #expect(JSONValue.documents(in: [])?.count == 0)
  }

  @Test func `depth is limited`() {
    let text = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(Self.isJSON(text(JSONScanner.depthLimit)))
    #expect(!Self.isJSON(text(JSONScanner.depthLimit + 1)))
    #expect(!Self.isJSON(String(repeating: "{\"a\":", count: 100_000)))
  }

  @Test func `the count of values is limited`() {
    let text = { (count: Int) in Array(("[" + String(repeating: "0,", count: count - 1) + "0]").utf8) }
    #expect(JSONValue.document(in: text(1000))?.elements.count == 1000)
    #expect(JSONValue.document(in: text(JSONValue.countLimit)) == nil)
  }

  @Test func `ranges are those of the text`() throws {
    let bytes = Array(#" {"é" : [ "x\n" , 12.5, false, null, {} ] } "#.utf8)
    let document = try #require(JSONValue.document(in: bytes))
    let member = try #require(document.members.first)
    let texts = ([document, member.value] + member.value.elements).map {
      String(decoding: bytes[$0.range], as: UTF8.self)
    }
    #expect(
      texts == [
        #"{"é" : [ "x\n" , 12.5, false, null, {} ] }"#, #"[ "x\n" , 12.5, false, null, {} ]"#, #""x\n""#, "12.5",
        "false", "null", "{}",
      ])
    #expect(String(decoding: bytes[member.nameRange], as: UTF8.self) == #""é""#)
    #expect(document["é"]?.elements.first?.scalar == "x\n")
  }

  @Test func `random bytes never trap and what the writer writes is read`() {
    let seed = UInt64.random(in: .min ... .max)
    var state = seed
    let random = { (limit: Int) -> Int in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    let alphabet = Array("{}[]\",:\\u0d8-+.eEtrufalsn 19".utf8)
    for _ in 0..<3000 {
      let bytes = (0..<random(40)).map { _ in alphabet[random(alphabet.count)] }
      _ = JSONValue.documents(in: bytes)
      let text = String(decoding: (0..<random(20)).map { _ in UInt8(random(256)) }, as: UTF8.self)
      let written = JSONValue.document(in: Array(JSONWriter.quoted(text).utf8))?.string
      #expect(written == text, "seed \(seed)")
    }
  }
}
