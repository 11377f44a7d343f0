import Bytes
import Foundation
import Model
import TestKit
import Testing

@testable import Policy

/// Bodies of answers in pieces: none of the values comes out, and what comes out is what ingest keeps of the whole.
@Suite struct BodyMaskTests {
  /// A million with `EXHIBIT_LONG=1`.
  static let isLong = ProcessInfo.processInfo.environment["EXHIBIT_LONG"] == "1"
  private static let count = isLong ? 1_000_000 : 100_000

  static func run(
    _ bytes: [UInt8], _ form: BodyMask.Form, _ mask: DataMask, _ random: inout SeededGenerator, longest: Int
  ) throws -> [UInt8] {
    var body = try BodyMask(form, mask: mask)
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let end = min(bytes.count, index + Int.random(in: 1...longest, using: &random))
      out += try body.take(Array(bytes[index..<end]))
      index = end
    }
    return out + (try body.finish())
  }

  static func isLeak(_ value: SensitiveValues.Value, _ out: [UInt8]) -> Bool {
    [
      value.bytes, Array(PercentCoding.encode(value.text).utf8),
      Array(JSONWriterText.quoted(value.text).utf8.dropFirst().dropLast()),
    ].contains { MaskingPropertyTests.contains(out, $0) }
  }

  @Test func `no value leaks in any form and any pieces, and the stream gives what ingest gives`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed), \(Self.count) values")
    var random = SeededGenerator(seed: seed)
    var values = SensitiveValues(random: SeededGenerator(seed: seed ^ 1))
    let masks = try ["redact", "partial", "hash", "null"].map { try MaskingPropertyTests.mask($0) }
    var (done, told, kept, differences, bodies) = (0, 0, 0, 0, 0)
    while done < Self.count {
      let form = AnswerBody.Form.allCases[bodies % AnswerBody.Form.allCases.count]
      bodies += 1
      let kind = SensitiveValues.kinds[Int.random(in: 0..<SensitiveValues.kinds.count, using: &random)]
      // A column's name stands for all values of CSV.
      // Deltas make a long body of few values.
      let isLong = form == .anthropic || form == .openAI
      let drawn = (0..<(isLong ? 6 : 50)).map { _ in form == .csv ? kind(&values) : values.next() }
      let body = AnswerBody(form, drawn, &random)
      var mask = masks[Int.random(in: 0..<masks.count, using: &random)]
      let longest = [3, 40, 1500, 40_000][Int.random(in: 0..<4, using: &random)]
      let out = try Self.run(body.bytes, .init(mediaType: body.mediaType), mask, &random, longest: longest)
      let ingested = body.ingested(&mask)
      let shown = body.isMessages ? AnswerBody.messages(out, form).flatMap(\.self) : out
      for value in drawn {
        let found = Detector(column: value.column).scan(value.bytes).found
        // Drawn values may be what detectors leave out: a repetition, a word.
        let isTold = found.count == 1 && found[0].range == 0..<value.bytes.count
        told += isTold ? 1 : 0
        guard Self.isLeak(value, shown) else { continue }
        kept += isTold ? 1 : 0
        if !Self.isLeak(value, ingested) { Issue.record("\(form) \(value) leaks") }
      }
      // Texts within a message are looked at by themselves too.
      let isSame =
        body.isMessages
        ? zip(shown, ingested).allSatisfy { $0 == $1 || $0 == UInt8(ascii: "*") } && shown.count == ingested.count
        : shown == ingested
      if !isSame {
        differences += 1
        let place = zip(shown, ingested).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
        let part = { (bytes: [UInt8]) in
          String(decoding: bytes.dropFirst(max(0, place - 80)).prefix(160), as: UTF8.self)
        }
        if differences < 5 { Issue.record("\(form), at \(place): \(part(shown)) instead of \(part(ingested))") }
      }
      done += drawn.count
    }
    print("\(done) values, \(told) that detectors tell, \(kept) of them kept, \(differences) bodies differ")
    #expect(told * 50 > done * 49)
    // What stands before a value may say that it is none, such as a version.
    #expect(kept * 10_000 <= told && differences == 0)
  }

  @Test(arguments: AnswerBody.Form.allCases)
  func `wherever a body is split it gives the same`(form: AnswerBody.Form) throws {
    var random = SeededGenerator(seed: 3)
    var values = SensitiveValues(random: SeededGenerator(seed: 4))
    let all = SensitiveValues.kinds.map { $0(&values) }
    // Deltas make a long text of a short one.
    let isLong = form == .anthropic || form == .openAI
    let drawn =
      form == .csv ? (0..<10).map { _ in SensitiveValues.kinds[0](&values) } : isLong ? Array(all.prefix(4)) : all
    let body = AnswerBody(form, drawn, &random)
    var mask = try MaskingPropertyTests.mask("partial")
    func run(_ ends: [Int]) throws -> [UInt8] {
      var stream = try BodyMask(.init(mediaType: body.mediaType), mask: mask)
      var out: [UInt8] = []
      var start = 0
      for end in ends + [body.bytes.count] {
        out += try stream.take(Array(body.bytes[start..<end]))
        start = end
      }
      out += try stream.finish()
      return form == .grpcWebText ? AnswerBody.messages(out, form).flatMap(\.self) : out
    }
    let whole = try run([])
    for value in drawn where Self.isLeak(value, whole) { Issue.record("\(form) \(value)") }
    if !body.isMessages { #expect(whole == body.ingested(&mask)) }
    for split in 0...body.bytes.count where try run([split]) != whole { Issue.record("split at \(split)") }
    #expect(try run(Array(1..<body.bytes.count)) == whole)
  }

  @Test func `text flows as it comes, and what may be part of a value waits`() throws {
    let mask = try MaskingPropertyTests.mask("redact")
    func steps(_ pieces: [String], _ mediaType: String) throws -> [String] {
      var body = try BodyMask(.init(mediaType: mediaType), mask: mask)
      var out = try pieces.map { String(decoding: try body.take(Array($0.utf8)), as: UTF8.self) }
      out.append(String(decoding: try body.finish(), as: UTF8.self))
      return out
    }
    #expect(
      try steps(["one line\n", "ann@shop", ".example\n"], "text/plain") == ["one line\n", "", "[redacted:email]\n", ""])
    #expect(try steps(["Say some", " words to me", " now"], "text/plain") == ["Say ", "some words to ", "me ", "now"])
    #expect(
      try steps(["card 4111 1111 ", "1111 1111 ", "is it "], "text/plain").joined()
        == "card [redacted:payment-card] is it ")
    #expect(try steps(["a \u{7B2C}\u{4E00}", String(repeating: "\u{4E00}", count: 60)], "text/plain")[1].count > 30)
    #expect(
      try steps([#"{"a": 1, "b": "x"#, #"y", "c": [tr"#, "ue]}"], "application/json")
        == [#"{"a": 1, "b":"#, #" "xy", "c": ["#, "true]}", ""])
    let event = { (text: String) in #"data: {"delta":{"text":"\#(text)"}}"# + "\n\n" }
    #expect(
      try steps(
        [event("Mail"), event(" to"), event(" ann@"), event("shop.example"), event(" now")], "text/event-stream")
        == ["", event("Mail"), event(" to"), "", event(" [redacted:email]") + event(""), event(" now")])
    // JSON-RPC waits for nothing.
    let message = #"data: {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"abc"}]}}"# + "\n\n"
    #expect(try steps([message], "text/event-stream") == [message, ""])
    // A pause lets it go.
    var body = try BodyMask(.init(mediaType: "text/event-stream"), mask: mask)
    #expect(try body.take(Array(event("Hello").utf8)).isEmpty)
    #expect(try body.settle() == Array(event("Hello").utf8))
    #expect(try body.take(Array(event("@shop.example ").utf8)) == Array(event("[redacted:email] ").utf8))
  }

  /// What the fuzzer found.
  @Test func `a value is whole before a key, and a stream of events is UTF-8`() throws {
    var mask = try MaskingPropertyTests.mask("redact", #"  - { columns: ["*.ssn"], action: redact }"#)
    let bodies: [(String, String)] = [
      (
        "text/plain", "to \"ann b\"@shop.ex-----BEGIN PRIVATE KEY-----\nMt9Us8c04 0044 0532 0130---\nMt9Us8c04 0044 end"
      ),
      ("text/plain", "/5555\u{1}Her 11a@snnhpo.ex-----BEGIN \nD555555BA2QE4 0044!0532"),
      ("text/event-stream", "\u{0}\u{1}a\u{0}d-\u{0}\u{0}\u{2}u\u{3}"),
      ("text/event-stream", "\u{FEFF}data: {\"ssn\": \"one\", \"to\": \"ann@shop.example\"}\n\n"),
      ("text/csv", "a,ssn\r\n1,two\r\n2,\"three\"\r\n"),
    ]
    for (type, text) in bodies {
      let bytes = Array(text.utf8)
      let whole = type == "text/event-stream" ? mask.events(bytes) : mask.body(bytes, mediaType: type)
      for step in [1, 3, 7, bytes.count] {
        var random = SeededGenerator(seed: UInt64(step))
        let out = try Self.run(bytes, .init(mediaType: type), mask, &random, longest: step)
        #expect(out == whole, "\(String(decoding: out, as: UTF8.self))")
      }
    }
    #expect(
      mask.body(Array(bodies[4].1.utf8), mediaType: "text/csv")
        == Array("a,ssn\r\n1,[redacted:national-id]\r\n2,[redacted:national-id]\r\n".utf8))
    #expect(!String(decoding: mask.events(Array(bodies[3].1.utf8)), as: UTF8.self).contains("one"))
  }

  @Test func `reading again from a break finds what reading from the beginning finds`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    var values = SensitiveValues(random: SeededGenerator(seed: seed ^ 1))
    let mask = try MaskingPropertyTests.mask("redact")
    // Nothing but parts of values, in which most beginnings of a look would be within one.
    for _ in 0..<300 {
      var bytes: [UInt8] = []
      while bytes.count < 3000 {
        let value = values.next().bytes
        let from = Int.random(in: 0..<value.count, using: &random)
        bytes += value[from..<Int.random(in: from...value.count, using: &random)]
        bytes += Array(["", " ", "-", "\n", ".", "a ", " the end "][Int.random(in: 0..<7, using: &random)].utf8)
      }
      var plain = mask
      let whole = plain.plainText(bytes)
      let longest = [1, 9, 300][Int.random(in: 0..<3, using: &random)]
      let out = try Self.run(bytes, .init(mediaType: "text/html"), mask, &random, longest: longest)
      #expect(out == whole)
    }
  }

  @Test func `what is long passes in bounded memory`() throws {
    let mask = try MaskingPropertyTests.mask("redact", #"  - { columns: ["*.ssn"], action: redact }"#)
    var body = try BodyMask(.init(mediaType: "application/json"), mask: mask)
    let object = Array(
      (#"{"id": 123, "contact": "ann@shop.example", "text": "\#(String(repeating: "word ", count: 180))"},"#).utf8)
    let piece = (0..<32).flatMap { _ in object }
    var count = try body.take(Array("[".utf8)).count
    let bytes = Self.isLong ? 200 << 20 : 8 << 20
    for _ in 0..<(bytes / piece.count) {
      let out = try body.take(piece)
      count += out.count
      #expect(out.count <= piece.count + 4096)
    }
    count += try body.take(Array(#"{"id": 1}]"#.utf8)).count
    count += try body.finish().count
    #expect(count > bytes * 9 / 10)
    #expect(body.takeTally().total == bytes / piece.count * 32)
    // A string that is too long is not shown, and its neighbours are.
    body = try BodyMask(.init(mediaType: "application/json"), mask: mask)
    var out = try body.take(Array(#"{"a": "x", "long": ""#.utf8))
    for _ in 0..<6 { out += try body.take([UInt8](repeating: 0x61, count: 1 << 20)) }
    out += try body.take(Array(#"", "contact": "ann@shop.example"}"#.utf8)) + body.finish()
    #expect(
      String(decoding: out, as: UTF8.self)
        == #"{"a": "x", "long": "[redacted:value]", "contact": "[redacted:email]"}"#)
    #expect(body.takeTally().failureCount == 1)
    // A text without a blank.
    body = try BodyMask(.init(mediaType: "text/plain"), mask: mask)
    count = 0
    for _ in 0..<64 { count += try body.take([UInt8](repeating: 0x61, count: 64 << 10)).count }
    #expect(count > 3 << 20)
    #expect(try body.finish().count <= MaskStream.blockSize)
  }

  @Test func `JSON is read as the scanner of whole documents reads it, damaged or not`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    var mask = try MaskingPropertyTests.mask("redact")
    let samples = [
      #"{"a": [1, -2.5e+3, 0.1, true, false, null], "b": {"c": "x\"\\\u0041", "d": "{\"e\": \"ann@shop.example\"}"}}"#,
      "[[], {}, [{}], \"\", 12] {\"z\": 1}\n{\"contact\": \"ann@shop.example\", \"n\": 4111111111111111}\n",
      #"{"x": "ann@shop.example", "y" : "AKIAQYLPMN5HNEXAMPLE" , "card": 4111111111111111 }"#,
    ].map { Array($0.utf8) }
    let alphabet = Array("{}[]\",:\\0129-.eE+truefalsn \n@a".utf8)
    for number in 0..<4_000 {
      var bytes = samples[number % samples.count]
      for _ in 0..<(number % 4) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        default: bytes.removeSubrange(place...)
        }
        if bytes.isEmpty { bytes = [0x7B] }
      }
      // What ends as a document before there is a name is none of JSON to the scanner, if something else follows.
      let isWhole = JSONValue.documents(in: bytes) != nil
      let hasNames = bytes.contains(UInt8(ascii: "{")) && !bytes.starts(with: "[[".utf8)
      let form = BodyMask.Form(mediaType: "application/json")
      let out = try Self.run(bytes, form, mask, &random, longest: [1, 3, 500][number % 3])
      let whole = try Self.run(bytes, form, mask, &random, longest: 1 << 20)
      #expect(out == whole, "\(String(decoding: bytes, as: UTF8.self))")
      guard isWhole || hasNames else { continue }
      let ingested = mask.text(bytes)
      #expect(
        out == ingested,
        "\(String(decoding: bytes, as: UTF8.self)): \(String(decoding: out, as: UTF8.self)) for \(String(decoding: ingested, as: UTF8.self))"
      )
    }
  }
}
