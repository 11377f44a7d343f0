/// Secrets that are known by now, looked for in everything else: in one pass, however many there are.
struct SecretSweep {
  /// Shorter ones are words that stand anywhere.
  static let shortest = 8
  /// Secrets that are looked for, at most.
  static let countLimit = 4096
  /// As many bytes as this tell a secret; what follows is hidden for as long as it is the same. Bounds the work of a
  /// text that repeats the beginning of a secret.
  private static let tellingLength = 32
  /// When more begin alike, their beginning tells.
  private static let likenessLimit = 4
  /// Four bytes are looked at of every five: whatever is as long as the shortest secret holds such a place.
  private static let sample = 4
  private static let step = shortest - sample + 1
  private static let filterBits = 18

  /// By their first eight bytes.
  private var secrets: [UInt64: [[UInt8]]] = [:]
  private var count = 0
  /// A bit for each hash of four bytes in a row among the first eight of a secret.
  private var filter: [UInt64] = []

  var isEmpty: Bool { count == 0 }

  mutating func add(_ secret: [UInt8]) {
    guard secret.count >= SecretSweep.shortest, count < SecretSweep.countLimit else { return }
    if filter.isEmpty { filter = [UInt64](repeating: 0, count: 1 << (SecretSweep.filterBits - 6)) }
    secrets[SecretSweep.window(secret.span, 0), default: []].append(secret)
    for offset in 0..<SecretSweep.step {
      let slot = SecretSweep.slot(secret.span, offset)
      filter[slot >> 6] |= 1 << UInt64(slot & 63)
    }
    count += 1
  }

  /// Where secrets stand, in order, apart from each other.
  func ranges(in bytes: [UInt8]) -> [Range<Int>] {
    guard count > 0, bytes.count >= SecretSweep.shortest else { return [] }
    let (text, filter) = (bytes.span, filter.span)
    var found: [Range<Int>] = []
    var free = 0
    var index = 0
    while index <= text.count - SecretSweep.sample {
      let slot = SecretSweep.slot(text, index)
      if filter[slot >> 6] >> UInt64(slot & 63) & 1 == 1,
        let range = secret(in: text, from: max(free, index - SecretSweep.step + 1), through: index)
      {
        found.append(range)
        free = range.upperBound
        index = free
      } else {
        index += SecretSweep.step
      }
    }
    return found
  }

  /// The first secret that begins from one place through another.
  private func secret(in bytes: Span<UInt8>, from first: Int, through last: Int) -> Range<Int>? {
    var start = first
    while start <= last, start <= bytes.count - SecretSweep.shortest {
      if let candidates = secrets[SecretSweep.window(bytes, start)],
        let length = SecretSweep.longestMatch(candidates, in: bytes, at: start)
      {
        return start..<(start + length)
      }
      start += 1
    }
    return nil
  }

  private static func longestMatch(_ candidates: [[UInt8]], in bytes: Span<UInt8>, at start: Int) -> Int? {
    let needed = candidates.count > likenessLimit ? shortest : tellingLength
    var longest: Int?
    for secret in candidates {
      let limit = min(secret.count, bytes.count - start)
      var length = shortest
      while length < limit, bytes[start + length] == secret[length] { length += 1 }
      if length >= min(secret.count, needed) { longest = max(longest ?? 0, length) }
    }
    return longest
  }

  private static func window(_ bytes: Span<UInt8>, _ start: Int) -> UInt64 {
    var value: UInt64 = 0
    for offset in 0..<shortest { value = value << 8 | UInt64(bytes[start + offset]) }
    return value
  }

  @inline(__always)
  private static func slot(_ bytes: Span<UInt8>, _ start: Int) -> Int {
    let low = UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8
    let high = UInt32(bytes[start + 2]) | UInt32(bytes[start + 3]) << 8
    return Int(((low | high << 16) &* 0x9E37_79B1) >> UInt32(32 - filterBits))
  }
}
