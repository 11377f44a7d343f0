/// `{a,b}` and `{1..5}` (bash, Brace Expansion): before everything else, on letters that are not quoted.
enum BraceExpansion {
  private enum Element {
    case letter(UInt8, Int)
    case part(ShellWordPart)

    var letter: UInt8? { if case .letter(let byte, _) = self { byte } else { nil } }
  }

  /// Groups in one word, at most.
  private static let groupLimit = 32

  /// The words that a word stands for; nil when they are more than can be looked at.
  static func expand(_ word: ShellWord) -> [[ShellWordPart]]? {
    let mayExpand = word.parts.contains { part in
      guard !part.isQuoted, case .literal(let bytes) = part.content else { return false }
      return bytes.contains(UInt8(ascii: "{"))
    }
    guard mayExpand else { return [word.parts] }
    var elements: [Element] = []
    for part in word.parts {
      if !part.isQuoted, case .literal(let bytes) = part.content {
        let isVerbatim = bytes.count == part.range.count
        for (offset, byte) in bytes.enumerated() {
          elements.append(.letter(byte, isVerbatim ? part.range.lowerBound + offset : part.range.lowerBound))
        }
      } else {
        elements.append(.part(part))
      }
    }
    var groups = 0
    guard let words = expand(elements[...], matches(elements), &groups) else { return nil }
    return words.map(parts)
  }

  /// For each `{` the `}` that closes it.
  private static func matches(_ elements: [Element]) -> [Int: Int] {
    var open: [Int] = []
    var result: [Int: Int] = [:]
    for (index, element) in elements.enumerated() {
      if element.letter == UInt8(ascii: "{") { open.append(index) }
      if element.letter == UInt8(ascii: "}"), let start = open.popLast() { result[start] = index }
    }
    return result
  }

  private static func expand(
    _ elements: ArraySlice<Element>, _ matches: [Int: Int], _ groups: inout Int
  ) -> [[Element]]? {
    var start = elements.startIndex
    while start < elements.endIndex {
      guard let close = matches[start], close < elements.endIndex else {
        start += 1
        continue
      }
      let inner = elements[(start + 1)..<close]
      var alternatives: [[Element]] = []
      let split = split(inner, matches)
      if split.count > 1 {
        groups += 1
        guard groups <= groupLimit else { return nil }
        for alternative in split {
          guard let words = expand(alternative, matches, &groups) else { return nil }
          alternatives += words
          guard alternatives.count <= ShellLimits.braceWords else { return nil }
        }
      } else if let sequence = sequence(inner) {
        groups += 1
        guard groups <= groupLimit, sequence.count <= ShellLimits.braceWords else { return nil }
        alternatives = sequence.map { $0.utf8.map { .letter($0, start) } }
      } else {
        start += 1
        continue
      }
      guard let tails = expand(elements[(close + 1)...], matches, &groups) else { return nil }
      guard alternatives.count * tails.count <= ShellLimits.braceWords else { return nil }
      let head = Array(elements[elements.startIndex..<start])
      return alternatives.flatMap { alternative in tails.map { head + alternative + $0 } }
    }
    return [Array(elements)]
  }

  /// What the commas of this group separate.
  private static func split(_ inner: ArraySlice<Element>, _ matches: [Int: Int]) -> [ArraySlice<Element>] {
    var result: [ArraySlice<Element>] = []
    var first = inner.startIndex
    var index = inner.startIndex
    while index < inner.endIndex {
      if inner[index].letter == UInt8(ascii: ","), result.count <= ShellLimits.braceWords {
        result.append(inner[first..<index])
        first = index + 1
      }
      if let close = matches[index], close < inner.endIndex { index = close }
      index += 1
    }
    return result + [inner[first..<inner.endIndex]]
  }

  /// `1..5`, `05..10`, `a..e`, with a step or without.
  private static func sequence(_ inner: ArraySlice<Element>) -> [String]? {
    guard inner.count <= 64 else { return nil }
    let bytes = inner.compactMap(\.letter)
    guard bytes.count == inner.count else { return nil }
    let parts = split(String(decoding: bytes, as: UTF8.self))
    guard parts.count == 2 || parts.count == 3 else { return nil }
    var step = 1
    if parts.count == 3 {
      guard let given = Int(parts[2]) else { return nil }
      step = max(1, Int(clamping: given.magnitude))
    }
    if let from = Int(parts[0]), let to = Int(parts[1]) {
      let isPadded = [parts[0], parts[1]].contains { part in
        let digits = part.drop { $0 == "-" || $0 == "+" }
        return digits.count > 1 && digits.first == "0"
      }
      let width = isPadded ? max(parts[0].count, parts[1].count) : 0
      return range(from, to, step)?.map { number in
        let digits = String(number.magnitude)
        let sign = number < 0 ? "-" : ""
        return sign + String(repeating: "0", count: max(0, width - digits.count - sign.count)) + digits
      }
    }
    guard let from = letter(parts[0]), let to = letter(parts[1]) else { return nil }
    return range(from, to, step)?.map { String(UnicodeScalar(UInt8(truncatingIfNeeded: $0))) }
  }

  private static func split(_ text: String) -> [String] { text.components(".." as String) }

  private static func letter(_ text: String) -> Int? {
    guard text.utf8.count == 1, let byte = text.utf8.first, (byte | 0x20) >= 0x61, (byte | 0x20) <= 0x7A else {
      return nil
    }
    return Int(byte)
  }

  private static func range(_ from: Int, _ to: Int, _ step: Int) -> [Int]? {
    let (distance, overflow) = to.subtractingReportingOverflow(from)
    guard !overflow, distance.magnitude / UInt(step) < UInt(ShellLimits.braceWords) else { return nil }
    return Array(stride(from: from, through: to, by: distance < 0 ? -step : step))
  }

  private static func parts(_ elements: [Element]) -> [ShellWordPart] {
    var parts: [ShellWordPart] = []
    var text: [UInt8] = []
    var range = 0..<0
    /// The last part is a parameter whose name grew.
    var extended = false
    func flush() {
      if !text.isEmpty { parts.append(ShellWordPart(content: .literal(text), isQuoted: false, range: range)) }
      text = []
    }
    for element in elements {
      switch element {
      case .letter(let byte, let offset):
        // Braces come first: `$x{a,b}` is `$xa $xb`.
        if text.isEmpty, Byte.isName(byte), let last = parts.last, case .parameter(var parameter) = last.content,
          last.range.count == parameter.name.utf8.count + 1 || parameter.name.isEmpty == false && extended,
          parameter.name.utf8.first.map(Byte.isNameStart) == true
        {
          parameter.name += String(UnicodeScalar(byte))
          parts[parts.count - 1].content = .parameter(parameter)
          extended = true
          continue
        }
        extended = false
        if !text.isEmpty, offset != range.upperBound { flush() }
        range = text.isEmpty ? offset..<(offset + 1) : range.lowerBound..<(offset + 1)
        text.append(byte)
      case .part(let part):
        flush()
        extended = false
        parts.append(part)
      }
    }
    flush()
    return parts
  }
}

extension String {
  /// The pieces between occurrences of a separator.
  fileprivate func components(_ separator: String) -> [String] {
    var result: [String] = []
    var rest = self[...]
    while let found = rest.firstRange(of: separator) {
      result.append(String(rest[..<found.lowerBound]))
      rest = rest[found.upperBound...]
    }
    return result + [String(rest)]
  }
}
