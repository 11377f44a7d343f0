import Bytes

/// Stretches of time, each with a word about it, that are asked which of them holds a moment.
struct Stretches: Sendable {
  private var all: [(from: Int64, through: Int64, word: String)] = []
  /// The latest end up to each place.
  private var ends: [Int64] = []

  init(_ stretches: [(from: Int64, through: Int64, word: String)]) {
    // Those of one word that touch are one, so that a search looks at few.
    for (word, group) in Dictionary(grouping: stretches, by: \.word).sorted(by: { $0.key < $1.key }) {
      var open: (from: Int64, through: Int64)?
      for stretch in group.sorted(by: { ($0.from, $0.through) < ($1.from, $1.through) }) {
        if let before = open, stretch.from <= before.through {
          open = (before.from, max(before.through, stretch.through))
        } else {
          if let before = open { all.append((before.from, before.through, word)) }
          open = (stretch.from, stretch.through)
        }
      }
      if let before = open { all.append((before.from, before.through, word)) }
    }
    all.sort { ($0.from, $0.through, $0.word) < ($1.from, $1.through, $1.word) }
    var last = Int64.min
    for stretch in all {
      last = max(last, stretch.through)
      ends.append(last)
    }
  }

  /// The word of a stretch that holds the moment, or comes as near as `tolerance`.
  func word(at time: Int64, within tolerance: Int64) -> String? {
    let latest = time.addingClamped(tolerance)
    let earliest = time.subtractingClamped(tolerance)
    // The last that begins early enough; those before it may reach further.
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      if all[middle].from <= latest { low = middle + 1 } else { high = middle }
    }
    var place = low - 1
    while place >= 0, ends[place] >= earliest {
      if all[place].through >= earliest { return all[place].word }
      place -= 1
    }
    return nil
  }
}
