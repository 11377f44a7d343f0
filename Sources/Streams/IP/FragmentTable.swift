import Bytes
import Model

/// Puts IP fragments together: any order, duplicates, overlaps (the first version stands), in bounded memory.
struct FragmentTable {
  struct Key: Hashable {
    var from: IPAddress
    var to: IPAddress
    var id: UInt32
    var number: UInt8
  }

  /// The largest datagram (RFC 791 §3.1: a 16-bit total length).
  static let datagramLimit = 65_535

  fileprivate struct Partial {
    var bytes: [UInt8] = []
    /// Ranges that are there, in order, apart from each other.
    var present: [Range<Int>] = []
    var total: Int?
    /// What the first fragment says that follows (IPv6: the fragment header's next header).
    var number: UInt8?
    var since: Timestamp
  }

  private let limits: StreamLimits
  private var partials: [Key: Partial] = [:]
  private var heldBytes = 0

  init(limits: StreamLimits) { self.limits = limits }

  /// Adds a fragment.
  ///
  /// - Returns: the datagram's payload once it is whole.
  mutating func add(
    _ key: Key, number: UInt8, offset: Int, hasMore: Bool, _ payload: Span<UInt8>, at time: Timestamp
  ) -> (number: UInt8, bytes: [UInt8])? {
    let end = offset + payload.count
    guard end <= FragmentTable.datagramLimit else { return nil }
    if partials.count >= limits.datagrams || heldBytes > limits.datagramBytes { expire(at: time) }
    var partial = partials.removeValue(forKey: key) ?? Partial(since: time)
    heldBytes -= partial.bytes.count
    if time.nanoseconds(since: partial.since) > limits.datagramNanoseconds { partial = Partial(since: time) }
    if offset == 0 { partial.number = number }
    if !hasMore { partial.total = partial.total ?? end }
    if partial.bytes.count < end {
      partial.bytes.append(contentsOf: [UInt8](repeating: 0, count: end - partial.bytes.count))
    }
    partial.fill(offset..<end, payload)
    if let total = partial.total, partial.present == [0..<total] {
      return (partial.number ?? number, Array(partial.bytes.prefix(total)))
    }
    heldBytes += partial.bytes.count
    partials[key] = partial
    return nil
  }

  /// Lets go of what is too old, or of everything when that is not enough.
  private mutating func expire(at time: Timestamp) {
    partials = partials.filter { time.nanoseconds(since: $0.value.since) <= limits.datagramNanoseconds }
    if partials.count >= limits.datagrams || heldBytes > limits.datagramBytes { partials = [:] }
    heldBytes = partials.values.reduce(0) { $0 + $1.bytes.count }
  }
}

extension FragmentTable.Partial {
  /// Copies what is new of a fragment; bytes that are there already stay.
  fileprivate mutating func fill(_ range: Range<Int>, _ payload: Span<UInt8>) {
    var position = range.lowerBound
    var merged: [Range<Int>] = []
    for there in present {
      if there.upperBound < range.lowerBound || there.lowerBound > range.upperBound { continue }
      if position < there.lowerBound { copy(position..<min(there.lowerBound, range.upperBound), range, payload) }
      position = max(position, there.upperBound)
    }
    if position < range.upperBound { copy(position..<range.upperBound, range, payload) }
    var joined = range
    for there in present {
      if there.upperBound < joined.lowerBound || there.lowerBound > joined.upperBound {
        merged.append(there)
      } else {
        joined = min(joined.lowerBound, there.lowerBound)..<max(joined.upperBound, there.upperBound)
      }
    }
    merged.append(joined)
    present = merged.sorted { $0.lowerBound < $1.lowerBound }
  }

  private mutating func copy(_ part: Range<Int>, _ range: Range<Int>, _ payload: Span<UInt8>) {
    let source = payload.extracting((part.lowerBound - range.lowerBound)..<(part.upperBound - range.lowerBound))
    bytes.replaceSubrange(part, with: source.array)
  }
}
