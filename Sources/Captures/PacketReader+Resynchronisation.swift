import Bytes

extension PacketReader {
  /// Records or blocks in a row that make a place believable.
  static let chainLength = 3
  /// Damaged places passed over in one source.
  static let resynchronisationLimit = 256
  /// Bytes searched after one damaged place.
  static let searchLimit: UInt64 = 64 << 20
  /// Bytes looked at together; the second must hold a chain of the longest usual records.
  private static let searchWindows = [64 << 10, 2 << 20]

  /// Moves the input to the next place that begins a believable chain; false, with nothing believable ahead.
  ///
  /// With `isNear` it looks at one window only, and does not move when nothing is found in it.
  mutating func resynchronise(isNear: Bool = false) -> Bool {
    guard resynchronisations < PacketReader.resynchronisationLimit else { return false }
    let start = input.offset
    for size in PacketReader.searchWindows {
      if search(size, from: start, onlyOnce: size != PacketReader.searchWindows.last) {
        resynchronisations += 1
        return true
      }
      if isNear { return false }
    }
    return false
  }

  /// Looks through windows of `size` bytes, each but the last to its half.
  private mutating func search(_ size: Int, from start: UInt64, onlyOnce: Bool) -> Bool {
    while input.offset - start < PacketReader.searchLimit {
      let isAtEnd = !input.require(size)
      let count = isAtEnd || onlyOnce ? input.window.count : size / 2
      // The place itself is known to be bad.
      let first = input.offset == start ? 1 : 0
      if let position = firstBelievable(from: first, to: count, isAtEnd: isAtEnd) {
        input.consume(position)
        return true
      }
      if onlyOnce { return false }
      input.consume(count)
      if isAtEnd { return false }
    }
    return false
  }

  private func firstBelievable(from start: Int, to end: Int, isAtEnd: Bool) -> Int? {
    let window = input.window
    var position = start
    while position < end {
      if isBelievable(window, at: position, isAtEnd: isAtEnd) { return position }
      position += 1
    }
    return nil
  }

  private func isBelievable(_ window: Span<UInt8>, at position: Int, isAtEnd: Bool) -> Bool {
    switch format {
    case .pcap: pcap.map { isRecordChain(window, at: position, isAtEnd: isAtEnd, of: $0) } ?? false
    case .pcapng: isBlockChain(window, at: position, isAtEnd: isAtEnd)
    case .undetermined, .ended: false
    }
  }
}
