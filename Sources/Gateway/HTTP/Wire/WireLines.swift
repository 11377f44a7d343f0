import NIOCore

/// Lines of a head or trailer section, read as narrowly as the grammar allows: what is refused here nobody behind the gateway
/// can read in another way.
enum WireLines {
  /// "a server … SHOULD ignore at least one empty line" before a request line (RFC 9112 §2.2), also where it comes in two pieces.
  static func skipEmpty(_ bytes: inout ByteBuffer, scanned: inout Int) {
    while bytes.getInteger(at: bytes.readerIndex, as: UInt16.self) == 0x0D0A {
      bytes.moveReaderIndex(forwardBy: 2)
      scanned = 0
    }
  }

  /// Octets before the end of a head: the empty line after it counts.
  ///
  /// `scanned`: bytes that were looked at before.
  /// `endsAtLF`: a line may end without CR, which a server may do and a client may not.
  /// - Returns: bytes of the head with its empty line; nil when it is not all there.
  static func headLength(_ bytes: ByteBufferView, scanned: inout Int, endsAtLF: Bool) -> Int? {
    var index = bytes.startIndex + max(0, scanned - 3)
    while let end = bytes[index...].firstIndex(of: 0x0A) {
      let next = bytes.index(after: end)
      guard next < bytes.endIndex else { break }
      if bytes[next] == 0x0A, endsAtLF { return next - bytes.startIndex + 1 }
      if bytes[next] == 0x0D {
        let last = bytes.index(after: next)
        guard last < bytes.endIndex else { break }
        if bytes[last] == 0x0A { return last - bytes.startIndex + 1 }
      }
      index = next
    }
    scanned = bytes.count
    return nil
  }

  /// The lines without their ends, the empty one left out.
  static func lines(_ head: ByteBufferView, endsAtLF: Bool) throws(HTTPFault) -> [ByteBufferView] {
    var lines: [ByteBufferView] = []
    var rest = head
    while let end = rest.firstIndex(of: 0x0A) {
      var line = rest[rest.startIndex..<end]
      rest = rest[rest.index(after: end)...]
      if line.last == 0x0D {
        line = line.dropLast()
      } else if !endsAtLF {
        throw .malformed("a line ends without CR")
      }
      if line.isEmpty { break }
      for byte in line where byte < 0x20 && byte != 0x09 || byte == 0x7F {
        throw .malformed("a control character stands in the head")
      }
      lines.append(line)
    }
    return lines
  }

  /// Reads field lines.
  static func fields(_ lines: some Sequence<ByteBufferView>) throws(HTTPFault) -> [WireField] {
    var fields: [WireField] = []
    for line in lines {
      guard let first = line.first, !isBlank(first) else {
        throw .malformed("a field is folded over several lines, or begins with white space")
      }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .malformed("a field line has no colon") }
      let name = line[line.startIndex..<colon]
      guard !name.isEmpty, name.allSatisfy(isToken) else {
        throw .malformed("a field's name is no token, or white space stands before its colon")
      }
      var value = line[line.index(after: colon)...]
      while let blank = value.first, isBlank(blank) { value = value.dropFirst() }
      while let blank = value.last, isBlank(blank) { value = value.dropLast() }
      fields.append(WireField(String(decoding: name, as: UTF8.self), Array(value)))
    }
    return fields
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  /// `tchar` (RFC 9110 §5.6.2).
  static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
  }

  /// Digits alone, at most 18 of them: more no body has.
  static func number(_ text: String) -> UInt64? {
    guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return UInt64(text)
  }
}

/// Bounds on one message's head.
struct HTTPHeadLimits: Sendable, Hashable {
  /// Bytes of a head, and of a trailer section.
  var byteCount = 64 << 10
  /// Fields of it.
  var fieldCount = 200
}
