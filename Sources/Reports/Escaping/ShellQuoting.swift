/// Text as one word of a POSIX shell.
enum ShellQuoting {
  /// Plain when that is safe, in single quotes when not, in `$'…'` when it holds control characters.
  static func word(_ given: String) -> String {
    // A file name that begins like an option is named from the directory.
    value(given.hasPrefix("-") ? "./" + given : given)
  }

  /// The same for what is no file's name.
  static func value(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"),
        UInt8(ascii: "+"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: ","), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    if plain, !text.isEmpty { return text }
    guard text.unicodeScalars.contains(where: needsEscape) else {
      return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
    var quoted = "$'"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "'", "\\": quoted += "\\" + String(scalar)
      case _ where needsEscape(scalar):
        for byte in UTF8.encode(scalar) ?? .init() {
          let digits = String(byte, radix: 16)
          quoted += "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "'"
  }

  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || scalar.value == 0x7F || (scalar.value >= 0x80 && VisibleText.isHidden(scalar))
  }
}
