import Bytes
import Model

/// Counts the sensitive values of what a server returned.
struct ReturnedData: Sendable {
  /// Bytes of returned data that are looked through in one case; beyond, what follows is not.
  static let byteLimit = 1 << 30

  private(set) var count = DataCount()
  /// What exactly was found by its shape.
  private(set) var kinds: Set<DataKind> = []
  /// Some of it could not be read.
  private(set) var isDamaged = false

  /// What the names of a result's columns say; the same results come again and again.
  struct Columns: Sendable {
    let detectors: [Detector]
    let named: [[DataClass]]

    init(_ names: [String]) {
      detectors = names.map { Detector(column: $0) }
      named = names.map { ColumnNames.classes(of: $0).filter { !$0.hasShape } }
    }
  }

  /// - Returns: bytes that were looked through.
  mutating func add(_ payload: StoredPayload, _ columns: Columns) -> Int {
    guard payload.layout == .rows else {
      add(Detector().scan(payload.bytes), payload.bytes)
      return payload.bytes.count
    }
    let (detectors, named) = (columns.detectors, columns.named)
    var cursor = RowCursor(payload.bytes)
    while true {
      let row: [String?]
      do {
        guard let next = try cursor.next() else { break }
        row = next
      } catch {
        isDamaged = true
        break
      }
      for (index, cell) in row.enumerated() {
        guard let cell, !cell.isEmpty, cell != Redaction.mark else { continue }
        let bytes = Array(cell.utf8)
        add((index < detectors.count ? detectors[index] : Detector()).scan(bytes), bytes)
        if index < named.count { for name in named[index] { count.add(name, value: bytes.span) } }
      }
    }
    return payload.bytes.count
  }

  /// What is certain alone: a report that cries wolf is not read.
  private mutating func add(_ detections: Detections, _ bytes: [UInt8]) {
    for detection in detections.found where detection.isCertain {
      if detection.dataClass == .paymentCard, Self.isAmongNumbers(detection.range, bytes) { continue }
      kinds.insert(detection.kind)
      count.add(detection, in: bytes.span)
    }
  }

  /// Whether it is a part of a longer row of numbers, of which one in ten passes as a card.
  private static func isAmongNumbers(_ range: Range<Int>, _ bytes: [UInt8]) -> Bool {
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    func isNumber(_ separator: Int, _ digit: Int) -> Bool {
      guard bytes.indices.contains(separator), bytes.indices.contains(digit) else { return false }
      return bytes[separator] == UInt8(ascii: " ") && digits.contains(bytes[digit])
    }
    let before = isNumber(range.lowerBound - 1, range.lowerBound - 2)
    let after = isNumber(range.upperBound, range.upperBound + 1)
    return before && after && bytes[range].contains(UInt8(ascii: " "))
  }
}
