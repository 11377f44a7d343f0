import Bytes

/// A message of protocol buffers without its description ("Encoding" of the Protocol Buffers documentation): which of its
/// bytes are texts, and which are tags, lengths and numbers that a star would break.
struct MessageFields {
  private static let depthLimit = 32

  private let bytes: [UInt8]
  /// The contents of texts and bytes.
  private var leaves: [Range<Int>] = []
  private var isMessage = false

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    isMessage = read(0..<bytes.count, depth: 0)
    if !isMessage { leaves = [0..<bytes.count] }
  }

  /// With a star in the place of each byte of a value: of what stands in each text, and of what is found in the message as it
  /// lies there, as far as that is text.
  func covered(_ mask: inout DataMask) -> [UInt8] {
    var out = bytes
    if isMessage {
      for leaf in leaves {
        let shown = mask.covered(Array(bytes[leaf]))
        out.replaceSubrange(leaf, with: shown)
      }
    }
    let whole = mask.covered(out)
    guard isMessage, whole != out else { return whole }
    var clipped = out
    for leaf in leaves { clipped.replaceSubrange(leaf, with: whole[leaf]) }
    // Where tags and numbers look like a value, they go too.
    return mask.uncounted { $0.covered(clipped) } == clipped ? clipped : whole
  }

  // MARK: Fields

  /// Whether fields fill the range; it finds texts in it.
  private mutating func read(_ range: Range<Int>, depth: Int) -> Bool {
    let found = leaves.count
    var index = range.lowerBound
    while index < range.upperBound {
      guard let tag = number(&index, range.upperBound), tag >> 3 != 0 else { return fail(found) }
      switch tag & 7 {
      case 0: guard number(&index, range.upperBound) != nil else { return fail(found) }
      case 1: index += 8
      case 5: index += 4
      case 2:
        guard let count = number(&index, range.upperBound).flatMap({ Int(exactly: $0) }),
          count <= range.upperBound - index
        else { return fail(found) }
        let content = index..<(index + count)
        index += count
        if isText(content) || depth >= Self.depthLimit || !read(content, depth: depth + 1) { leaves.append(content) }
      default: return fail(found)
      }
      guard index <= range.upperBound else { return fail(found) }
    }
    return true
  }

  private mutating func fail(_ found: Int) -> Bool {
    leaves.removeLast(leaves.count - found)
    return false
  }

  /// A number of up to ten bytes, seven bits in each.
  private func number(_ index: inout Int, _ end: Int) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while index < end, shift < 64 {
      let byte = bytes[index]
      index += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }

  /// Whether content is shown as text; a message begins with a tag, often one below the letters.
  private func isText(_ range: Range<Int>) -> Bool {
    guard let first = range.first.map({ bytes[$0] }), first >= 0x20 else { return false }
    for index in range where bytes[index] < 0x20 && ![0x09, 0x0A, 0x0D].contains(bytes[index]) { return false }
    return bytes[range].span.isUTF8
  }
}
