/// One pass over bytes: it walks from word to word, and looks closer only where something may stand.
///
/// A byte is looked up once in a table, and so are the last three, with which keys begin. Letters are nothing; digits, the words
/// that they stand in, and a few marks are candidates. Each candidate is bounded by a named limit, and what was found or walked
/// through is not walked again, so that the work is proportional to the bytes whatever they are.
struct DetectorScan {
  /// What the name of the column says, for all values of it.
  let base: NameHints
  private(set) var found: Detections

  /// What is before these belongs to something that was looked at.
  var mailEnd = 0
  var hexEnd = 0
  var runEnd = 0
  /// Where hints were read last, and what they were.
  private var hintsStart = -1
  private var hintsThere: NameHints = []

  let catalog = KeyCatalog.shared

  /// A scan that keeps `limit` detections.
  init(hints: NameHints, limit: Int = Detections.limit) { (base, found) = (hints, Detections(limit: limit)) }

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
    let classes = ByteClass.table
    let table = classes.span
    let catalog = catalog
    let beginnings = catalog.beginnings.span
    let count = bytes.count
    // The last three bytes, and what was looked at.
    var code = 0
    var floor = 0
    var index = 0
    while index < count {
      let byte = bytes[index]
      let isTelling = table[Int(byte)] & (ByteClass.digit | ByteClass.mark)
      code = (code << 5 | Int(byte & 31)) & (KeyCatalog.codes - 1)
      let isBeginning = beginnings[code >> 6] >> UInt64(code & 63) & 1
      if UInt64(isTelling) | isBeginning == 0 {
        index += 1
        continue
      }
      if isBeginning != 0, index - 2 >= floor, let key = key(bytes, index - 2, floor) {
        add(key)
        index = max(index + 1, key.range.upperBound)
        floor = index
      } else if isTelling == ByteClass.digit {
        index = digit(bytes, index, floor: floor, table)
        floor = index
      } else if isTelling != 0 {
        index = mark(bytes, index, byte)
        floor = index
      } else {
        index += 1
        continue
      }
      code = 0
    }
  }

  /// The word around a digit, and where reading goes on.
  private mutating func digit(_ bytes: Span<UInt8>, _ index: Int, floor: Int, _ table: Span<UInt8>) -> Int {
    var (start, end) = (index, index + 1)
    var mask = ByteClass.digit
    while start > floor {
      let before = table[Int(bytes[start - 1])]
      if before & ByteClass.word == 0 { break }
      mask |= before
      start -= 1
    }
    while end < bytes.count {
      let next = table[Int(bytes[end])]
      if next & ByteClass.word == 0 { break }
      mask |= next
      end += 1
    }
    if mask == ByteClass.digit { return number(bytes, start, end) }
    return end - start > 3 ? mixed(bytes, start, end, mask) : end
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

  /// A key that begins a word; what is before `floor` belongs to something else, as the letter of `\n` does.
  @inline(never)
  private func key(_ bytes: Span<UInt8>, _ start: Int, _ floor: Int) -> Detection? {
    if start > floor {
      switch bytes.peek(start - 1) {
      case 0x2D, 0x2E: if ByteClass.isWord(bytes.peek(start - 2)) { return nil }
      case let byte: if ByteClass.isWord(byte) { return nil }
      }
    }
    return catalog.find(bytes, at: start)
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
