import Bytes

/// The lines of files that list keys, without white space before them, empty ones and comments.
enum KeyFileLines {
  static func forEach(
    _ bytes: [UInt8], byteLimit: Int, lineLimit: Int,
    _ body: (ArraySlice<UInt8>, Int) throws(DecodeError) -> Void
  ) throws(DecodeError) {
    guard bytes.count <= byteLimit else {
      throw DecodeError(.overLimit, "file", offset: 0, expected: "\(byteLimit) bytes", found: "\(bytes.count)")
    }
    var rest = bytes[...]
    var number = 0
    while !rest.isEmpty {
      number += 1
      guard number <= lineLimit else {
        throw DecodeError(.overLimit, "lines", offset: rest.startIndex, expected: "\(lineLimit)")
      }
      let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
      var line = rest[..<end]
      rest = rest[end...].dropFirst()
      if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
      line = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      try body(line, number)
    }
  }
}
