/// The last words of a name: told apart at underscores, points, blanks and changes of case, and between letters and digits.
struct NameWords {
  /// How many are kept.
  static let limit = 8

  /// Of each word, how many bytes from the beginning it starts and ends; of nine and more, those before are written over.
  private var starts = SIMD8<UInt8>(repeating: 0)
  private var ends = SIMD8<UInt8>(repeating: 0)
  private var total = 0
  private let base: Int

  var count: Int { min(total, NameWords.limit) }
  private var first: Int { total - count }

  /// `range`: of 255 bytes at most; what is behind is not read.
  init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    base = max(0, range.lowerBound)
    var index = base
    let stop = min(bytes.count, range.upperBound, base + 255)
    while index < stop {
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
      starts[total & 7] = UInt8(truncatingIfNeeded: start - base)
      ends[total & 7] = UInt8(truncatingIfNeeded: index - base)
      total += 1
    }
  }

  /// The hash of a word together with those before it, whose hash is `hash`.
  func hash(_ bytes: Span<UInt8>, _ place: Int, after hash: UInt64 = NameVocabulary.start) -> UInt64 {
    let slot = (first + place) & 7
    var hash = hash
    for index in (base + Int(starts[slot]))..<(base + max(Int(starts[slot]), Int(ends[slot]))) {
      hash = NameVocabulary.step(hash, bytes.peek(index))
    }
    return hash
  }

  enum Kind { case none, lower, upper, digit }

  static func kind(_ byte: UInt8) -> Kind {
    switch byte {
    case 0x61...0x7A, 0x80...0xFF: .lower
    case 0x41...0x5A: .upper
    case 0x30...0x39: .digit
    default: .none
    }
  }
}
