import Bytes
import Foundation
import Testing

struct JSONWriterTests {
  @Test func `every character comes back from another reader`() throws {
    var text = String(String.UnicodeScalarView((0..<0x3000).compactMap(Unicode.Scalar.init)))
    text += "\u{FFFE}\u{FFFF}\u{1F600}\u{10FFFF}"
    for place in [JSONWriter.Place.plain, .markup] {
      let read = try JSONDecoder().decode([String].self, from: Data("[\(JSONWriter.quoted(text, for: place))]".utf8))
      #expect(read.first.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    }
  }

  @Test func `control characters and line separators never stand raw`() {
    let quoted = JSONWriter.quoted("\u{0}\u{1b}\n\u{7f}\u{2028}\u{2029}\"\\")
    #expect(quoted == #""\u0000\u001b\n\u007f\u2028\u2029\"\\""#)
  }

  @Test func `in markup nothing can end an element or open a comment`() {
    #expect(JSONWriter.quoted("</script><!--&", for: .markup) == #""\u003c/script\u003e\u003c!--\u0026""#)
    #expect(JSONWriter.quoted("</script>") == #""</script>""#)
  }

  @Test func `commas stand between values and nowhere else`() {
    var json = JSONWriter()
    json.object { json in
      json.member("a", Int64?.none)
      json.key("b")
      json.array { json in
        json.value(1)
        json.object { _ in }
        json.array { _ in }
        json.value(UInt64.max)
      }
      json.member("c", true)
      json.member("d", ["x", "y"])
      json.member("e", nil as String?)
    }
    json.newline()
    json.value(Double.nan)
    let expected = #"{"a":null,"b":[1,{},[],18446744073709551615],"c":true,"d":["x","y"],"e":null}"#
    #expect(json.text == expected + "\nnull")
  }

  @Test func `taking what is there does not lose the place`() {
    var json = JSONWriter()
    json.beginArray()
    json.value(1)
    let first = json.take()
    json.value(2)
    json.endArray()
    #expect(String(decoding: first + json.bytes, as: UTF8.self) == "[1,2]")
  }
}
