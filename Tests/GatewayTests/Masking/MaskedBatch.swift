import Bytes
import Foundation
import Policy
import TestKit

@testable import Gateway

/// Values in a form in which a server sends them, between others that mean nothing: what is asked, what it answers, and how
/// the client must not see it.
struct MaskedBatch {
  enum Form: CaseIterable {
    case textRows, binaryRows, copyText, copyCSV, copyBinary, copyTable
  }

  static let policy = """
    version: 1
    rules: [{ id: all, when: {}, then: allow }]
    default: allow
    masking:
      - { id: all, detect: [email, phone, payment-card, iban, national-id, ip-address, jwt, cloud-key, private-key, password,
          high-entropy], action: partial }
    """

  let form: Form
  var query: String
  /// The server's bytes.
  var answer: [UInt8] = []
  /// What the client gets in the place of each value that means nothing.
  var harmless: [[UInt8]] = []
  /// Values that detectors find, with all that they must not be seen as.
  var secrets: [(value: SensitiveValues.Value, forms: [[UInt8]])] = []

  /// As the catalogue has it.
  let table: KnownTable

  init(_ form: Form, _ values: [SensitiveValues.Value], _ random: inout SeededGenerator) {
    self.form = form
    let name = values.first?.column ?? "value"
    table = KnownTable(
      name: "public.staff",
      columns: [("id", "int8"), (name, "text"), ("note", "text")].enumerated().map { index, column in
        KnownTable.Column(number: Int16(index + 1), name: column.0, type: column.1)
      })
    switch form {
    case .textRows, .binaryRows: query = "SELECT id, \(name), note"
    case .copyText: query = "COPY staff (id, \(name), note) TO STDOUT"
    case .copyCSV: query = "COPY staff (id, \(name), note) TO STDOUT (FORMAT csv, HEADER)"
    case .copyBinary: query = "COPY staff (id, \(name), note) TO STDOUT (FORMAT binary)"
    case .copyTable: query = "COPY staff TO STDOUT"
    }
    var body: [UInt8] = []
    if form == .copyBinary { body = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0] }
    if form == .copyCSV { body = Array("id,\(name),note\n".utf8) }
    for value in values {
      let id = Int64.random(in: 1...99_999, using: &random)
      let note = Self.note(&random)
      body += line(id, cell(value, in: name, &random), note)
      harmless.append(Array(note.utf8))
    }
    if form == .copyBinary { body += [0xFF, 0xFF] }
    switch form {
    case .textRows, .binaryRows:
      let isBinary = form == .binaryRows
      answer = EmbeddedRelay.description([
        EmbeddedRelay.Field(name: "id", type: 20, isBinary: isBinary),
        EmbeddedRelay.Field(name: name, type: 25, isBinary: isBinary),
        EmbeddedRelay.Field(name: "note", type: 25, isBinary: isBinary),
      ])
      answer += body + EmbeddedRelay.end("SELECT \(values.count)")
    default:
      answer = EmbeddedRelay.copyOut(isBinary: form == .copyBinary, columns: 3)
      // As a server sends it, or cut anywhere.
      var rest = body[...]
      while !rest.isEmpty {
        let part = rest.prefix(Int.random(in: 1...400, using: &random))
        answer += EmbeddedRelay.message("d", Array(part))
        rest = rest.dropFirst(part.count)
      }
      answer += EmbeddedRelay.message("c") + EmbeddedRelay.end("COPY \(values.count)")
    }
  }

  private static let words = ["shoes", "late", "paid", "green", "box", "north", "tall", "soup", "\"quoted\"", "a,b"]

  private static func note(_ random: inout SeededGenerator) -> String {
    (0..<3).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }.joined(separator: " ")
  }

  /// A value alone or within more, and what must not be seen of it.
  private mutating func cell(
    _ value: SensitiveValues.Value, in column: String, _ random: inout SeededGenerator
  ) -> [UInt8] {
    let text: String
    // Alone it is told by its column.
    switch Int.random(in: (value.column == column ? 0 : 1)..<3, using: &random) {
    case 0: text = value.text
    case 1: text = "{\"\(value.column)\": \(JSONWriter.quoted(value.text))}"
    default: text = "it said \(value.column)=\"\(value.text)\" and left"
    }
    let found = Detector(column: value.column).scan(value.bytes).found
    // Drawn values may be what detectors leave out: a repetition, a word.
    if found.count == 1, found[0].range == 0..<value.bytes.count, found[0].dataClass.rawValue == value.className {
      let escaped = Array(JSONWriter.quoted(value.text).utf8.dropFirst().dropLast())
      let copied = Array(value.text.replacing("\n", with: "\\n").utf8)
      secrets.append((value, [value.bytes, escaped, copied, Array(value.bytes.hex.utf8)]))
    }
    return Array(text.utf8)
  }

  private func line(_ id: Int64, _ value: [UInt8], _ note: String) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(id)
    let number = writer.bytes
    let (text, note) = (String(decoding: value, as: UTF8.self), note)
    switch form {
    case .textRows: return EmbeddedRelay.row([Array("\(id)".utf8), value, Array(note.utf8)])
    case .binaryRows: return EmbeddedRelay.row([number, value, Array(note.utf8)])
    case .copyText, .copyTable: return Array("\(id)\t\(Self.escaped(text))\t\(note)\n".utf8)
    case .copyCSV: return Array("\(id),\(Self.quoted(text)),\(Self.quoted(note))\n".utf8)
    case .copyBinary:
      var row = ByteWriter()
      row.write(UInt16(3))
      for field in [number, value, Array(note.utf8)] {
        row.write(UInt32(clamping: field.count))
        row.write(field)
      }
      return row.bytes
    }
  }

  static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n").replacing("\t", with: "\\t")
  }

  static func quoted(_ text: String) -> String {
    guard text.contains(where: { "\",\n".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// How often what means nothing was changed.
  func falseMasks(in messages: [(type: Character, body: [UInt8])]) -> Int {
    var data: [UInt8] = []
    for message in messages where message.type == "D" || message.type == "d" { data += message.body }
    var position = 0
    var missing = 0
    for note in harmless {
      let shown: [UInt8]
      switch form {
      case .copyText, .copyTable: shown = Array(Self.escaped(String(decoding: note, as: UTF8.self)).utf8)
      case .copyCSV: shown = Array(Self.quoted(String(decoding: note, as: UTF8.self)).utf8)
      default: shown = note
      }
      if let found = Self.place(of: shown, in: data, from: position) { position = found } else { missing += 1 }
    }
    return missing
  }

  /// Where the first place of a part ends.
  static func place(of part: [UInt8], in text: [UInt8], from start: Int = 0) -> Int? {
    guard let first = part.first, start + part.count <= text.count else { return nil }
    return unsafe text.withUnsafeBytes { text in
      unsafe part.withUnsafeBytes { part in
        guard let base = text.baseAddress, let needle = part.baseAddress else { return nil }
        var position = start
        while position + part.count <= text.count,
          let found = unsafe memchr(base + position, Int32(first), text.count - part.count - position + 1)
        {
          let place = unsafe UnsafeRawPointer(found) - base
          if unsafe memcmp(found, needle, part.count) == 0 { return place + part.count }
          position = place + 1
        }
        return nil
      }
    }
  }
}
