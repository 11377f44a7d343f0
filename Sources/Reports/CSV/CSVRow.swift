/// One record of CSV (RFC 4180), safe to open in a spreadsheet.
struct CSVRow {
  private(set) var bytes: [UInt8] = []
  private var isFirst = true

  /// Bytes of one cell; spreadsheets refuse or cut cells beyond 32,767 characters.
  static let cellLimit = 30_000

  /// Captured text: control characters are marked, a formula is disarmed by an apostrophe before it.
  mutating func text(_ text: String?) {
    separate()
    guard let text, !text.isEmpty else { return }
    // What a spreadsheet looks at is the first character of the cell, as it was and as it becomes.
    let isArmed = text.unicodeScalars.first.map(Self.isArmed) ?? false
    let excerpt = Excerpt(VisibleText.marked(text), limit: Self.cellLimit)
    bytes.append(UInt8(ascii: "\""))
    if isArmed { bytes.append(UInt8(ascii: "'")) }
    for byte in excerpt.text.utf8 {
      if byte == UInt8(ascii: "\"") { bytes.append(byte) }
      bytes.append(byte)
    }
    if excerpt.isCut { bytes.append(contentsOf: "… (\(Figures.count(text.utf8.count)) bytes in all)".utf8) }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Several, with a semicolon between.
  mutating func text(list: some Sequence<String>) { text(list.joined(separator: "; ")) }

  mutating func number(_ number: (some BinaryInteger)?) {
    separate()
    if let number { bytes.append(contentsOf: String(number).utf8) }
  }

  mutating func number(_ number: Double?) {
    separate()
    if let number, number.isFinite { bytes.append(contentsOf: "\(number)".utf8) }
  }

  mutating func truth(_ isTrue: Bool?) {
    separate()
    if let isTrue { bytes.append(contentsOf: (isTrue ? "1" : "0").utf8) }
  }

  mutating func end() {
    bytes.append(contentsOf: [0x0D, 0x0A])
    isFirst = true
  }

  mutating func take() -> [UInt8] {
    defer { bytes.removeAll(keepingCapacity: true) }
    return bytes
  }

  private mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
  }

  /// Whether a cell that begins so may be taken for a formula; the wide forms are those of East Asian input.
  private static func isArmed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
    default: false
    }
  }
}
