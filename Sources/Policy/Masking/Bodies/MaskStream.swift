import Bytes

/// Masks a text that comes in pieces, as `DataMask.plainText` masks the whole of it: what it gives does not depend on where
/// the pieces begin and end.
///
/// It gives what stands before the last `TextBreak`. Where there is none it holds back `valueLimit` bytes, in which a value may
/// still go on.
struct MaskStream: Sendable {
  /// Bytes of the longest value, a signed token with two parts of 64 KiB.
  static let valueLimit = 136 << 10
  /// Bytes that are held at most.
  static let blockSize = 4 * valueLimit

  private let valueLimit: Int
  private let blockSize: Int
  /// Each byte of a value becomes a star, whatever its rule says, so that lengths hold.
  private let isCovering: Bool
  private var window: TextWindow

  init(isCovering: Bool = false, valueLimit: Int = MaskStream.valueLimit, blockSize: Int = MaskStream.blockSize) {
    (self.isCovering, self.valueLimit, self.blockSize) = (isCovering, valueLimit, blockSize)
    window = Self.window(blockSize)
  }

  /// Adds a piece; gives what may be shown by now.
  mutating func receive(_ piece: Span<UInt8>, _ mask: inout DataMask, into out: inout [UInt8]) {
    var index = 0
    while index < piece.count {
      let count = min(piece.count - index, blockSize - window.bytes.count)
      window.append(piece.extracting(index..<(index + count)))
      index += count
      if let judged = window.judged(by: mask) { give(judged, &mask, &out) }
      if window.bytes.count >= blockSize { give(window.forced(by: mask, holding: valueLimit), &mask, &out) }
    }
  }

  /// Nothing came for a while: gives what is held, if no value can have begun in it.
  mutating func settle(_ mask: inout DataMask, into out: inout [UInt8]) {
    if let judged = window.paused(by: mask) { give(judged, &mask, &out) }
  }

  /// The end of the text: what was held back.
  mutating func finish(_ mask: inout DataMask, into out: inout [UInt8]) {
    give(window.whole(by: mask), &mask, &out)
    window = Self.window(blockSize)
  }

  private static func window(_ blockSize: Int) -> TextWindow {
    TextWindow(contextLimit: min(TextWindow.contextLimit, blockSize / 4))
  }

  private mutating func give(_ judged: TextWindow.Judgement, _ mask: inout DataMask, _ out: inout [UInt8]) {
    let bytes = window.bytes
    var position = window.given
    for claim in judged.claims {
      let range = claim.detection.range
      let action = mask.plan.rules[claim.rule].action
      if range.lowerBound < position {
        // It begins in what was given: without that it was none, and the rest of it is not shown.
        if action != .keep {
          mask.fail("stream")
          out +=
            isCovering
            ? [UInt8](repeating: UInt8(ascii: "*"), count: max(0, range.upperBound - position))
            : MaskedForm.mark(claim.detection.dataClass)
          position = max(position, range.upperBound)
        }
        continue
      }
      out += bytes[position..<range.lowerBound]
      if action == .keep {
        out += bytes[range]
      } else if isCovering {
        mask.count(claim)
        out += [UInt8](repeating: UInt8(ascii: "*"), count: range.count)
      } else {
        for edit in mask.edits(bytes, [claim]) { out += edit.bytes }
      }
      position = range.upperBound
    }
    if judged.end > position { out += bytes[position..<judged.end] }
    _ = window.give(to: max(judged.end, position), isBreak: judged.isBreak && position <= judged.end)
  }
}
