import Bytes
import Model

/// A word of bash made of captured text and of variables that stand for what was redacted.
struct ShellText {
  private(set) var word = ""
  /// Names of the variables in it, in order.
  private(set) var variables: [String] = []

  /// Characters of a variable's name.
  private static let nameLimit = 60
  /// Variables of one word; a text with more secrets keeps the marks of the others.
  private static let variableLimit = 100

  init(_ literal: String) { word = Self.quoted(literal) }

  /// Text before captured text, then the captured text with a variable for each secret, which `variable` names by what
  /// stands before it.
  init(_ literal: String, redacted text: String, variable: (Substring) -> String) {
    var rest = text[...]
    var before = literal
    var parts: [String] = []
    let hasEncoded = text.contains(Redaction.encodedMark)
    while variables.count < Self.variableLimit, let place = Self.mark(in: rest, hasEncoded) {
      before += rest[..<place.lowerBound]
      if !before.isEmpty { parts.append(Self.quoted(before)) }
      before = ""
      let name = variable(text[..<place.lowerBound])
      variables.append(name)
      parts.append("\"$\(name)\"")
      rest = rest[place.upperBound...]
    }
    before += rest
    if !before.isEmpty || parts.isEmpty { parts.append(Self.quoted(before)) }
    word = parts.joined()
  }

  private static func mark(in text: Substring, _ hasEncoded: Bool) -> Range<Substring.Index>? {
    let plain = text.firstRange(of: Redaction.mark)
    guard hasEncoded, let encoded = text.firstRange(of: Redaction.encodedMark) else { return plain }
    guard let plain else { return encoded }
    return plain.lowerBound < encoded.lowerBound ? plain : encoded
  }

  /// In single quotes, or in `$'…'` when it holds what must not stand in a script as it is.
  static func quoted(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: needsEscape) else {
      return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
    var quoted = "$'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'", "\\": quoted += "\\" + String(scalar)
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case _ where needsEscape(scalar): for byte in String(scalar).utf8 { quoted += "\\x" + [byte].hex }
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "'"
  }

  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    // A combining mark would stand on the quote.
    TerminalText.isHidden(scalar) || (scalar.value >= 0x300 && CharacterWidth.of(scalar) == 0)
  }

  /// `COOKIE_SESSION` of `cookie` and what stands before the secret: the nearest name with an equals sign or colon.
  static func name(_ field: String, before: Substring) -> String {
    var tail = before.suffix(120)
    var hasSign = false
    while let last = tail.last, " \t\"'=:".contains(last) {
      if last == "=" || last == ":" { hasSign = true }
      tail.removeLast()
    }
    var name = ""
    for character in tail.reversed() {
      guard character.isASCII, character.isLetter || character.isNumber || character == "_" || character == "-" else {
        break
      }
      name.insert(character, at: name.startIndex)
    }
    return variable(hasSign && !name.isEmpty ? "\(field)_\(name)" : field)
  }

  /// In capitals, without what a variable's name cannot have.
  static func variable(_ text: String) -> String {
    String(
      text.uppercased().unicodeScalars.prefix(nameLimit).map { scalar -> Character in
        let isPlain = scalar.isASCII && (Character(scalar).isLetter || Character(scalar).isNumber)
        return isPlain ? Character(scalar) : "_"
      })
  }
}
