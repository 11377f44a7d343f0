import Bytes
import Foundation
import Model
import NIOCore
import Policy
import Synchronization
import TestKit
import Testing

@testable import Gateway

/// Values of all classes in all forms in which a server sends them, split everywhere: none comes out.
@Suite struct MaskedStreamTests {
  /// Ten millions with `EXHIBIT_LONG=1`.
  private static let count = ProcessInfo.processInfo.environment["EXHIBIT_LONG"] == "1" ? 10_000_000 : 12_000
  private static let batchCount = 50

  @Test func `no value leaks into what the client gets, the recording or the log, and nothing else changes`() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("seed \(seed), \(Self.count) values")
    var random = SeededGenerator(seed: seed)
    var values = SensitiveValues(random: SeededGenerator(seed: seed ^ 1))
    var (done, leaks, falseMasks, harmless, masked, secrets) = (0, 0, 0, 0, 0, 0)
    var relay = try EmbeddedRelay(policy: MaskedBatch.policy)
    while done < Self.count {
      // A relay's own memory of shapes and texts is bounded; so is that of its recording here.
      if done % 50_000 == 0 { relay = try EmbeddedRelay(policy: MaskedBatch.policy) }
      let form = MaskedBatch.Form.allCases[done / Self.batchCount % MaskedBatch.Form.allCases.count]
      // One column's name stands for all values of a batch, so they are of one kind.
      let kind = SensitiveValues.kinds[Int.random(in: 0..<SensitiveValues.kinds.count, using: &random)]
      let batch = MaskedBatch(form, (0..<Self.batchCount).map { _ in kind(&values) }, &random)
      let out = run(batch, relay, &random)
      let (recorded, masks) = relay.recording.seen.withLock { seen in
        defer { (seen.server, seen.masks) = ([], []) }
        return (seen.server, seen.masks)
      }
      let log = Array(relay.log.all.utf8)
      for (value, forms) in batch.secrets {
        let isLeak = forms.contains { form in
          MaskedBatch.place(of: form, in: out) != nil || MaskedBatch.place(of: form, in: recorded) != nil
            || MaskedBatch.place(of: form, in: log) != nil
        }
        guard isLeak else { continue }
        leaks += 1
        if leaks < 5 { Issue.record("\(form) \(value.column) \(value.text)") }
      }
      if out != recorded { Issue.record("\(form): something else is recorded than the client gets") }
      falseMasks += batch.falseMasks(in: EmbeddedRelay.messages(out))
      harmless += batch.harmless.count
      secrets += batch.secrets.count
      masked += masks.reduce(0) { $0 + $1.count }
      guard EmbeddedRelay.messages(out).last?.type == "Z" else {
        Issue.record("\(form): the answer does not end: \(relay.log.all)")
        return
      }
      done += Self.batchCount
    }
    print("\(done) values: \(secrets) that detectors tell, \(masked) masked, \(leaks) leaks")
    print("\(falseMasks) of \(harmless) harmless ones masked")
    #expect(leaks == 0)
    #expect(falseMasks == 0)
    #expect(secrets * 50 > done * 49)
    // Each is counted; drawn values that are found in part only are more.
    #expect(masked >= secrets)
  }

  private func run(_ batch: MaskedBatch, _ relay: EmbeddedRelay, _ random: inout SeededGenerator) -> [UInt8] {
    relay.know(batch.table, as: "staff")
    relay.query(batch.query)
    var ends: [Int] = []
    var end = 0
    let longest = [3, 40, 1500, 40_000][Int.random(in: 0..<4, using: &random)]
    while end < batch.answer.count {
      end += Int.random(in: 1...longest, using: &random)
      ends.append(min(end, batch.answer.count))
    }
    relay.answer(batch.answer, ends: ends)
    return relay.got()
  }

  @Test(arguments: MaskedBatch.Form.allCases)
  func `the client gets the same wherever the stream is split`(form: MaskedBatch.Form) throws {
    var random = SeededGenerator(seed: 11)
    var values = SensitiveValues(random: SeededGenerator(seed: 12))
    let relay = try EmbeddedRelay(policy: MaskedBatch.policy)
    let batch = MaskedBatch(form, SensitiveValues.kinds.map { $0(&values) }, &random)
    func run(_ ends: [Int]) -> [EmbeddedRelay.Line] {
      relay.know(batch.table, as: "staff")
      relay.query(batch.query)
      relay.answer(batch.answer, ends: ends)
      let out = relay.got()
      for (value, forms) in batch.secrets where forms.contains(where: { MaskedBatch.place(of: $0, in: out) != nil }) {
        Issue.record("\(form) \(value.column) leaks, split at \(ends.prefix(3))")
      }
      return EmbeddedRelay.lines(out)
    }
    let whole = run([])
    #expect(whole.count > 2 && whole.last?.type == "Z")
    for split in 1..<batch.answer.count where run([split]) != whole { Issue.record("split at \(split)") }
    #expect(run(Array(1..<batch.answer.count)) == whole)
    #expect(relay.recording.seen.withLock { $0.decisions.isEmpty })
  }

  // MARK: What cannot be masked

  private static let columns = """
    version: 1
    rules: [{ id: all, when: {}, then: allow }]
    default: allow
    masking:
      - { id: numbers, columns: ["*.ssn"], action: redact }
      - { id: mail, detect: [email], action: partial }
    """

  private func isClosed(_ relay: EmbeddedRelay, _ reason: String) {
    let out = relay.got()
    let last = EmbeddedRelay.messages(out).last
    #expect(last?.type == "E" && RawClient.field("C", last?.body ?? []) == "58000", "\(reason): \(out.count)")
    #expect(RawClient.field("S", last?.body ?? []) == "FATAL")
    #expect(relay.relay.isOver)
    let decisions = relay.recording.seen.withLock { $0.decisions }
    #expect(decisions.last?.rule == "masking" && (decisions.last?.reason ?? "").contains(reason), "\(decisions)")
    #expect(MaskedBatch.place(of: Array("secret@shop.example".utf8), in: out) == nil)
  }

  @Test func `what cannot be masked ends the session, and the client is told`() throws {
    let value = Array("secret@shop.example".utf8)
    // A row that is not laid out as it says.
    var relay = try EmbeddedRelay(policy: Self.columns)
    relay.query("SELECT mail")
    var row = EmbeddedRelay.row([value])
    row[6] = 2
    relay.answer(EmbeddedRelay.description([.init(name: "mail", type: 25)]) + row)
    isClosed(relay, "laid out")
    // A COPY that was not asked for, and data of one that did not begin.
    relay = try EmbeddedRelay(policy: Self.columns)
    relay.query("SELECT 1")
    relay.answer(EmbeddedRelay.copyOut(isBinary: false, columns: 1) + EmbeddedRelay.message("d", value))
    isClosed(relay, "COPY")
    relay = try EmbeddedRelay(policy: Self.columns)
    relay.query("SELECT 1")
    relay.answer(EmbeddedRelay.message("d", value))
    isClosed(relay, "COPY")
    // A row of a COPY that does not end.
    relay = try EmbeddedRelay(policy: Self.columns)
    relay.query("COPY (SELECT mail FROM staff) TO STDOUT")
    relay.answer(EmbeddedRelay.copyOut(isBinary: false, columns: 1))
    let part = EmbeddedRelay.message("d", [UInt8](repeating: 0x61, count: 1 << 20))
    for _ in 0..<17 { relay.answer(part) }
    isClosed(relay, "longer than")
    // Encodings in which nobody can tell where a value ends; replication.
    relay = try EmbeddedRelay(policy: Self.columns)
    relay.answer(EmbeddedRelay.message("S", Array("client_encoding\0SJIS\0".utf8)))
    isClosed(relay, "SJIS")
    relay = try EmbeddedRelay(policy: Self.columns)
    relay.query("SELECT 1")
    relay.answer(EmbeddedRelay.message("W", [0, 0, 0]))
    isClosed(relay, "replication")
  }

  @Test func `of rows that nobody described nothing is shown`() throws {
    let relay = try EmbeddedRelay(policy: Self.columns)
    relay.query("SELECT ssn")
    relay.answer(EmbeddedRelay.row([Array("123".utf8), nil, []]) + EmbeddedRelay.end("SELECT 1"))
    let rows = EmbeddedRelay.messages(relay.got()).filter { $0.type == "D" }
    #expect(rows.map(\.body) == [[0, 3, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]])
    let masks = relay.recording.seen.withLock { $0.masks }
    #expect(masks.map(\.rule) == ["unreadable"] && masks.map(\.count) == [1])
  }

  @Test func `a long row is looked at value by value, and a value that is too long is not shown`() throws {
    let relay = try EmbeddedRelay(policy: Self.columns)
    relay.query("SELECT a, b, c, ssn")
    let long = [UInt8](repeating: 0x61, count: LongRow.valueLimit + 1)
    let middle = [UInt8](repeating: 0x62, count: 3 << 20)
    let mail = Array("x secret@shop.example".utf8)
    let row = EmbeddedRelay.row([mail, long, middle, Array("12".utf8)])
    let fields = ["a", "b", "c", "ssn"].map { EmbeddedRelay.Field(name: $0, type: 25) }
    relay.answer(
      EmbeddedRelay.description(fields) + row + EmbeddedRelay.end("SELECT 1"),
      ends: Array(stride(from: 7, to: row.count, by: 65_536)))
    let out = EmbeddedRelay.messages(relay.got())
    let expected = EmbeddedRelay.row([
      Array("x s***@shop.example".utf8), nil, middle, Array("[redacted:national-id]".utf8),
    ])
    #expect(out.map(\.type) == ["T", "D", "C", "Z"])
    #expect(out.first { $0.type == "D" }?.body == Array(expected.dropFirst(5)))
    let masks = relay.recording.seen.withLock { $0.masks }
    #expect(masks.contains { $0.rule == "unreadable" && $0.dataClass == "large" && $0.location == "b" })
    #expect(masks.contains { $0.rule == "numbers" && $0.location == "ssn" })
  }

  @Test func `memory does not grow with the result`() throws {
    let relay = try EmbeddedRelay(policy: Self.columns)
    relay.query("SELECT mail")
    relay.answer(EmbeddedRelay.description([.init(name: "mail", type: 25)]))
    let rows = (0..<1000).flatMap { _ in EmbeddedRelay.row([Array("a secret@shop.example".utf8)]) }
    for _ in 0..<50 {
      relay.answer(rows)
      #expect(relay.relay.outbound.storageCapacity <= rows.count * 2)
      #expect(relay.relay.masking?.out.storageCapacity ?? .max <= 1 << 20)
      #expect(relay.got().count > 0)
      relay.recording.seen.withLock { $0.server = [] }
    }
    relay.answer(EmbeddedRelay.end("SELECT 50000"))
    #expect(relay.recording.seen.withLock { $0.masks.map(\.count) } == [50_000])
  }

  @Test func `results of functions, notifications and errors are looked at`() throws {
    let relay = try EmbeddedRelay(policy: Self.columns)
    func result(_ text: String, _ isBinary: Bool) -> [UInt8] {
      var call = ByteWriter()
      for number in [0, 870, 0, 0, isBinary ? 1 : 0] as [UInt16] { call.write(number) }
      relay.send(EmbeddedRelay.message("F", call.bytes))
      var body = ByteWriter()
      body.write(UInt32(clamping: text.utf8.count))
      body.write(text)
      relay.answer(
        EmbeddedRelay.message("V", body.bytes) + EmbeddedRelay.message("Z", Array("I".utf8)), ends: [3, 9, 12])
      return EmbeddedRelay.messages(relay.got()).first { $0.type == "V" }?.body ?? []
    }
    #expect(result("a secret@shop.example", false).dropFirst(4).elementsEqual("a s***@shop.example".utf8))
    #expect(result("a secret@shop.example", true) == [255, 255, 255, 255])
    #expect(result("plain", true) == [0, 0, 0, 5] + Array("plain".utf8))
    relay.answer(
      EmbeddedRelay.message("A", [0, 0, 0, 7] + Array("news\0to secret@shop.example\0".utf8)), ends: [9, 21])
    #expect(
      EmbeddedRelay.messages(relay.got()).map(\.body) == [[0, 0, 0, 7] + Array("news\0to s***@shop.example\0".utf8)])
    func detail(_ text: String, code: String = "23505") -> String? {
      relay.query("INSERT")
      relay.answer(
        EmbeddedRelay.message("E", Array("SERROR\0C\(code)\0Mno\0D\(text)\0\0".utf8))
          + EmbeddedRelay.message("Z", Array("I".utf8)))
      return RawClient.field("D", EmbeddedRelay.messages(relay.got()).first?.body ?? [])
    }
    #expect(detail("Key (ssn)=(a)b) already exists.") == "Key (ssn)=([redacted:value]) already exists.")
    #expect(detail("Key (lower(ssn))=(x) already exists.") == "Key (lower(ssn))=([redacted:value]) already exists.")
    #expect(
      detail("Key (ssn)=(12) is secret@shop.example.") == "Key (ssn)=([redacted:value]) is s***@shop.example.")
    #expect(detail("Key (id)=(4711) already exists.") == "Key (id)=(4711) already exists.")
    // Of a server that speaks another language.
    #expect(detail("Schlüssel »(ssn)=(4711)« existiert bereits.") == "[redacted:value]")
    #expect(detail("It was secret@shop.example.", code: "P0001") == "It was s***@shop.example.")
    let places = relay.recording.seen.withLock { Set($0.masks.compactMap(\.location)) }
    #expect(places == ["function", "notification", "error"])
  }

  @Test func `without rules that hold nothing is followed`() throws {
    let relay = try EmbeddedRelay(policy: RunningGateway.open)
    #expect(relay.relay.masking == nil)
  }
}

extension EmbeddedRelay {
  /// A message; the data of a COPY are one.
  struct Line: Equatable {
    var type: Character
    var body: [UInt8]
  }

  static func lines(_ bytes: [UInt8]) -> [Line] {
    var lines: [Line] = []
    for message in messages(bytes) {
      if message.type == "d", lines.last?.type == "d" {
        lines[lines.count - 1].body += message.body
      } else {
        lines.append(Line(type: message.type, body: message.body))
      }
    }
    return lines
  }
}
