/// Moves each run of changed lines to where it reads best: a run may slide as long as the line that it loses on one side
/// is the one that it gains on the other.
struct GroupPlacement {
  /// A run of changed lines, or the place between two lines.
  private struct Group {
    var start = 0
    var end = 0
  }

  /// The shape of the text around a place where a run begins or ends.
  private struct Split {
    var isEnd = false
    /// Of the line behind the place; -1 for a blank one.
    var indent = -1
    var blankBefore = 0
    var indentBefore = -1
    var blankAfter = 0
    var indentAfter = -1
  }

  private struct Score {
    var indent = 0
    var penalty = 0

    /// A smaller indent outweighs everything but large penalties.
    func isNoWorse(than other: Score) -> Bool {
      60 * (indent - other.indent).signum() + penalty - other.penalty <= 0
    }
  }

  private static let maximumIndent = 200
  private static let maximumBlanks = 20
  private static let maximumSlide = 100
  private static let maximumRounds = 256

  static func place(_ side: inout LineTable.Side, _ other: inout LineTable.Side) {
    var group = first(side)
    var partner = first(other)
    while true {
      if group.end > group.start { place(&side, &group, other, &partner) }
      guard next(side, &group), next(other, &partner) else { return }
    }
  }

  private static func place(
    _ side: inout LineTable.Side, _ group: inout Group, _ other: LineTable.Side, _ partner: inout Group
  ) {
    var size: Int
    var earliestEnd: Int
    var matchingEnd: Int?
    var rounds = 0
    repeat {
      rounds += 1
      size = group.end - group.start
      matchingEnd = nil
      while slideUp(&side, &group) { guard previous(other, &partner) else { return } }
      earliestEnd = group.end
      if partner.end > partner.start { matchingEnd = group.end }
      while slideDown(&side, &group) {
        guard next(other, &partner) else { return }
        if partner.end > partner.start { matchingEnd = group.end }
      }
      // Each round swallows another run; text that repeats itself could make that as many as there are lines.
    } while size != group.end - group.start && rounds < maximumRounds

    guard group.end != earliestEnd else { return }
    if matchingEnd != nil {
      // Beside a change on the other side, the two are one replacement.
      while partner.end == partner.start {
        guard slideUp(&side, &group), previous(other, &partner) else { return }
      }
      return
    }
    var best: (shift: Int, score: Score)?
    let lowest = max(earliestEnd, group.end - size - 1, group.end - maximumSlide)
    for shift in lowest...group.end {
      var score = Score()
      add(measure(side, shift), to: &score)
      add(measure(side, shift - size), to: &score)
      if best.map({ score.isNoWorse(than: $0.score) }) ?? true { best = (shift, score) }
    }
    while let best, group.end > best.shift {
      guard slideUp(&side, &group), previous(other, &partner) else { return }
    }
  }

  // MARK: Groups

  private static func isChanged(_ side: LineTable.Side, _ index: Int) -> Bool {
    index >= 0 && index < side.count && side.isChanged[index]
  }

  private static func first(_ side: LineTable.Side) -> Group {
    var group = Group()
    while isChanged(side, group.end) { group.end += 1 }
    return group
  }

  private static func next(_ side: LineTable.Side, _ group: inout Group) -> Bool {
    guard group.end < side.count else { return false }
    group.start = group.end + 1
    group.end = group.start
    while isChanged(side, group.end) { group.end += 1 }
    return true
  }

  private static func previous(_ side: LineTable.Side, _ group: inout Group) -> Bool {
    guard group.start > 0 else { return false }
    group.end = group.start - 1
    group.start = group.end
    while isChanged(side, group.start - 1) { group.start -= 1 }
    return true
  }

  private static func slideDown(_ side: inout LineTable.Side, _ group: inout Group) -> Bool {
    guard group.end < side.count, side.classes[group.start] == side.classes[group.end] else { return false }
    side.isChanged[group.start] = false
    side.isChanged[group.end] = true
    group.start += 1
    group.end += 1
    while isChanged(side, group.end) { group.end += 1 }
    return true
  }

  private static func slideUp(_ side: inout LineTable.Side, _ group: inout Group) -> Bool {
    guard group.start > 0, side.classes[group.start - 1] == side.classes[group.end - 1] else { return false }
    group.start -= 1
    group.end -= 1
    side.isChanged[group.start] = true
    side.isChanged[group.end] = false
    while isChanged(side, group.start - 1) { group.start -= 1 }
    return true
  }

  // MARK: What reads well

  private static func indent(_ side: LineTable.Side, _ index: Int) -> Int {
    var width = 0
    for byte in side.bytes[side.starts[index]..<side.starts[index + 1]] {
      switch byte {
      case 0x20: width += 1
      case 0x09: width += 8 - width % 8
      case 0x0a...0x0d: break
      default: return width
      }
      if width >= maximumIndent { return maximumIndent }
    }
    return -1
  }

  private static func measure(_ side: LineTable.Side, _ split: Int) -> Split {
    var measured = Split(isEnd: split >= side.count)
    if !measured.isEnd { measured.indent = indent(side, split) }
    var index = split - 1
    while index >= 0 {
      measured.indentBefore = indent(side, index)
      if measured.indentBefore != -1 { break }
      measured.blankBefore += 1
      if measured.blankBefore == maximumBlanks {
        measured.indentBefore = 0
        break
      }
      index -= 1
    }
    index = split + 1
    while index < side.count {
      measured.indentAfter = indent(side, index)
      if measured.indentAfter != -1 { break }
      measured.blankAfter += 1
      if measured.blankAfter == maximumBlanks {
        measured.indentAfter = 0
        break
      }
      index += 1
    }
    return measured
  }

  private static func add(_ split: Split, to score: inout Score) {
    if split.indentBefore == -1, split.blankBefore == 0 { score.penalty += 1 }
    if split.isEnd { score.penalty += 21 }
    let blankAfter = split.indent == -1 ? 1 + split.blankAfter : 0
    let blanks = split.blankBefore + blankAfter
    score.penalty += 6 * blankAfter - 30 * blanks
    let indent = split.indent != -1 ? split.indent : split.indentAfter
    score.indent += indent
    guard indent != -1, split.indentBefore != -1, indent != split.indentBefore else { return }
    if indent > split.indentBefore {
      score.penalty += blanks != 0 ? 10 : -4
    } else if split.indentAfter != -1, split.indentAfter > indent {
      // The beginning of something else.
      score.penalty += blanks != 0 ? 17 : 24
    } else {
      score.penalty += blanks != 0 ? 17 : 23
    }
  }
}
