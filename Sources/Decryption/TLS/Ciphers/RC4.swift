/// The stream cipher of old suites, which libcrypto no longer offers by default. Records depend on all before them.
struct RC4: Sendable {
  private var state: [UInt8]
  private var i: UInt8 = 0
  private var j: UInt8 = 0

  init?(key: [UInt8]) {
    guard !key.isEmpty else { return nil }
    state = (0...255).map { UInt8($0) }
    var j: UInt8 = 0
    for i in 0..<256 {
      j = j &+ state[i] &+ key[i % key.count]
      state.swapAt(i, Int(j))
    }
  }

  mutating func apply(_ bytes: Span<UInt8>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for index in bytes.indices {
      i = i &+ 1
      j = j &+ state[Int(i)]
      state.swapAt(Int(i), Int(j))
      out.append(bytes[index] ^ state[Int(state[Int(i)] &+ state[Int(j)])])
    }
    return out
  }
}
