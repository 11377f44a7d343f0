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
  private static let filterBits = 12

  /// By their first eight bytes.
  private var secrets: [UInt64: [[UInt8]]] = [:]
  private var count = 0
  /// Whether any secret's first eight bytes have that hash.
  private var filter: [Bool] = []

  var isEmpty: Bool { count == 0 }

  mutating func add(_ secret: [UInt8]) {
    guard secret.count >= SecretSweep.shortest, count < SecretSweep.countLimit else { return }
    if filter.isEmpty { filter = [Bool](repeating: false, count: 1 << SecretSweep.filterBits) }
    let window = secret.prefix(SecretSweep.shortest).reduce(0) { $0 << 8 | UInt64($1) }
    secrets[window, default: []].append(secret)
    filter[SecretSweep.slot(window)] = true
    count += 1
  }

  /// Where secrets stand, in order, apart from each other.
  func ranges(in bytes: [UInt8]) -> [Range<Int>] {
    guard count > 0, bytes.count >= SecretSweep.shortest else { return [] }
    var found: [Range<Int>] = []
    var window: UInt64 = 0
    var filled = 0
    var index = 0
    while index < bytes.count {
      window = window << 8 | UInt64(bytes[index])
      index += 1
      filled += 1
      guard filled >= SecretSweep.shortest, filter[SecretSweep.slot(window)], let candidates = secrets[window] else {
        continue
      }
      let start = index - SecretSweep.shortest
      guard let length = SecretSweep.longestMatch(candidates, in: bytes, at: start) else { continue }
      found.append(start..<(start + length))
      index = start + length
      filled = 0
    }
    return found
  }

  private static func longestMatch(_ candidates: [[UInt8]], in bytes: [UInt8], at start: Int) -> Int? {
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

  private static func slot(_ window: UInt64) -> Int {
    Int(truncatingIfNeeded: (window &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - filterBits))
  }
}
