/// The words of a name: at underscores, points, blanks and changes of case, and between letters and digits.
struct NameWords {
  private static let capacity = 24

  private var starts = InlineArray<24, Int>(repeating: 0)
  private var ends = InlineArray<24, Int>(repeating: 0)
  private var first = 0
  private var total = 0

  var count: Int { total - first }

  init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    var index = max(0, range.lowerBound)
    let stop = min(bytes.count, range.upperBound)
    while index < stop, total < NameWords.capacity {
      let kind = NameWords.kind(bytes[index])
      guard kind != .none else {
        index += 1
        continue
      }
      let start = index
      index += 1
      var last = kind
      while index < stop {
        let next = NameWords.kind(bytes[index])
        if next == last {
          index += 1
        } else if last == .upper, next == .lower {
          // `Card`, or the end of `SSNValue`: then the last capital begins the next word.
          if index - start > 1 {
            index -= 1
            break
          }
          last = .lower
          index += 1
        } else {
          break
        }
      }
      (starts[total], ends[total]) = (start, index)
      total += 1
    }
  }

  mutating func keepLast(_ limit: Int) { first = max(0, total - limit) }

  /// The hash of some words together, without what is between them.
  func hash(_ bytes: Span<UInt8>, from place: Int, count words: Int) -> UInt64? {
    guard place >= 0, words > 0, first + place + words <= total else { return nil }
    var hash = NameVocabulary.start
    for word in (first + place)..<(first + place + words) {
      for index in starts[word]..<ends[word] { hash = NameVocabulary.step(hash, bytes.peek(index)) }
    }
    return hash
  }

  private enum Kind { case none, lower, upper, digit }

  private static func kind(_ byte: UInt8) -> Kind {
    switch byte {
    case 0x61...0x7A, 0x80...0xFF: .lower
    case 0x41...0x5A: .upper
    case 0x30...0x39: .digit
    default: .none
    }
  }
}
