/// What a program of awk does beside printing: the files that it writes, the commands that it runs.
struct AwkScript {
  /// `*` for a name that is computed.
  private(set) var written: [String] = []
  private(set) var executes = false

  init(_ text: [UInt8]) {
    var rest = text[...]
    /// After an operator a slash begins a regular expression.
    var expectsOperand = true
    var isPrinting = false
    var level = 0
    /// A statement goes on behind a comma and a newline.
    var isAfterComma = false
    while let byte = rest.popFirst() {
      defer { if byte != 0x20 && byte != 0x09 && byte != 0x0A { isAfterComma = byte == UInt8(ascii: ",") } }
      switch byte {
      case UInt8(ascii: "#"): rest = rest.drop { $0 != 0x0A }
      case Byte.doubleQuote:
        _ = AwkScript.quoted(&rest, Byte.doubleQuote)
        expectsOperand = false
      case UInt8(ascii: "/") where expectsOperand:
        _ = AwkScript.quoted(&rest, byte)
        expectsOperand = false
      case UInt8(ascii: ">") where isPrinting && level == 0:
        if rest.first == byte { rest = rest.dropFirst() }
        rest = rest.drop { $0 == 0x20 }
        if rest.first == Byte.doubleQuote {
          rest = rest.dropFirst()
          written.append(String(decoding: AwkScript.quoted(&rest, Byte.doubleQuote), as: UTF8.self))
        } else {
          written.append("*")
        }
      case UInt8(ascii: "|"):
        if rest.first == byte { rest = rest.dropFirst() } else { executes = true }
        expectsOperand = true
      case UInt8(ascii: "("):
        level += 1
        expectsOperand = true
      case UInt8(ascii: ")"):
        level = max(0, level - 1)
        expectsOperand = false
      case 0x0A where isAfterComma: continue
      case UInt8(ascii: "+") where rest.first == byte, UInt8(ascii: "-") where rest.first == byte:
        // `a++ / b`: what follows is what would have followed without.
        rest = rest.dropFirst()
      // A function by the name that a variable has; `@load` and `@include`.
      case UInt8(ascii: "@"): executes = true
      case UInt8(ascii: ";"), UInt8(ascii: "{"), UInt8(ascii: "}"), 0x0A:
        (isPrinting, level, expectsOperand) = (false, 0, true)
      case 0x20, 0x09, 0x0D: continue
      case let byte where Byte.isNameStart(byte):
        let name = [byte] + rest.prefix(while: Byte.isName)
        rest = rest.dropFirst(name.count - 1)
        switch String(decoding: name, as: UTF8.self) {
        case "print", "printf": (isPrinting, expectsOperand) = (true, true)
        case "system": executes = true
        case "return", "in", "case": expectsOperand = true
        default: expectsOperand = false
        }
      case let byte where Byte.isDigit(byte) || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "$"):
        expectsOperand = false
      default: expectsOperand = true
      }
    }
  }

  /// A text up to its end mark, which is taken as well.
  private static func quoted(_ rest: inout ArraySlice<UInt8>, _ mark: UInt8) -> [UInt8] {
    var text: [UInt8] = []
    while let byte = rest.popFirst(), byte != mark {
      if byte == Byte.backslash, let next = rest.popFirst() {
        text.append(next)
      } else {
        text.append(byte)
      }
    }
    return text
  }
}
