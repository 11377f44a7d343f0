import Bytes
import Testing

@testable import Importers

@Suite struct JSONNodeTests {
  private func node(_ json: String) throws -> JSONNode {
    var entries: [JSONTape.Entry] = []
    let bytes = Array(json.utf8)
    let outcome = JSONTape.scan(bytes.span, from: 0, into: &entries)
    try #require(outcome == .value(end: bytes.count))
    return JSONTape(bytes: bytes, entries: entries).root
  }

  @Test(arguments: [
    ("\\n\\r\\t\\b\\f\\/\\\\\\\"", "\n\r\t\u{8}\u{C}/\\\""), ("na\\u00efve ü", "naïve ü"), ("\\uD83D\\ude00", "😀"),
    ("\\ud83d", "\u{FFFD}"), ("\\ud83dx\\udc00", "\u{FFFD}x\u{FFFD}"), ("plain", "plain"), ("", ""),
  ])
  func `escapes become what they stand for`(_ written: String, _ text: String) throws {
    #expect(try node("\"\(written)\"").string == text)
  }

  @Test func `escapes that are damaged take more room than they had, and are read all the same`() throws {
    for count in [1, 2, 3, 7, 64, 1_000] {
      let text = try node("\"" + String(repeating: "\\u", count: count) + "\"").string
      #expect(text == String(repeating: "\u{FFFD}", count: count))
    }
  }

  @Test(arguments: 0...12)
  func `a text is cut between characters`(_ limit: Int) throws {
    let whole = "a\nü😀\u{FFFD}b"
    let node = try node("\"a\\nü\\uD83D\\uDE00\\ub\"")
    #expect(node.string == whole)
    let text = try #require(node.string(limit: limit))
    #expect(whole.hasPrefix(text))
    #expect(text.utf8.count <= limit)
    #expect(text.utf8.count + 4 > min(limit, whole.utf8.count))
  }

  @Test func `of members with one name the last counts, and a name may be written with escapes`() throws {
    let node = try node(#"{"a":1,"b":null,"a":{"a":2},"\u0063":3,"aa":4}"#)
    #expect(node[member: "a"]?[member: "a"]?.integer == 2)
    #expect(node[member: "b"] == nil)
    #expect(node[member: "c"]?.integer == 3)
    #expect(node[member: "d"] == nil)
    #expect(node[member: "a"]?[member: "c"] == nil)
  }
}
