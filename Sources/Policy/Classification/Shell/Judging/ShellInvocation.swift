import Bytes

/// A program that is run: its name without folders, its words with the name as the first, and what is piped into it.
struct ShellInvocation: Sendable {
  var name: String
  var words: [ShellValue]
  var input: ShellOutput

  var arguments: ArraySlice<ShellValue> { words.dropFirst() }
}

/// Arguments taken apart as getopt does it, by the options that take a value.
struct ShellArguments: Sendable {
  struct Option: Sendable {
    /// With its dashes: `-o`, `--output`.
    var name: String
    var value: ShellValue?
  }

  private(set) var options: [Option] = []
  private(set) var operands: [ShellValue] = []

  /// `taking` are the options that take a value, without dashes: `o f max-depth`. With `stops` the first operand ends the
  /// options, as for programs that run another. With `isLong` a single dash begins a whole word, as in `terraform`.
  init(_ words: some Sequence<ShellValue>, taking: String = "", stops: Bool = false, isLong: Bool = false) {
    var rest = Array(words)[...]
    while let word = rest.popFirst() {
      let text = word.text
      if text == "--" {
        operands += rest
        return
      }
      guard text.hasPrefix("-"), text != "-" else {
        operands.append(word)
        if stops {
          operands += rest
          return
        }
        continue
      }
      if text.hasPrefix("--") || isLong {
        long(word, taking, &rest)
      } else {
        cluster(word, taking, &rest)
      }
    }
  }

  /// Whether a name is one of the words; there are few options, and a set of the words costs more than looking.
  private static func takes(_ name: String, _ words: String) -> Bool {
    let (name, words) = (name.utf8Span.span, words.utf8Span.span)
    guard !name.isEmpty else { return false }
    var start = 0
    while start < words.count {
      let end = words.firstIndex(of: UInt8(ascii: " "), from: start) ?? words.count
      if words.extracting(start..<end).elementsEqual(name) { return true }
      start = end + 1
    }
    return false
  }

  private mutating func long(_ word: ShellValue, _ taking: String, _ rest: inout ArraySlice<ShellValue>) {
    let text = word.text
    if let equals = word.bytes.firstIndex(of: UInt8(ascii: "=")) {
      let name = String(decoding: word.bytes[..<equals], as: UTF8.self)
      options.append(Option(name: name, value: word.dropFirst(equals + 1)))
    } else if Self.takes(String(text.drop { $0 == "-" }), taking) {
      options.append(Option(name: text, value: rest.popFirst()))
    } else {
      options.append(Option(name: text, value: nil))
    }
  }

  /// `-xvf file`: letters up to one that takes the rest, or the next word.
  private mutating func cluster(_ word: ShellValue, _ taking: String, _ rest: inout ArraySlice<ShellValue>) {
    for (offset, byte) in word.bytes.enumerated().dropFirst().prefix(64) {
      let name = String(UnicodeScalar(byte))
      guard Self.takes(name, taking) else {
        options.append(Option(name: "-" + name, value: nil))
        continue
      }
      let tail = word.dropFirst(offset + 1)
      options.append(Option(name: "-" + name, value: tail.bytes.isEmpty ? rest.popFirst() : tail))
      return
    }
  }

  func has(_ names: String...) -> Bool { options.contains { names.contains($0.name) } }

  func value(_ names: String...) -> ShellValue? { options.last { names.contains($0.name) }?.value }

  func values(_ names: String...) -> [ShellValue] { options.filter { names.contains($0.name) }.compactMap(\.value) }
}
