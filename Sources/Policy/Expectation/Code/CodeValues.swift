import Bytes

/// The values that a program's text holds: numbers, and short texts.
///
/// Drivers send statements with marks for parameters; which of two programs with one statement sent it, their values tell.
enum CodeValues {
  /// Values of one program.
  static let countLimit = 256
  /// Bytes of one value.
  static let sizeLimit = 128

  static func all(in scanner: CodeScanner) -> [String] {
    var found: [String] = []
    var known: Set<String> = []
    func add(_ value: String) {
      guard found.count < countLimit, known.insert(value).inserted else { return }
      found.append(value)
    }
    for literal in scanner.literals where literal.text.utf8.count <= sizeLimit && !literal.text.isEmpty {
      add(literal.text)
    }
    let text = scanner.text
    var index = 0
    while index < text.count, found.count < countLimit {
      guard SQLTokens.isWord(text[index]) else {
        index += 1
        continue
      }
      // A word is a number when it is one as a whole; a point and digits go on with it.
      var end = index
      while end < text.count, SQLTokens.isWord(text[end]) { end += 1 }
      if text[index..<end].allSatisfy(isDigit) {
        if end + 1 < text.count, text[end] == UInt8(ascii: "."), isDigit(text[end + 1]) {
          end += 1
          while end < text.count, isDigit(text[end]) { end += 1 }
        }
        if end - index <= sizeLimit { add(String(decoding: text[index..<end], as: UTF8.self)) }
      }
      index = end
    }
    return found
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
