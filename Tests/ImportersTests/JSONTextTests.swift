import Bytes
import TestKit
import Testing

@testable import Importers

struct JSONTextTests {
  static let text = #"{"a":[1,true,"x\u00e9\ud83d\ude00ü"],"b":{"c":null,"d":"\"y"},"e":-1.5}"#

  @Test func `every prefix of an object is read as far as it goes`() throws {
    let bytes = Array(Self.text.utf8)
    for count in 1..<bytes.count {
      let text = try JSONText(Array(bytes.prefix(count)))
      #expect(text.isCut)
      #expect(text.openCount > 0)
      #expect(!text.value.compact.contains("\u{FFFD}"), "\(text.value.compact)")
      // What is kept of a prefix is kept of every longer one.
      #expect(text.value.members.count <= 3)
    }
    let whole = try JSONText(bytes)
    #expect(!whole.isCut)
    #expect(whole.value.compact == #"{"a":[1,true,"xé😀ü"],"b":{"c":null,"d":"\"y"},"e":-1.5}"#)
  }

  @Test(arguments: [
    (#"{"a":"#, "{}", nil), (#"{"a":1,"b"#, #"{"a":1}"#, nil), (#"{"a":"x\u00"#, #"{"a":"x"}"#, "a"),
    (#"{"a":12"#, "{}", "a"), (#"{"a":tr"#, "{}", "a"), (#"{"a":[{"b":1},"#, #"{"a":[{"b":1}]}"#, "a"),
    (#"{"a":[1],"#, #"{"a":[1]}"#, nil), (#"{"a":[""#, #"{"a":[""]}"#, "a"), ("[", "[]", nil),
  ])
  func `a cut text keeps what was whole`(_ text: String, _ kept: String, _ member: String?) throws {
    let read = try JSONText(Array(text.utf8))
    #expect(read.value.compact == kept)
    #expect(read.isCut)
    if text != #"{"a":"# { #expect(read.openMember == member) }
  }

  @Test(arguments: [
    ("", "truncated"), ("\"abc", "truncated"), ("{} x", "trailing-bytes"), ("{}{}", "trailing-bytes"),
    ("{'a':1}", "out-of-range"), ("{\"a\":}", "out-of-range"),
    (String(repeating: "[", count: 200), "out-of-range"),
    ("[" + String(repeating: "1,", count: 200_001) + "1]", "over-limit"),
  ])
  func `what is no JSON up to its end is refused`(_ text: String, _ code: String) {
    let error = #expect(throws: DecodeError.self) { try JSONText(Array(text.utf8)) }
    #expect(error?.code.name == code)
  }

  @Test func `the last of several members of one name counts`() throws {
    let text = try JSONText([0xEF, 0xBB, 0xBF] + Array(#"{"a":1,"a":2,"b":[{"c":1,"c":null}]}"#.utf8))
    #expect(text.value[member: "a"]?.integer == 2)
    #expect(text.value.duplicateCount == 2)
    #expect(text.value.list("b").first?[member: "c"] == nil)
  }

  @Test func `changed texts never end the reader`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let bytes = Array(Self.text.utf8)
    for _ in 0..<5_000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        changed[Int.random(in: 0..<changed.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      let text = try? JSONText(Array(changed.prefix(Int.random(in: 0...changed.count, using: &generator))))
      if let text { #expect(JSONValue(text.value.compact) != nil, "seed \(seed)") }
    }
  }
}
