import Bytes
import Foundation
import TestKit

@testable import Policy

/// A body as a server sends it, with values in it; what ingest makes of the whole is what a stream must give.
struct AnswerBody {
  enum Form: CaseIterable {
    case json, lines, nested, form, csv, events, anthropic, openAI, text, html, markup, multipart, binary, unknown,
      grpc,
      grpcWeb, grpcWebText
  }

  let form: Form
  private(set) var bytes: [UInt8] = []
  private var random: SeededGenerator

  init(_ form: Form, _ values: [SensitiveValues.Value], _ random: inout SeededGenerator) {
    self.form = form
    self.random = SeededGenerator(seed: random.next())
    switch form {
    case .json: bytes = json(values)
    case .lines: for value in values { bytes += object(value) + [0x0A] }
    case .nested: bytes = Array(#"{"outer": \#(Self.quoted(String(decoding: json(values), as: UTF8.self)))}"#.utf8)
    case .form:
      bytes = Array(
        values.map { "\($0.column)=\(PercentCoding.encode($0.text))&page=\(number())" }.joined(separator: "&").utf8)
    case .csv:
      bytes = Array("id,\(values[0].column),remark\n".utf8)
      for value in values {
        let cell = value.text.contains { ",\"\n".contains($0) } ? "\"\(value.text)\"" : value.text
        bytes += Array("\(number()),\(cell),\"\(words(2)), \(words(1))\"\r\n".utf8)
      }
    case .events:
      for value in values {
        bytes += Array("event: row\nid: \(number())\ndata: ".utf8) + object(value) + Array("\n\n: \(words(2))\n".utf8)
      }
    case .anthropic, .openAI: bytes = deltas(text(values), form)
    case .text, .unknown: bytes = Array(text(values).utf8)
    case .html:
      let rows = values.map { "<tr><td>\(words(1))</td><td>\($0.column)=\($0.text) </td></tr>" }
      bytes = Array("<html><body><table>\(rows.joined(separator: "\n"))</table></body></html>".utf8)
    case .markup:
      bytes = Array(values.map { "\($0.column): \"\($0.text)\"\n" }.joined().utf8)
    case .multipart:
      for value in values {
        bytes += Array("--b0\r\nContent-Disposition: form-data; name=\"\(value.column)\"\r\n\r\n".utf8)
        bytes += value.bytes + Array("\r\n".utf8)
      }
      bytes += Array("--b0--\r\n".utf8)
    case .binary:
      for value in values { bytes += [0, 7, 255, 1] + Array("\(value.column)=\(value.text)".utf8) + [0, 2, 200] }
    case .grpc, .grpcWeb, .grpcWebText:
      var shown: [UInt8] = []
      for value in values {
        let message = Self.message("\(value.column)=\(value.text)", Int.random(in: 0..<1 << 40, using: &self.random))
        shown += Self.frame(0, message)
        if form == .grpcWebText { flush(&shown) }
      }
      if form != .grpc { shown += Self.frame(0x80, Array("grpc-status: 0\r\n".utf8)) }
      if form == .grpcWebText { flush(&shown) } else { bytes = shown }
    }
  }

  var mediaType: String {
    switch form {
    case .json, .nested: "application/json; charset=utf-8"
    case .lines: "application/x-ndjson"
    case .form: "application/x-www-form-urlencoded"
    case .csv: "text/csv"
    case .events, .anthropic, .openAI: "text/event-stream"
    case .text: "text/plain"
    case .html: "text/html"
    case .markup: "application/yaml"
    case .multipart: "multipart/form-data; boundary=b0"
    case .binary: "application/zip"
    case .unknown: "application/x-unheard-of"
    case .grpc: "application/grpc+proto"
    case .grpcWeb: "application/grpc-web"
    case .grpcWebText: "application/grpc-web-text"
    }
  }

  var isMessages: Bool { [.grpc, .grpcWeb, .grpcWebText].contains(form) }

  /// What ingest keeps of it, the messages of gRPC behind each other.
  func ingested(_ mask: inout DataMask) -> [UInt8] {
    switch form {
    case .events, .anthropic, .openAI: mask.events(bytes)
    case .binary: mask.covered(bytes)
    case .grpc, .grpcWeb, .grpcWebText: Self.messages(bytes, form).flatMap { mask.covered($0) }
    default: mask.body(bytes, mediaType: mediaType)
    }
  }

  // MARK: Parts

  private mutating func number() -> Int { Int.random(in: 0...999, using: &random) }

  private mutating func words(_ count: Int) -> String {
    let all = ["plain", "words", "of", "no", "interest", "größer", "\u{1F642}", "说明", "it's", "O'Neil"]
    return (0..<count).map { _ in all[Int.random(in: 0..<all.count, using: &random)] }.joined(separator: " ")
  }

  private mutating func text(_ values: [SensitiveValues.Value]) -> String {
    var text = ""
    for value in values {
      let end = [" ", "\n", ". ", "\r\n", "\n\n"][Int.random(in: 0..<5, using: &random)]
      text += "\(words(Int.random(in: 0...6, using: &random))) \(value.column)=\(value.text)\(end)"
    }
    return text
  }

  static func quoted(_ text: String) -> String { JSONWriter.quoted(text) }

  private mutating func object(_ value: SensitiveValues.Value) -> [UInt8] {
    Array(
      #"{"id": \#(number()), "\#(value.column)": \#(Self.quoted(value.text)), "note": \#(Self.quoted(words(3))), "ok": true}"#
        .utf8)
  }

  private mutating func json(_ values: [SensitiveValues.Value]) -> [UInt8] {
    var out = Array("[\n  ".utf8)
    for (index, value) in values.enumerated() {
      if index > 0 { out += Array(",\n  ".utf8) }
      out += object(value)
    }
    return out + Array("\n]\n".utf8)
  }

  private mutating func deltas(_ text: String, _ form: Form) -> [UInt8] {
    var out: [UInt8] = []
    var rest = Array(text.unicodeScalars)[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...8, using: &random)
      var bit = String.UnicodeScalarView()
      bit.append(contentsOf: rest.prefix(count))
      rest = rest.dropFirst(count)
      let json = Self.quoted(String(bit))
      out += Array(
        (form == .openAI
          ? #"data: {"choices":[{"index":0,"delta":{"content":\#(json)}}]}"#
          : "event: content_block_delta\n" + #"data: {"index":0,"delta":{"type":"text_delta","text":\#(json)}}"#).utf8)
      out += Array("\n\n".utf8)
    }
    return out + Array("data: [DONE]\n\n".utf8)
  }

  static func message(_ text: String, _ number: Int) -> [UInt8] {
    let inner = [0x0A] + varint(text.utf8.count) + Array(text.utf8)
    return [0x08] + varint(number) + [0x12] + varint(inner.count) + inner + [0x19] + [UInt8](repeating: 0x31, count: 8)
  }

  private static func varint(_ value: Int) -> [UInt8] {
    var out: [UInt8] = []
    var value = value
    while value > 127 {
      out.append(UInt8(value & 127) | 128)
      value >>= 7
    }
    return out + [UInt8(value)]
  }

  static func frame(_ flags: UInt8, _ message: [UInt8]) -> [UInt8] {
    [flags] + (0..<4).map { UInt8(truncatingIfNeeded: message.count >> (24 - 8 * $0)) } + message
  }

  private mutating func flush(_ shown: inout [UInt8]) {
    bytes += Array(Data(shown).base64EncodedString().utf8)
    shown = []
  }

  /// The messages in content of gRPC, those of trailers too.
  static func messages(_ bytes: [UInt8], _ form: Form) -> [[UInt8]] {
    var plain = bytes
    if form == .grpcWebText {
      plain = []
      var rest = String(decoding: bytes, as: UTF8.self)[...]
      while !rest.isEmpty {
        // Parts with padding each.
        let pad = rest.firstIndex(of: "=").map { rest[$0...].firstIndex { $0 != "=" } ?? rest.endIndex }
        plain += Base64.decode(rest[..<(pad ?? rest.endIndex)]) ?? []
        rest = rest[(pad ?? rest.endIndex)...]
      }
    }
    var messages: [[UInt8]] = []
    var rest = plain[...]
    while rest.count >= 5 {
      let count = rest.dropFirst().prefix(4).reduce(0) { $0 << 8 | Int($1) }
      messages.append(Array(rest.dropFirst(5).prefix(count)))
      rest = rest.dropFirst(5 + count)
    }
    return messages
  }
}

extension BodyMask {
  /// `feed` of an array, which can stand in an expectation.
  mutating func take(_ bytes: [UInt8]) throws(BodyMaskFailure) -> [UInt8] { try feed(bytes.span) }
}
