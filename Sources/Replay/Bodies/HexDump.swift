import Bytes

/// Bytes as a person reads them: offset, hexadecimal digits, ASCII; sixteen a line.
public enum HexDump {
  /// Lines, separated by line feeds.
  public static func text(of bytes: some Collection<UInt8>) -> String {
    var lines: [String] = []
    var rest = bytes[...]
    var offset = 0
    while !rest.isEmpty {
      let line = rest.prefix(16)
      rest = rest.dropFirst(16)
      var hex = ""
      for (index, byte) in line.enumerated() { hex += [byte].hex + (index == 7 ? "  " : " ") }
      hex += String(repeating: " ", count: max(0, 50 - hex.count))
      let ascii = String(line.map { $0 >= 0x20 && $0 < 0x7F ? Character(Unicode.Scalar($0)) : "·" })
      let digits = String(offset, radix: 16)
      lines.append(String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "  " + hex + ascii)
      offset += 16
    }
    return lines.joined(separator: "\n")
  }
}
