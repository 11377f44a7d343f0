import Bytes

/// The extensions of a hello, in order; a later one of the same type is kept in the order only.
struct HelloExtensions: Sendable {
  private(set) var types: [UInt16] = []
  private var bodies: [UInt16: [UInt8]] = [:]

  init(parsing reader: inout ByteReader) throws(DecodeError) {
    guard !reader.isAtEnd else { return }
    var list = try reader.slice(Int(reader.readUInt16("extensions length")), "extensions")
    while !list.isAtEnd {
      let type = try list.readUInt16("extension type")
      let body = try list.read(Int(list.readUInt16("extension length")), "extension").array
      types.append(type)
      if bodies[type] == nil { bodies[type] = body }
    }
  }

  init() {}

  func has(_ type: UInt16) -> Bool { bodies[type] != nil }
  subscript(_ type: UInt16) -> [UInt8]? { bodies[type] }

  /// RFC 6066 §3.
  var serverName: String? {
    guard let body = bodies[0], body.count > 5, body[2] == 0 else { return nil }
    let count = Int(body[3]) << 8 | Int(body[4])
    guard body.count >= 5 + count else { return nil }
    return String(decoding: body[5..<(5 + count)], as: UTF8.self)
  }

  /// RFC 7301 §3.1; the server names one.
  var protocols: [[UInt8]] {
    guard let body = bodies[16] else { return [] }
    var out: [[UInt8]] = []
    var rest = body.dropFirst(2)
    while let count = rest.first, rest.count > Int(count) {
      out.append(Array(rest.dropFirst().prefix(Int(count))))
      rest = rest.dropFirst(1 + Int(count))
    }
    return out
  }

  /// The 16-bit numbers of a list with a length of `lengthBytes` bytes before it.
  func numbers(_ type: UInt16, lengthBytes: Int) -> [UInt16] {
    guard let body = bodies[type] else { return [] }
    let list = Array(body.dropFirst(lengthBytes))
    return stride(from: 0, to: list.count - 1, by: 2).map { UInt16(list[$0]) << 8 | UInt16(list[$0 + 1]) }
  }
}
