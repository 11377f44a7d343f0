import Bytes

/// The bytes of one source as a window that always holds a whole record.
///
/// Bytes are read in chunks, and each chunk is hashed as it is. A record within a chunk is looked at in place; one that
/// straddles chunks is gathered in `carry`, each of its bytes copied once.
struct ChunkInput {
  /// Chunks in turn, when someone else may still hold the last ones (a hash on another thread).
  static let ringCount = 8
  /// Carry beyond this is given back once it was used.
  static let carryKept = 1 << 20

  private var source: (any ByteSource)?
  private var hash: (any ContentHash)?
  private var chunk: [UInt8]
  private var position = 0
  private var end = 0
  private var carry: [UInt8] = []
  private var carryPosition = 0
  private var ring: [[UInt8]]
  private var ringPosition = 0
  private let chunkByteCount: Int
  /// Bytes read from the source.
  private(set) var fetchedCount: UInt64 = 0
  /// Why the source ended early.
  private(set) var failure: InputError?

  /// Reads `source`; `hash` takes all its bytes, and holds on to chunks if it `sharesChunks`.
  init(_ source: any ByteSource, hash: (any ContentHash)?, chunkByteCount: Int, sharesChunks: Bool = false) {
    self.source = source
    self.hash = hash
    self.chunkByteCount = max(1, chunkByteCount)
    chunk = []
    ring = sharesChunks ? Array(repeating: [], count: ChunkInput.ringCount - 1) : []
  }

  /// No bytes.
  init() {
    source = nil
    hash = nil
    chunkByteCount = 1
    chunk = []
    ring = []
  }

  /// Bytes from the start of the source to the window.
  var offset: UInt64 { fetchedCount - UInt64((end - position) + (carry.count - carryPosition)) }

  /// What stands ready, from the first byte not consumed: at least as much as was last asked for, unless the source ended.
  var window: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      if carry.isEmpty { return chunk.span.extracting(position..<end) }
      return carry.span.extracting(carryPosition..<carry.count)
    }
  }

  /// Makes the window hold `count` bytes; false when the source has fewer left, which then are all in the window.
  @inline(__always)
  mutating func require(_ count: Int) -> Bool {
    if carry.isEmpty && count <= end &- position { return true }
    return gather(count)
  }

  /// Moves on by `count` bytes that the window holds.
  @inline(__always)
  mutating func consume(_ count: Int) {
    if carry.isEmpty {
      position = min(end, position &+ count)
    } else {
      consumeCarry(count)
    }
  }

  @inline(never)
  private mutating func consumeCarry(_ count: Int) {
    carryPosition = min(carry.count, carryPosition + count)
    guard carryPosition == carry.count else { return }
    carry.removeAll(keepingCapacity: carry.capacity <= ChunkInput.carryKept)
    carryPosition = 0
  }

  @inline(never)
  private mutating func gather(_ count: Int) -> Bool {
    if carry.isEmpty {
      if position == end, !refill() { return false }
      if end - position >= count { return true }
      carry += chunk[position..<end]
      position = end
    } else if carry.count - carryPosition < count, carryPosition > 0 {
      carry.removeSubrange(0..<carryPosition)
      carryPosition = 0
    }
    while carry.count - carryPosition < count {
      if position == end, !refill() { return false }
      let taken = min(count - (carry.count - carryPosition), end - position)
      carry += chunk[position..<(position + taken)]
      position += taken
    }
    return true
  }

  /// Reads the next chunk in place of the one that is used up.
  private mutating func refill() -> Bool {
    guard let source else { return false }
    if !ring.isEmpty {
      swap(&chunk, &ring[ringPosition])
      ringPosition = (ringPosition + 1) % ring.count
    }
    if chunk.isEmpty { chunk = [UInt8](repeating: 0, count: chunkByteCount) }
    (position, end) = (0, 0)
    do {
      var space = chunk.mutableSpan
      end = try source.read(into: &space)
    } catch {
      failure = error
    }
    guard end > 0 else {
      self.source = nil
      return false
    }
    fetchedCount += UInt64(end)
    hash?.update(chunk, 0..<end)
    return true
  }

  /// The digest of all bytes read, once.
  mutating func finishHash() -> Digest? {
    defer { hash = nil }
    return hash?.finish()
  }

  /// Reads what is left, for the hash alone.
  mutating func drain() {
    carry.removeAll()
    carryPosition = 0
    repeat { position = end } while refill()
    ring = []
    chunk = []
    (position, end) = (0, 0)
  }
}
