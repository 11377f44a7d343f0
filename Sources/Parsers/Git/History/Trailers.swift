import Model

/// The trailers at the end of a message (git-interpret-trailers(1)).
enum Trailers {
  private static let limit = 1000

  /// Those of the last paragraph, if "the group … is all trailers, or … contains at least one Git-generated or
  /// user-configured trailer and consists of at least 25% trailers".
  static func read(_ message: String) -> [HeaderField] {
    var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines.removeAll { $0.hasPrefix("#") }
    while let last = lines.last, last.allSatisfy(\.isWhitespace) { lines.removeLast() }
    guard let blank = lines.lastIndex(where: { $0.allSatisfy(\.isWhitespace) }), blank > 0 else { return [] }
    let paragraph = lines[(blank + 1)...]
    // A title is no place for trailers.
    guard lines[..<blank].contains(where: { !$0.allSatisfy(\.isWhitespace) }) else { return [] }
    var fields: [HeaderField] = []
    var trailers = 0
    var others = 0
    var isGenerated = false
    // Lines that go on what stands above count with it.
    var isOpen = false
    for line in paragraph {
      if line.first?.isWhitespace == true {
        if isOpen, let last = fields.indices.last {
          fields[last].value += " " + line.trimmed
        } else {
          others += 1
        }
        continue
      }
      if line.hasPrefix("(cherry picked from commit ") {
        isGenerated = true
        trailers += 1
        isOpen = false
        continue
      }
      guard let field = field(line) else {
        others += 1
        isOpen = false
        continue
      }
      if line.hasPrefix("Signed-off-by: ") { isGenerated = true }
      trailers += 1
      isOpen = true
      if fields.count < limit { fields.append(field) }
    }
    guard others == 0 || (isGenerated && trailers * 3 >= others) else { return [] }
    return fields
  }

  /// `Token: value`: letters, digits and hyphens, then perhaps spaces, then the separator.
  private static func field(_ line: String) -> HeaderField? {
    guard let colon = line.firstIndex(of: ":") else { return nil }
    let token = line[..<colon].trimmed
    guard !token.isEmpty, token.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
      return nil
    }
    return HeaderField(token, line[line.index(after: colon)...].trimmed)
  }
}

extension StringProtocol {
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
