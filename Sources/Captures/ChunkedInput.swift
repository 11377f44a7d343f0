import Bytes

/// A window over a byte source: the next bytes lie together in memory, whatever the size of the reads.
///
/// Each read makes a new array that begins with what was left over, so that a hashing thread can hold on to the old one.
struct ChunkedInput {
  private let source: any ByteSource
  private let chunkSize: Int
  let hash: (any ContentHash)?
  private(set) var buffer: [UInt8] = []
  private(set) var position = 0
  /// Bytes of the source before `buffer`.
  private var base: UInt64 = 0
  private(set) var isAtEnd = false

  init(_ source: any ByteSource, chunkSize: Int, hash: (any ContentHash)?) {
    self.source = source
    self.chunkSize = max(1, chunkSize)
    self.hash = hash
  }

  /// Bytes of the source before the window.
  var offset: UInt64 { base + UInt64(position) }
  /// Bytes in the window.
  var available: Int { buffer.count - position }
  /// Bytes read from the source.
  var bytesRead: UInt64 { base + UInt64(buffer.count) }

  /// Makes the window hold at least `count` bytes, if the source has them.
  ///
  /// - Returns: whether it does.
  mutating func require(_ count: Int) throws(InputError) -> Bool {
    while available < count {
      guard try fill(atLeast: count) else { return false }
    }
    return true
  }

  mutating func advance(_ count: Int) { position = min(buffer.count, position + count) }

  /// Reads on. False at the end of the source.
  private mutating func fill(atLeast count: Int) throws(InputError) -> Bool {
    guard !isAtEnd else { return false }
    let rest = available
    var next = [UInt8](repeating: 0, count: max(rest + chunkSize, count))
    if rest > 0 { next.replaceSubrange(0..<rest, with: buffer[position...]) }
    let got = try source.read(into: &next, at: rest, count: next.count - rest)
    if got == 0 {
      isAtEnd = true
      return false
    }
    if rest + got < next.count { next.removeSubrange((rest + got)...) }
    base += UInt64(position)
    buffer = next
    position = 0
    hash?.update(next, rest..<next.count)
    return true
  }

  /// Reads the rest of the source, so that its digest covers everything.
  mutating func drain() throws(InputError) {
    position = buffer.count
    while try fill(atLeast: 1) { position = buffer.count }
  }
}
