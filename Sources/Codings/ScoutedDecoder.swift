import Bytes

/// Makes what comes out of a decoder independent of how the content was cut, also when it is damaged.
///
/// The libraries of brotli and zstd decode ahead: at damage, what they had not yet given is lost, and how much that is
/// depends on the pieces. A byte at a time nothing is lost, but that costs many times as much. So a second decoder goes
/// ahead and what it makes is dropped: a piece that it gets through is then decoded whole, one that it does not is decoded
/// byte by byte up to the damage.
final class ScoutedDecoder<Base: ContentDecoder>: ContentDecoder {
  /// Nil once the content expands so far that going over it twice costs more than its bytes one by one.
  private var scout: Base?
  private let base: Base

  init(_ makeDecoder: () -> Base) {
    scout = makeDecoder()
    base = makeDecoder()
  }

  var isComplete: Bool { base.isComplete }

  func decode(_ input: Span<UInt8>, _ sink: (Span<UInt8>) -> Bool) -> Bool {
    if let scout {
      var outputCount = 0
      let isSound = scout.decode(input) { output in
        outputCount += output.count
        return outputCount <= ContentLimits.scoutedLength
      }
      if isSound { return base.decode(input, sink) }
      self.scout = nil
    }
    for index in input.indices {
      guard base.decode(input.extracting(index..<(index + 1)), sink) else { return false }
    }
    return true
  }
}
