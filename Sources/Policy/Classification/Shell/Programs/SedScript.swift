/// What a script of sed does beside editing (POSIX sed, GNU's `e`): the files that it writes, the commands that it runs.
struct SedScript {
  private(set) var written: [String] = []
  private(set) var executes = false
  /// False when it is not understood to its end.
  private(set) var isRead = true

  private var bytes: ArraySlice<UInt8>

  init(_ text: [UInt8]) {
    bytes = text[...]
    while isRead, !bytes.isEmpty { command() }
  }

  private mutating func command() {
    skip { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: "}") }
    address()
    skip { $0 == 0x20 || $0 == UInt8(ascii: "!") }
    guard let letter = bytes.popFirst() else { return }
    switch letter {
    case UInt8(ascii: "s"):
      delimited(2)
      flags()
    case UInt8(ascii: "y"): delimited(2)
    case UInt8(ascii: "w"), UInt8(ascii: "W"): written.append(line())
    case UInt8(ascii: "e"):
      executes = true
      _ = line()
    case UInt8(ascii: "a"), UInt8(ascii: "i"), UInt8(ascii: "c"): text()
    case UInt8(ascii: "r"), UInt8(ascii: "R"), UInt8(ascii: "#"): _ = line()
    case UInt8(ascii: ":"), UInt8(ascii: "b"), UInt8(ascii: "t"), UInt8(ascii: "T"), UInt8(ascii: "q"),
      UInt8(ascii: "Q"), UInt8(ascii: "l"), UInt8(ascii: "L"):
      skip { $0 != 0x0A && $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "}") }
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "="), UInt8(ascii: "d"), UInt8(ascii: "D"),
      UInt8(ascii: "g"), UInt8(ascii: "G"), UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "n"), UInt8(ascii: "N"),
      UInt8(ascii: "p"), UInt8(ascii: "P"), UInt8(ascii: "x"), UInt8(ascii: "z"), UInt8(ascii: "F"):
      return
    default: isRead = false
    }
  }

  private mutating func address() {
    while let byte = bytes.first {
      if byte == UInt8(ascii: "/") {
        delimited(1)
        skip { $0 == UInt8(ascii: "I") || $0 == UInt8(ascii: "M") }
      } else if byte == Byte.backslash {
        bytes = bytes.dropFirst()
        delimited(1)
      } else if Byte.isDigit(byte) || ",$~+ ".utf8.contains(byte) {
        bytes = bytes.dropFirst()
      } else {
        return
      }
    }
  }

  /// A delimiter and as many texts that it ends.
  private mutating func delimited(_ count: Int) {
    guard let delimiter = bytes.popFirst() else {
      isRead = false
      return
    }
    var left = count
    var isInBrackets = false
    while left > 0 {
      guard let byte = bytes.popFirst() else {
        isRead = false
        return
      }
      if byte == Byte.backslash {
        bytes = bytes.dropFirst()
      } else if byte == UInt8(ascii: "["), left == count {
        isInBrackets = true
        if bytes.first == UInt8(ascii: "^") { bytes = bytes.dropFirst() }
        if bytes.first == UInt8(ascii: "]") { bytes = bytes.dropFirst() }
      } else if byte == UInt8(ascii: "]") {
        isInBrackets = false
      } else if byte == delimiter, !isInBrackets {
        left -= 1
      }
    }
  }

  private mutating func flags() {
    while let byte = bytes.first, byte != 0x0A, byte != UInt8(ascii: ";"), byte != UInt8(ascii: "}") {
      bytes = bytes.dropFirst()
      if byte == UInt8(ascii: "e") { executes = true }
      if byte == UInt8(ascii: "w") {
        written.append(line())
        return
      }
    }
  }

  /// The text of `a`, `i`, `c`: lines that end in a backslash go on.
  private mutating func text() {
    var isEscaped = false
    while let byte = bytes.popFirst() {
      if byte == 0x0A, !isEscaped { return }
      isEscaped = byte == Byte.backslash && !isEscaped
    }
  }

  private mutating func line() -> String {
    let line = bytes.prefix { $0 != 0x0A }
    bytes = bytes.dropFirst(line.count)
    return String(decoding: line.drop { $0 == 0x20 }, as: UTF8.self)
  }

  private mutating func skip(_ holds: (UInt8) -> Bool) { bytes = bytes.drop(while: holds) }
}
