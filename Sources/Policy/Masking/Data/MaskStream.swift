import Bytes

/// Masks a text that comes in pieces: what it gives does not depend on where the pieces begin and end.
///
/// It holds back `valueLimit` bytes, in which a value may still go on: what must be seen as it comes (a terminal, events) is
/// masked message by message instead.
public struct MaskStream: Sendable {
  /// Bytes of the longest value, a signed token with two parts of 64 KiB.
  static let valueLimit = 136 << 10
  /// Bytes that are looked at together.
  static let blockSize = 4 * valueLimit
  /// Bytes before a value that may tell what it is.
  static let contextLength = 256

  private let valueLimit: Int
  private let blockSize: Int
  private var mask: DataMask
  private var held: [UInt8] = []
  /// Bytes at the beginning of `held` that were given out already and are only read.
  private var given = 0

  public init(_ mask: DataMask) {
    self.init(mask, valueLimit: MaskStream.valueLimit, blockSize: MaskStream.blockSize)
  }

  init(_ mask: DataMask, valueLimit: Int, blockSize: Int) {
    (self.mask, self.valueLimit, self.blockSize) = (mask, valueLimit, blockSize)
  }

  /// What was masked since this was asked last.
  public mutating func takeTally() -> MaskTally { mask.takeTally() }

  /// Adds a piece; gives what may be shown by now.
  public mutating func receive(_ piece: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    var rest = piece[...]
    while !rest.isEmpty {
      let part = rest.prefix(blockSize - held.count)
      held += part
      rest = rest.dropFirst(part.count)
      if held.count == blockSize { release(isEnd: false, into: &out) }
    }
    return out
  }

  /// The end of the text: what was held back.
  public mutating func finish() -> [UInt8] {
    var out: [UInt8] = []
    release(isEnd: true, into: &out)
    (held, given) = ([], 0)
    return out
  }

  /// Gives what is before the last places in which a value may go on.
  private mutating func release(isEnd: Bool, into out: inout [UInt8]) {
    let claims = mask.claims(held).filter { $0.detection.range.upperBound > given }
    let end = isEnd ? held.count : self.end(claims)
    var position = given
    for claim in claims where claim.detection.range.upperBound <= end {
      let range = claim.detection.range
      if range.lowerBound < position {
        // It begins in what was given: without that it was none, and the rest of it is not shown.
        if mask.plan.rules[claim.rule].action != .keep {
          mask.fail("stream")
          out += MaskedForm.mark(claim.detection.dataClass)
          position = max(position, range.upperBound)
        }
        continue
      }
      out += held[position..<range.lowerBound]
      if mask.plan.rules[claim.rule].action == .keep { out += held[range] }
      for edit in mask.edits(held, [claim]) { out += edit.bytes }
      position = range.upperBound
    }
    if end > position { out += held[position..<end] }
    let last = max(end, position)
    let keep = max(0, last - MaskStream.contextLength)
    held.removeFirst(keep)
    given = last - keep
  }
  /// Where what can be given out ends: not within a value, and behind a blank if there is one near.
  private func end(_ claims: [DataMask.Claim]) -> Int {
    var end = held.count - valueLimit
    for claim in claims where claim.detection.range.contains(end) { end = claim.detection.range.lowerBound }
    let floor = max(given, end - MaskStream.contextLength / 2)
    var cut = end
    while cut > floor, held[cut - 1] > 0x20 { cut -= 1 }
    if cut > floor, !claims.contains(where: { $0.detection.range.contains(cut) }) { end = cut }
    if end > given { return end }
    // A value that takes all that is held is given out whole.
    return claims.first { $0.detection.range.upperBound > given }?.detection.range.upperBound ?? held.count
  }
}
