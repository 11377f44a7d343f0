import Bytes
import Model

/// Counts the sensitive values of what a server returned.
struct ReturnedData: Sendable {
  /// Bytes of returned data that are looked through in one case; beyond, what follows is not.
  static let byteLimit = 1 << 30

  private(set) var count = DataCount()

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
    while let row = (try? cursor.next()) ?? nil {
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
    for detection in detections.found where detection.isCertain { count.add(detection, in: bytes.span) }
  }
}
