/// One pass over bytes: it walks from word to word, and looks closer only where something may stand.
///
/// A byte is looked up once in a table. What is made of letters only is left at once unless it begins like a key; digits, words
/// with digits and a few marks are candidates. Each candidate is bounded by a named limit, and what was found or walked
/// through is not walked again, so that the work is proportional to the bytes whatever they are.
struct DetectorScan {
  /// What the name of the column says, for all values of it.
  let base: NameHints
  private(set) var found = Detections()

  /// What is before these belongs to something that was looked at.
  var mailEnd = 0
  var hexEnd = 0
  var runEnd = 0
  /// Where hints were read last, and what they were.
  private var hintsStart = -1
  private var hintsThere: NameHints = []

  private let catalog = KeyCatalog.shared

  init(hints: NameHints) { base = hints }

  mutating func add(_ kind: DataKind, _ range: Range<Int>, isCertain: Bool) {
    found.add(Detection(kind: kind, range: range, isCertain: isCertain))
  }

  mutating func add(_ detection: Detection) { found.add(detection) }

  /// What the column and the words before a value say.
  mutating func hints(_ bytes: Span<UInt8>, before start: Int) -> NameHints {
    if hintsStart != start {
      hintsThere = base.union(NearbyNames.hints(bytes, before: start))
      hintsStart = start
    }
    return hintsThere
  }

  mutating func run(_ bytes: Span<UInt8>) {
    if base.contains(.password), wholePassword(bytes) { return }
    let table = ByteClass.table
    let catalog = catalog
    let beginnings = catalog.beginnings.span
    let count = bytes.count
    var index = 0
    while index < count {
      let first = bytes[index]
      var mask = table[Int(first)]
      if mask & ByteClass.word == 0 {
        index = mask == 0 ? index + 1 : mark(bytes, index, first)
        continue
      }
      let start = index
      index += 1
      while index < count {
        let next = table[Int(bytes[index])]
        if next & ByteClass.word == 0 { break }
        mask |= next
        index += 1
      }
      let length = index - start
      if mask == ByteClass.digit {
        index = number(bytes, start, index)
        continue
      }
      if length < 2 { continue }
      let code = KeyCatalog.code(first, bytes[start + 1], bytes.peek(start + 2))
      if beginnings[code >> 6] >> UInt64(code & 63) & 1 == 1, let key = key(bytes, start) {
        add(key)
        index = max(index, key.range.upperBound)
        continue
      }
      if mask & ByteClass.digit != 0 {
        if length > 3 { index = mixed(bytes, start, index, mask) }
      } else if length >= RandomText.pieceLength {
        if mask & ByteClass.anyUpper != 0, mask & ByteClass.anyLower != 0 { random(bytes, start..<index, mask) }
      } else if length == 2, mask & ByteClass.anyLower == 0, bytes.peek(index) == 0x20 {
        if let range = NationalInsuranceNumber.spaced(bytes, at: start), !isJoined(bytes, start) {
          add(.gbNINO, range, isCertain: true)
          index = range.upperBound
        }
      }
    }
  }

  /// Whether a word goes on from something before it, as the parts of a UUID do.
  @inline(__always)
  func isJoined(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
    switch bytes.peek(start - 1) {
    case 0x2D: ByteClass.isAlphanumeric(bytes.peek(start - 2))
    case 0x2E, 0x2F: ByteClass.isDigit(bytes.peek(start - 2))
    default: false
    }
  }

  /// Whether what ends at `end` does not go on.
  @inline(__always)
  func isEnded(_ bytes: Span<UInt8>, _ end: Int) -> Bool {
    let next = bytes.peek(end)
    if ByteClass.isWord(next) { return false }
    return DigitGroups.separator(next) < 2 || !ByteClass.isAlphanumeric(bytes.peek(end + 1))
  }

  private func key(_ bytes: Span<UInt8>, _ start: Int) -> Detection? {
    switch bytes.peek(start - 1) {
    case 0x2D, 0x2E: ByteClass.isWord(bytes.peek(start - 2)) ? nil : catalog.find(bytes, at: start)
    default: catalog.find(bytes, at: start)
    }
  }

  /// A value of a column of passwords is one, whatever it is.
  private mutating func wholePassword(_ bytes: Span<UInt8>) -> Bool {
    guard (1...512).contains(bytes.count), !Placeholder.isOne(bytes, 0..<bytes.count) else { return false }
    if let range = PasswordHash.find(bytes, at: 0), range.count == bytes.count {
      add(.passwordHash, range, isCertain: true)
    } else {
      add(.columnPassword, 0..<bytes.count, isCertain: true)
    }
    return true
  }
}
