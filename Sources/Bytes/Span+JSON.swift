extension Span where Element == UInt8 {
  /// The text of a JSON string (RFC 8259 §7) without its quotation marks, which these bytes are: escapes resolved; half of a
  /// surrogate pair, and what is no UTF-8, become U+FFFD.
  ///
  /// It has the first `byteCount` bytes of the text, if there are so many, and perhaps some more; its last character may be
  /// half of one then.
  public func unescapedJSON(atLeast byteCount: Int) -> String {
    // Four bytes more than are asked for, so that whoever cuts finds where the last character begins.
    let (sum, overflow) = byteCount.addingReportingOverflow(4)
    let enough = overflow ? Int.max : sum
    let plain = extracting(first: enough)
    guard let first = plain.firstIndex(of: 0x5C) else { return plain.string }
    // No escape is shorter than the character that it stands for, but a damaged `\u`: two bytes become three.
    let capacity = Swift.min(count + count / 2, enough) + 4
    return unsafe String(unsafeUninitializedCapacity: capacity) { out in
      unsafe withUnsafeBufferPointer { unsafe JSONUnescaping($0, out).run(from: first, until: enough) }
    }
  }
}

/// Resolves the escapes of a JSON string from one place in memory to another.
@safe private struct JSONUnescaping: ~Copyable {
  private let source: UnsafeBufferPointer<UInt8>
  private let target: UnsafeMutableBufferPointer<UInt8>
  private let room: Int
  private var written = 0

  init(_ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<UInt8>) {
    unsafe self.source = unsafe source
    unsafe self.target = unsafe target
    room = target.count
  }

  /// Writes the text until it has so many bytes; gives how many it has. `first`: where the first backslash is.
  consuming func run(from first: Int, until limit: Int) -> Int {
    let bytes = unsafe source.span
    var position = 0
    var escape: Int? = first
    while position < bytes.count, written < limit {
      // What stands before the next escape goes over as it is.
      let end = escape ?? bytes.count
      let run = Swift.min(end - position, limit - written)
      copy(position, run)
      position += run
      guard position == escape, written < limit else { break }
      position = resolve(bytes, at: position)
      // Escapes come in crowds: a look at the next byte is cheaper than a search.
      escape = position < bytes.count && bytes[position] == 0x5C ? position : bytes.firstIndex(of: 0x5C, from: position)
    }
    return written
  }

  private mutating func copy(_ start: Int, _ count: Int) {
    let given = unsafe source.count
    precondition(start >= 0 && count >= 0 && start + count <= given && written + count <= room)
    guard count > 0, let from = unsafe source.baseAddress, let to = unsafe target.baseAddress else { return }
    unsafe (to + written).update(from: from + start, count: count)
    written += count
  }

  private mutating func append(_ byte: UInt8) {
    precondition(written < room)
    unsafe target[written] = byte
    written += 1
  }

  private mutating func append(_ scalar: Unicode.Scalar) { for byte in String(scalar).utf8 { append(byte) } }

  /// Writes what the escape at `start` stands for; gives the offset after it.
  private mutating func resolve(_ bytes: Span<UInt8>, at start: Int) -> Int {
    guard start + 1 < bytes.count else {
      append(0x5C)
      return bytes.count
    }
    let byte = bytes[start + 1]
    switch byte {
    case 0x6E: append(0x0A)
    case 0x72: append(0x0D)
    case 0x74: append(0x09)
    case 0x62: append(0x08)
    case 0x66: append(0x0C)
    case 0x75: return resolveUnit(bytes, at: start)
    default: append(byte)
    }
    return start + 2
  }

  /// `\uXXXX`, or two of them that are a surrogate pair.
  private mutating func resolveUnit(_ bytes: Span<UInt8>, at start: Int) -> Int {
    guard let unit = Self.hex(bytes, at: start + 2) else {
      append("\u{FFFD}" as Unicode.Scalar)
      return start + 2
    }
    if unit & 0xFC00 == 0xD800, start + 7 < bytes.count, bytes[start + 6] == 0x5C, bytes[start + 7] == 0x75,
      let low = Self.hex(bytes, at: start + 8), low & 0xFC00 == 0xDC00,
      let scalar = Unicode.Scalar(0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF)))
    {
      append(scalar)
      return start + 12
    }
    append(Unicode.Scalar(unit) ?? "\u{FFFD}")
    return start + 6
  }

  private static func hex(_ bytes: Span<UInt8>, at start: Int) -> UInt32? {
    guard start + 4 <= bytes.count else { return nil }
    var value: UInt32 = 0
    for index in start..<(start + 4) {
      switch bytes[index] {
      case let digit where (0x30...0x39).contains(digit): value = value << 4 | UInt32(digit - 0x30)
      case let digit where (0x61...0x66).contains(digit | 0x20): value = value << 4 | UInt32((digit | 0x20) - 0x57)
      default: return nil
      }
    }
    return value
  }
}
