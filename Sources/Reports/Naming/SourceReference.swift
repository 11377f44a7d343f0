import Model

/// The path of a source or another file as a relative URI (RFC 3986 §4.2): whatever the path says, it names a file and
/// nothing else.
enum SourceReference {
  static func of(_ source: Source) -> String { of(path: source.path.isEmpty ? source.id : source.path) }

  static func of(path: String) -> String {
    var bytes: [UInt8] = []
    // Two slashes would begin the name of a host.
    if path.hasPrefix("//") { bytes.append(contentsOf: "/.".utf8) }
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"), UInt8(ascii: "!"):
        bytes.append(byte)
      default:
        bytes.append(contentsOf: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
