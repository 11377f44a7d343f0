import Bytes
import Foundation
import Testing

@testable import Policy

/// What programs write, masked while it goes by.
@Suite struct OutputMaskTests {
  private static let hasher = SecretHasher(key: [7])

  private func plan() throws -> MaskingPlan {
    let policy = try PolicyDocument.parse(
      yaml:
        """
        version: 1
        default: allow
        masking: [{ detect: [email, payment-card, jwt, private-key, password, cloud-key], action: redact }]
        """, name: "test")
    return policy.masking.rules(protocolName: "ssh", database: nil, server: "a:22")
  }

  private func masked(_ pieces: [[UInt8]], pauses: Bool = false) throws -> [UInt8] {
    var mask = try #require(OutputMask(try plan(), hasher: Self.hasher))
    var out: [UInt8] = []
    for piece in pieces {
      out += try mask.feed(piece.span)
      if pauses { out += mask.settle() }
    }
    return out + mask.finish()
  }

  private func cut(_ text: String, at place: Int) -> [[UInt8]] {
    let bytes = Array(text.utf8)
    return [Array(bytes[..<place]), Array(bytes[place...])]
  }

  /// What a terminal shows of it, without what shows nothing.
  private func shown(_ bytes: [UInt8]) -> String {
    var terminal = TerminalText()
    var out: [UInt8] = []
    for byte in bytes {
      terminal.take(byte) { element in
        if case .visible(let byte) = element { out.append(byte) }
        if case .backspace = element { _ = out.popLast() }
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static let values = [
    "4111 1111 1111 1111", "4111111111111111", "ada.lovelace@shop.example", "AKIAIOSFODNN7EXAMPLE",
  ]

  @Test(arguments: values) func `a value goes nowhere, wherever the output is cut and whatever stands in it`(
    value: String
  ) throws {
    let letters = value.map(String.init)
    let forms = [
      value, letters.joined(separator: "\u{1B}[1m"), letters.joined(separator: "\u{1B}]0;title\u{07}"),
      letters.joined(separator: "\u{1B}(B"), letters.joined(separator: "\u{9B}0m"), letters.joined(separator: "\u{0F}"),
      letters.map { "\($0)\u{08}\($0)" }.joined(), "\u{1B}[31m\(value)\u{1B}[0m",
      "\u{1B}]8;;\(value)\u{1B}\\link\u{1B}]8;;\u{1B}\\",
    ]
    for form in forms {
      let text = "before \(form) behind\r\nand more\n"
      let whole = try masked([Array(text.utf8)])
      #expect(shown(whole).contains(form.contains("link") ? "link" : "[redacted:"), "\(text.debugDescription)")
      #expect(shown(whole).hasPrefix("before ") && shown(whole).hasSuffix(" behind\r\nand more\n"))
      for place in 0...text.utf8.count {
        let out = try masked(cut(text, at: place))
        #expect(out == whole, "\(text.debugDescription) at \(place)")
      }
      let single = try masked(text.utf8.map { [$0] })
      #expect(single == whole)
      let all = String(decoding: whole, as: UTF8.self)
      #expect(!all.contains(value) && !shown(whole).contains(value), "\(all.debugDescription)")
    }
  }

  @Test func `what holds no value is as it was`() throws {
    let text =
      "\u{1B}[2J\u{1B}[1;1Hls\r\n\u{1B}[01;34mdir\u{1B}[0m  f\u{08}\u{1B}[K\u{1B}[38;2;255;100;0mx\u{1B}[m é\u{1B}]0;root: ~\u{07}日本\n\u{1B}Pq#0\u{1B}\\"
    for place in 0...text.utf8.count {
      let out = try masked(cut(text, at: place))
      #expect(out == Array(text.utf8), "\(place): \(String(decoding: out, as: UTF8.self).debugDescription)")
    }
  }

  @Test(arguments: ["root@web1:/srv# ", "user@host:~$ ", "db1=> ", "Password: ", "Continue? "])
  func `a prompt is shown after a pause`(prompt: String) throws {
    var mask = try #require(OutputMask(try plan(), hasher: Self.hasher))
    var out = try mask.feed(Array("\u{1B}[?2004h\(prompt)\u{1B}[0m".utf8).span)
    out += mask.settle()
    #expect(String(decoding: out, as: UTF8.self) == "\u{1B}[?2004h\(prompt)\u{1B}[0m")
    #expect(!mask.isHolding)
    out = try mask.feed(Array("4111 1111 1111 1111\n".utf8).span)
    #expect(String(decoding: out, as: UTF8.self) == "[redacted:payment-card]\n")
  }

  @Test func `a value in pieces with pauses is not shown`() throws {
    for value in Self.values {
      for place in 1..<value.utf8.count {
        let out = try masked(cut("is \(value) it\n", at: 3 + place), pauses: true)
        let text = String(decoding: out, as: UTF8.self)
        #expect(text.contains("[redacted:") || text.contains("@") == false, "\(text)")
        #expect(!text.contains(value), "\(text)")
      }
    }
  }

  @Test func `what is no text is not shown, and what is too much of a sequence is not either`() throws {
    #expect(throws: BodyMaskFailure.self) { try masked([[0x1F, 0x8B, 8, 0, 0, 0]]) }
    #expect(throws: BodyMaskFailure.self) { try masked([Array("a\0b".utf8)]) }
    let long = "\u{1B}]0;" + String(repeating: "x", count: 100_000) + "\u{07}"
    #expect(throws: BodyMaskFailure.self) { try masked([Array(long.utf8)]) }
    let flood = "a" + String(repeating: "\u{1B}[m", count: 100_000)
    #expect(throws: BodyMaskFailure.self) { try masked([Array(flood.utf8)]) }
    // A text without an end shows nothing.
    #expect(try masked([Array("x\u{1B}]0;4111 1111 1111 1111".utf8)]) == Array("x".utf8))
    var mask = try #require(OutputMask(try plan(), hasher: Self.hasher, passesBinary: true))
    let out = try mask.feed([0, 1, 2, 0x0A].span) + mask.finish()
    #expect(out.count <= 4)
  }

  /// `EXHIBIT_MASKED_VALUES=1000000` for the great run.
  @Test func `of many values none goes by`() throws {
    let count = ProcessInfo.processInfo.environment["EXHIBIT_MASKED_VALUES"].flatMap { Int($0) } ?? 4_000
    var random = SystemRandomNumberGenerator()
    var mask = try #require(OutputMask(try plan(), hasher: Self.hasher))
    var stream: [UInt8] = []
    var planted: Set<String> = []
    let noise = ["\u{1B}[1m", "\u{1B}[0;31m", "\u{0F}", "\u{1B}]0;t\u{07}", "", "", "", ""]
    var out: [UInt8] = []
    var found = 0
    func check() {
      // No value has a break in it: what is shown in lines is looked at in lines.
      let text = shown(out)
      for word in text.split(whereSeparator: { " \r\n".contains($0) }) where planted.contains(String(word)) {
        found += 1
      }
      out = []
    }
    for number in 0..<count {
      let value = number.isMultiple(of: 2) ? Self.card(UInt64(number)) : "user\(number)@shop\(number % 97).example"
      planted.insert(value)
      let written = value.map { String($0) + (noise.randomElement(using: &random) ?? "") }.joined()
      stream += Array("row \(number) \(written) end\(number.isMultiple(of: 3) ? "\r\n" : " ")".utf8)
      if stream.count > 4_096 {
        while !stream.isEmpty {
          let size = min(stream.count, Int.random(in: 1...1_500, using: &random))
          out += try mask.feed(Array(stream[..<size]).span)
          stream.removeFirst(size)
        }
        check()
      }
    }
    out += try mask.feed(stream.span) + mask.finish()
    check()
    #expect(found == 0)
    #expect(mask.takeTally().total == count)
  }

  /// A card's number with its check digit (ISO/IEC 7812).
  private static func card(_ number: UInt64) -> String {
    let body = "411111" + String(String(1_000_000_000 + number).suffix(9))
    var sum = 0
    for (index, digit) in body.reversed().enumerated() {
      let value = (digit.wholeNumberValue ?? 0) * (index.isMultiple(of: 2) ? 2 : 1)
      sum += value > 9 ? value - 9 : value
    }
    return body + "\((10 - sum % 10) % 10)"
  }
}
