import Bytes

/// `text/csv` whose first line names the columns, line by line, as `DataMask.csv` masks the whole.
struct CSVContent: BodyContent {
  /// Bytes of one line, with the line ends in its values.
  static let lineLimit = 4 << 20

  private var line: [UInt8] = []
  private var isQuoted = false
  private var places: [ColumnPlace]?
  private let form = CopyForm(isCSV: true)

  mutating func receive(
    _ piece: Span<UInt8>, _ mask: inout DataMask, into out: inout [UInt8]
  ) throws(BodyMaskFailure) {
    var start = 0
    for index in piece.indices {
      switch piece[index] {
      case form.quote: isQuoted.toggle()
      case 0x0A where !isQuoted:
        try keep(piece.extracting(start..<index))
        give(&mask, &out)
        out.append(0x0A)
        start = index + 1
      default: break
      }
    }
    try keep(piece.extracting(start..<piece.count))
  }

  mutating func finish(_ mask: inout DataMask, into out: inout [UInt8]) throws(BodyMaskFailure) { give(&mask, &out) }

  private mutating func keep(_ part: Span<UInt8>) throws(BodyMaskFailure) {
    guard line.count + part.count <= Self.lineLimit else {
      throw BodyMaskFailure(.large, "a line of CSV is longer than \(Self.lineLimit >> 20) MiB")
    }
    line.append(contentsOf: part)
  }

  private mutating func give(_ mask: inout DataMask, _ out: inout [UInt8]) {
    defer { line.removeAll(keepingCapacity: line.capacity < 1 << 16) }
    guard let places else {
      places = DataMask.places(ofHead: names())
      out += line
      return
    }
    out += mask.csv(line, form, places: places)
  }

  private func names() -> [String] {
    var names: [String] = []
    var index = 0
    while index <= line.count {
      let field = CSVField(line, from: index, form)
      names.append(String(decoding: field.value, as: UTF8.self))
      index = field.end + 1
    }
    return names
  }
}
