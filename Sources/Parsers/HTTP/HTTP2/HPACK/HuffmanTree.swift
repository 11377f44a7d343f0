import Bytes

/// The Huffman code of HPACK (RFC 7541, Appendix B) as a state machine that takes four bits a step.
///
/// The code is canonical: codes of one length are consecutive in the order of their symbols, and longer ones follow
/// shorter ones. So the lengths say all, and the machine is built from them.
struct HuffmanTree: Sendable {
  /// Bits of the code of each octet, and last of EOS.
  static let lengths: [UInt8] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7,
    7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21,
    23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24,
    21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
  ]

  /// EOS, which no encoder may send (§5.2).
  static let endOfString = 256

  /// The code of each symbol, in its low bits.
  static var codes: [UInt32] {
    let order = lengths.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    var codes = [UInt32](repeating: 0, count: lengths.count)
    var code: UInt32 = 0
    var length = lengths[order[0]]
    for symbol in order {
      code <<= UInt32(lengths[symbol] - length)
      length = lengths[symbol]
      codes[symbol] = code
      code += 1
    }
    return codes
  }

  static let shared = HuffmanTree()

  /// What four bits do in a state: 16 entries a state.
  ///
  ///     31    18  17     16       15       8 7        0
  ///     +------+------+--------+-----------+----------+
  ///     |      | fail | symbol | next state | the octet |
  private let steps: [UInt32]
  /// Whether a string may end in the state: what came after the last symbol is fewer than 8 bits, all ones (§5.2).
  private let mayEnd: [Bool]

  private static let fails: UInt32 = 1 << 17
  private static let gives: UInt32 = 1 << 16

  private init() {
    // Inner nodes are numbered from 0 (the root); a leaf is 512 + symbol. 257 leaves make 256 inner nodes.
    var children: [(zero: Int, one: Int)] = [(0, 0)]
    var depth = [0]
    var isOnes = [true]
    for (symbol, code) in Self.codes.enumerated() {
      let length = Int(Self.lengths[symbol])
      var node = 0
      for bit in stride(from: length - 1, through: 0, by: -1) {
        let isOne = code >> UInt32(bit) & 1 == 1
        if bit == 0 {
          if isOne { children[node].one = 512 + symbol } else { children[node].zero = 512 + symbol }
          continue
        }
        var next = isOne ? children[node].one : children[node].zero
        if next == 0 {
          next = children.count
          children.append((0, 0))
          depth.append(depth[node] + 1)
          isOnes.append(isOnes[node] && isOne)
          if isOne { children[node].one = next } else { children[node].zero = next }
        }
        node = next
      }
    }
    var steps = [UInt32](repeating: 0, count: children.count * 16)
    for state in children.indices {
      for bits in 0..<16 {
        var node = state
        var entry: UInt32 = 0
        for bit in stride(from: 3, through: 0, by: -1) {
          let next = bits >> bit & 1 == 1 ? children[node].one : children[node].zero
          if next == 512 + Self.endOfString { entry |= Self.fails }
          if next >= 512 {
            // The shortest code has five bits, so four bits end one symbol at most.
            entry |= Self.gives | UInt32(next - 512) & 0xFF
            node = 0
          } else {
            node = next
          }
        }
        steps[state * 16 + bits] = entry | UInt32(node) << 8
      }
    }
    self.steps = steps
    mayEnd = children.indices.map { isOnes[$0] && depth[$0] < 8 }
  }

  /// Adds the octets that `coded` stands for to `octets`.
  ///
  /// - Throws: `DecodeError` when EOS is sent or the padding is not what §5.2 demands.
  func decode(_ coded: Span<UInt8>, into octets: inout [UInt8]) throws(DecodeError) {
    octets.reserveCapacity(octets.count + coded.count * 8 / 5)
    let steps = self.steps.span
    var state = 0
    for index in coded.indices {
      let byte = Int(coded[index])
      let high = steps[state << 4 | byte >> 4]
      if high & Self.gives != 0 { octets.append(UInt8(truncatingIfNeeded: high)) }
      let low = steps[Int(high >> 8 & 0xFF) << 4 | byte & 15]
      if low & Self.gives != 0 { octets.append(UInt8(truncatingIfNeeded: low)) }
      state = Int(low >> 8 & 0xFF)
      guard (high | low) & Self.fails == 0 else {
        throw DecodeError(.outOfRange, "Huffman-coded string", offset: index, found: "EOS")
      }
    }
    guard mayEnd[state] else {
      throw DecodeError(.mismatch, "Huffman padding", offset: coded.count, expected: "fewer than 8 bits, all ones")
    }
  }
}
