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
    guard plain.firstIndex(of: 0x5C) != nil else { return plain.string }
    // No escape is shorter than the character that it stands for, but a damaged `\u`: two bytes become three.
    let capacity = Swift.min(count + count / 2, enough) + 4
    return unsafe String(unsafeUninitializedCapacity: capacity) { out in
      unsafe withUnsafeBufferPointer { source in
        unsafe JSONUnescaping.meanings.withUnsafeBufferPointer { meanings in
          unsafe JSONUnescaping(source, out, meanings).run(until: enough)
        }
      }
    }
  }
}

/// Resolves the escapes of a JSON string from one place in memory to another, eight bytes at a time between them.
@safe private struct JSONUnescaping: ~Copyable {
  private let source: UnsafeRawBufferPointer
  private let target: UnsafeMutableRawBufferPointer
  private let room: Int
  private let meanings: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var written = 0

  /// What each byte behind a backslash stands for; itself, but for those of controls.
  static let meanings: [UInt8] = {
    var meanings = [UInt8](0...255)
    for (letter, control) in zip("bfnrt".utf8, [0x08, 0x0C, 0x0A, 0x0D, 0x09] as [UInt8]) {
      meanings[Int(letter)] = control
    }
    return meanings
  }()

  init(
    _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<UInt8>,
    _ meanings: UnsafeBufferPointer<UInt8>
  ) {
    unsafe self.meanings = meanings
    unsafe self.source = UnsafeRawBufferPointer(source)
    unsafe self.target = UnsafeMutableRawBufferPointer(target)
    room = target.count
  }

  /// Writes the text until it has so many bytes; gives how many it has.
  consuming func run(until limit: Int) -> Int {
    let count = unsafe source.count
    let bound = Swift.min(limit, room)
    while position < count, written < limit {
      // A word goes over as it is, and what comes behind its first backslash is written over.
      while position + 8 <= count, written + 8 <= bound {
        let word = unsafe source.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        unsafe target.storeBytes(of: word, toByteOffset: written, as: UInt64.self)
        let backslashes = Self.backslashes(in: UInt64(littleEndian: word))
        let run = backslashes.trailingZeroBitCount >> 3
        position += run
        written += run
        if backslashes != 0 { resolve() }
      }
      guard position < count, written < limit else { break }
      let byte = unsafe source[position]
      if byte == 0x5C {
        resolve()
      } else {
        append(byte)
        position += 1
      }
    }
    return written
  }

  /// The highest bit of the first byte that is a backslash, and perhaps of bytes behind it; 0 where none is.
  private static func backslashes(in word: UInt64) -> UInt64 {
    let zeros = word ^ 0x5C5C_5C5C_5C5C_5C5C
    return (zeros &- 0x0101_0101_0101_0101) & ~zeros & 0x8080_8080_8080_8080
  }

  private mutating func append(_ byte: UInt8) {
    precondition(written < room)
    unsafe target[written] = byte
    written += 1
  }

  private mutating func append(_ scalar: Unicode.Scalar) { for byte in String(scalar).utf8 { append(byte) } }

  /// Writes what the escape at `position` stands for, and goes behind it.
  private mutating func resolve() {
    guard position + 1 < (unsafe source.count) else {
      append(0x5C)
      position += 1
      return
    }
    let byte = unsafe source[position + 1]
    if byte == 0x75 { return resolveUnit() }
    // Looked up, not switched on: which escape comes next cannot be foreseen, and a wrong guess costs more than the rest.
    append(unsafe meanings[Int(byte)])
    position += 2
  }

  /// `\uXXXX`, or two of them that are a surrogate pair.
  private mutating func resolveUnit() {
    guard let unit = hex(at: position + 2) else {
      append("\u{FFFD}" as Unicode.Scalar)
      position += 2
      return
    }
    if unit & 0xFC00 == 0xD800, position + 7 < (unsafe source.count), (unsafe source[position + 6]) == 0x5C,
      (unsafe source[position + 7]) == 0x75, let low = hex(at: position + 8), low & 0xFC00 == 0xDC00,
      let scalar = Unicode.Scalar(0x10000 + ((unit & 0x3FF) << 10 | (low & 0x3FF)))
    {
      append(scalar)
      position += 12
    } else {
      append(Unicode.Scalar(unit) ?? "\u{FFFD}")
      position += 6
    }
  }

  private func hex(at start: Int) -> UInt32? {
    guard start + 4 <= (unsafe source.count) else { return nil }
    var value: UInt32 = 0
    for index in start..<(start + 4) {
      switch unsafe source[index] {
      case let digit where (0x30...0x39).contains(digit): value = value << 4 | UInt32(digit - 0x30)
      case let digit where (0x61...0x66).contains(digit | 0x20): value = value << 4 | UInt32((digit | 0x20) - 0x57)
      default: return nil
      }
    }
    return value
  }
}
