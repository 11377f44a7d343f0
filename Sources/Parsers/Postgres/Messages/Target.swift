import Bytes

/// Describe and Close: what they are about.
enum TargetMessage {
  case statement(String)
  case portal(String)

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    let kind = try reader.readUInt8("kind")
    let name = try reader.readCString("name").string
    switch kind {
    case UInt8(ascii: "S"): self = .statement(name)
    case UInt8(ascii: "P"): self = .portal(name)
    default: throw DecodeError(.mismatch, "kind", offset: 0, expected: "'S' or 'P'", found: kind.letter)
    }
  }
}
