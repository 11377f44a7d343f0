import Bytes
import Foundation
import Model
import Synchronization
import TestKit
import Testing

@testable import Gateway
@testable import Policy

/// Values of all classes in JSON, events and texts that a server answers, cut everywhere: none comes out.
@Suite struct WebMaskedStreamTests {
  /// A million with `EXHIBIT_LONG=1`.
  private static let count = ProcessInfo.processInfo.environment["EXHIBIT_LONG"] == "1" ? 1_000_000 : 12_000
  private static let batchCount = 40

  enum Form: CaseIterable {
    case json, lines, events, deltas, text, csv

    var mediaType: String {
      switch self {
      case .json: "application/json"
      case .lines: "application/x-ndjson"
      case .events, .deltas: "text/event-stream"
      case .text: "text/plain; charset=utf-8"
      case .csv: "text/csv"
      }
    }

    func body(_ values: [SensitiveValues.Value], _ random: inout SeededGenerator) -> [UInt8] {
      func object(_ value: SensitiveValues.Value, _ id: Int) -> String {
        #"{"id": \#(id), "\#(value.column)": \#(JSONWriter.quoted(value.text)), "note": "plain words", "ok": true}"#
      }
      let objects = values.enumerated().map { object($0.element, $0.offset) }
      switch self {
      case .json: return Array("[\(objects.joined(separator: ",\n"))]\n".utf8)
      case .lines: return Array((objects.joined(separator: "\n") + "\n").utf8)
      case .events: return Array(objects.map { "event: row\ndata: \($0)\n\n" }.joined().utf8)
      case .text:
        return Array(values.map { "The line has \($0.column)=\($0.text) in it.\n" }.joined().utf8)
      case .csv:
        let rows = values.enumerated().map { "\($0.offset),\"\($0.element.text)\",plain words\r\n" }
        return Array(("id,\(values.first?.column ?? "value"),remark\r\n" + rows.joined()).utf8)
      case .deltas:
        var rest = Array(values.map { "It is \($0.column)=\($0.text) and more. " }.joined().unicodeScalars)[...]
        var out = ""
        while !rest.isEmpty {
          let count = Int.random(in: 1...9, using: &random)
          var bit = String.UnicodeScalarView()
          bit.append(contentsOf: rest.prefix(count))
          rest = rest.dropFirst(count)
          out += "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\(JSONWriter.quoted(String(bit)))}}]}\n\n"
        }
        return Array((out + "data: [DONE]\n\n").utf8)
      }
    }
  }

  private static func ends(_ count: Int, longest: Int, _ random: inout SeededGenerator) -> [Int] {
    var ends: [Int] = []
    var end = 0
    while end < count {
      end += Int.random(in: 1...longest, using: &random)
      ends.append(min(end, count))
    }
    return ends
  }

  /// What texts in deltas say, put together.
  private static func words(_ events: [UInt8]) -> [UInt8] {
    var out = ""
    for line in String(decoding: events, as: UTF8.self).split(separator: "\n") where line.hasPrefix("data: {") {
      let delta = JSONValue.document(in: Array(line.utf8.dropFirst(6)))?["choices"]?.elements.first?["delta"]
      out += delta?["content"]?.string ?? ""
    }
    return Array(out.utf8)
  }

  private static func isIn(_ value: SensitiveValues.Value, _ bytes: [UInt8]) -> Bool {
    let escaped = Array(JSONWriter.quoted(value.text).utf8.dropFirst().dropLast())
    return [value.bytes, escaped].contains { MaskedBatch.place(of: $0, in: bytes) != nil }
  }

  /// What ingest makes of the whole.
  private static func ingested(_ body: [UInt8], _ form: Form) -> [UInt8] {
    var mask = DataMask(plan, hasher: SecretHasher(key: [1, 2, 3]))
    return form == .events || form == .deltas ? mask.events(body) : mask.body(body, mediaType: form.mediaType)
  }

  private static let plan: MaskingPlan = {
    do { return try PolicyDocument.parse(yaml: MaskedBatch.policy, name: "p.yaml").masking } catch {
      preconditionFailure("\(error)")
    }
  }()

  @Test func `no value leaks into what the client gets, the recording or the log`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed), \(Self.count) values")
    var random = SeededGenerator(seed: seed)
    var values = SensitiveValues(random: SeededGenerator(seed: seed ^ 1))
    var (done, secrets, leaks, kept, masked, bodies) = (0, 0, 0, 0, 0, 0)
    while done < Self.count {
      let web = try EmbeddedWeb(policy: MaskedBatch.policy)
      for _ in 0..<12 where done < Self.count {
        let form = Form.allCases[bodies % Form.allCases.count]
        bodies += 1
        let kind = SensitiveValues.kinds[Int.random(in: 0..<SensitiveValues.kinds.count, using: &random)]
        let drawn = (0..<(form == .deltas ? 10 : Self.batchCount)).map { _ in
          form == .csv ? kind(&values) : values.next()
        }
        let body = form.body(drawn, &random)
        let longest = [3, 40, 1500, 40_000][Int.random(in: 0..<4, using: &random)]
        let chunks = Bool.random(using: &random) ? nil : Self.ends(body.count, longest: longest * 2, &random)
        let bytes = EmbeddedWeb.answer(body, form.mediaType, chunks: chunks)
        web.ask()
        web.answer(bytes, ends: Self.ends(bytes.count, longest: longest, &random))
        let out = web.got()
        let (recorded, masks) = web.recording.seen.withLock { seen in
          defer { (seen.server, seen.masks) = ([], []) }
          return (seen.server, seen.masks)
        }
        #expect(out == recorded, "\(form): something else is recorded than the client gets")
        guard let shown = EmbeddedWeb.unchunked(out) else {
          Issue.record("\(form): the answer is not whole: \(web.log.all)")
          return
        }
        let said = form == .deltas ? Self.words(shown) : shown
        let log = Array(web.log.all.utf8)
        for value in drawn {
          let found = Detector(column: value.column).scan(value.bytes).found
          // Drawn values may be what detectors leave out: a repetition, a word.
          guard found.count == 1, found[0].range == 0..<value.bytes.count else { continue }
          secrets += 1
          guard Self.isIn(value, shown) || Self.isIn(value, said) || Self.isIn(value, log) else { continue }
          // What stands before a value may say that it is none, such as a version.
          let ingested = Self.ingested(body, form)
          guard !Self.isIn(value, form == .deltas ? Self.words(ingested) : ingested) else {
            kept += 1
            continue
          }
          leaks += 1
          if leaks < 5 { Issue.record("\(form) \(value.column) \(value.text)") }
        }
        masked += masks.reduce(0) { $0 + $1.count }
        done += drawn.count
      }
    }
    print("\(done) values: \(secrets) that detectors tell, \(masked) masked, \(leaks) leaks, \(kept) that ingest keeps")
    #expect(leaks == 0)
    #expect(secrets * 50 > done * 49)
    #expect(masked + kept >= secrets && kept * 10_000 <= secrets)
  }

  @Test func `a damaged answer breaks nothing, and what the client gets of it is recorded`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed)")
    var random = SeededGenerator(seed: seed)
    var values = SensitiveValues(random: SeededGenerator(seed: seed ^ 1))
    let words = [
      "\r\n", "0\r\n\r\n", "Content-Encoding: gzip\r\n", "; charset=utf-16", "\\u0000", "{", "\"", "\0", "ffff",
    ]
    for number in 0..<1_000 {
      let form = Form.allCases[number % Form.allCases.count]
      let body = form.body((0..<3).map { _ in values.next() }, &random)
      var bytes = EmbeddedWeb.answer(body, form.mediaType, chunks: number % 2 == 0 ? nil : [body.count / 2])
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.insert(contentsOf: Array((words.randomElement(using: &random) ?? "").utf8), at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + 9))
        default: bytes.insert(bytes[place], at: bytes.count / 2)
        }
      }
      var shown: [[UInt8]] = []
      for longest in [bytes.count, 5] {
        let web = try EmbeddedWeb(policy: MaskedBatch.policy)
        web.ask()
        web.answer(bytes, ends: Self.ends(bytes.count, longest: longest, &random))
        web.hangUp()
        let out = web.got()
        #expect(out == web.recording.seen.withLock { $0.server })
        shown.append(EmbeddedWeb.unchunked(out) ?? [])
      }
      // In whatever pieces, all of it or nothing that is whole.
      #expect(shown[0] == shown[1], "\(form) \(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test(arguments: Form.allCases)
  func `the client gets the same wherever the stream is split, and what ingest makes of it`(form: Form) throws {
    var random = SeededGenerator(seed: 11)
    var values = SensitiveValues(random: SeededGenerator(seed: 12))
    // Deltas make a long body of few values.
    let kinds = form == .deltas ? Array(SensitiveValues.kinds.prefix(3)) : SensitiveValues.kinds
    let drawn = form == .csv ? (0..<6).map { _ in SensitiveValues.kinds[0](&values) } : kinds.map { $0(&values) }
    let body = form.body(drawn, &random)
    let bytes = EmbeddedWeb.answer(body, form.mediaType, chunks: [body.count / 3, body.count / 2])
    let web = try EmbeddedWeb(policy: MaskedBatch.policy)
    func run(_ ends: [Int]) -> [UInt8]? {
      web.ask()
      web.answer(bytes, ends: ends)
      return EmbeddedWeb.unchunked(web.got())
    }
    let whole = try #require(run([]))
    var mask = DataMask(Self.plan, hasher: SecretHasher(key: [1, 2, 3]))
    let isEvents = form == .events || form == .deltas
    #expect(whole == (isEvents ? mask.events(body) : mask.body(body, mediaType: form.mediaType)))
    let counts = web.recording.seen.withLock { $0.masks.reduce(0) { $0 + $1.count } }
    #expect(counts == mask.takeTally().total)
    let step = form == .deltas ? 7 : 1
    for split in stride(from: 1, to: bytes.count, by: step) where run([split]) != whole {
      Issue.record("split at \(split)")
    }
    #expect(run(Array(1..<bytes.count)) == whole)
    #expect(web.recording.seen.withLock { $0.decisions.isEmpty })
  }
}
