import Bytes

/// A text that comes bit by bit, in members of the same name of one event after the other.
struct GrowingText: Sendable {
  /// What becomes of a piece of the text.
  struct Change {
    /// The number of its line, and which of its pieces.
    var line: Int
    var piece: Int
    /// The place is one in the piece.
    var edit: DataMask.Edit
  }

  private struct Piece {
    var line: Int
    var piece: Int
    /// Its place in the whole text.
    var range: Range<Int>
  }

  private var window = TextWindow()
  /// The place of the window's first byte in the whole text.
  private var start = 0
  /// Those that were not judged up to their end, in order.
  private var pieces: [Piece] = []

  /// Bytes in all.
  var end: Int { start + window.bytes.count }
  /// Bytes that were judged.
  var judgedCount: Int { start + window.given }

  mutating func append(_ text: [UInt8], line: Int, piece: Int) {
    let from = end
    window.append(text.span)
    pieces.append(Piece(line: line, piece: piece, range: from..<end))
  }

  /// What comes behind the text.
  enum Outlook { case more, pause, end }

  /// Looks at the text as far as it can be judged. What is found in one piece alone is found there by itself.
  mutating func judge(_ outlook: Outlook, _ mask: inout DataMask) -> [Change] {
    let judged: TextWindow.Judgement
    if outlook == .end {
      judged = window.whole(by: mask)
    } else if let found = outlook == .pause ? window.paused(by: mask) : window.judged(by: mask) {
      judged = found
    } else if outlook == .pause {
      return []
    } else if window.openCount > MaskStream.blockSize {
      judged = window.forced(by: mask, holding: MaskStream.valueLimit)
    } else {
      return []
    }
    var changes: [Change] = []
    var from = 0
    for claim in judged.claims where mask.plan.rules[claim.rule].action != .keep {
      let range = claim.detection.range
      let isCut = range.lowerBound < window.given
      let open = (max(range.lowerBound, window.given) + start)..<(range.upperBound + start)
      while from < pieces.count, pieces[from].range.upperBound <= open.lowerBound { from += 1 }
      var number = from
      var parts: [Change] = []
      while number < pieces.count, pieces[number].range.lowerBound < open.upperBound {
        let piece = pieces[number]
        let part = piece.range.clamped(to: open)
        let place = (part.lowerBound - piece.range.lowerBound)..<(part.upperBound - piece.range.lowerBound)
        parts.append(Change(line: piece.line, piece: piece.piece, edit: DataMask.Edit(range: place, bytes: [])))
        number += 1
      }
      guard isCut || parts.count > 1, !parts.isEmpty else { continue }
      if isCut {
        // It begins in what was given: the rest of it is not shown.
        mask.fail("stream")
        parts[0].edit.bytes = MaskedForm.mark(claim.detection.dataClass)
      } else {
        parts[0].edit.bytes = mask.edits(window.bytes, [claim]).first?.bytes ?? []
      }
      changes += parts
    }
    start += window.give(to: judged.end, isBreak: judged.isBreak)
    let done = pieces.prefix { $0.range.upperBound <= judgedCount }.count
    pieces.removeFirst(done)
    return changes
  }
}
