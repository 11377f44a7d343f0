import Foundation
import Importers
import Model

/// What a log tells, and the format it was taken for.
struct ServerLogReading {
  var format: String?
  var events: [ServerLogEvent] = []

  /// Reads a file's bytes in pieces of the sizes that `next` gives.
  init(_ bytes: [UInt8], path: String = "server.log", modifiedAt: Timestamp? = nil, next: () -> Int = { .max }) {
    let head = TranscriptHead(
      bytes: Array(bytes.prefix(TranscriptHead.byteCount)), isWhole: bytes.count <= TranscriptHead.byteCount, path: path
    )
    let file = TranscriptFile(source: 1, path: path, modifiedAt: modifiedAt)
    guard var reader = ServerLogReader(head, file) else { return }
    format = reader.format
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(max(1, next())))
      rest = rest.dropFirst(piece.count)
      reader.receive(piece.span, into: &events)
    }
    reader.finish(into: &events)
  }

  init(_ text: String, modifiedAt: Timestamp? = nil) { self.init(Array(text.utf8), modifiedAt: modifiedAt) }

  /// In the order of the log.
  var records: [ServerRecord] {
    let found = events.compactMap { if case .record(let record) = $0 { record } else { nil } }
    return found.enumerated().sorted {
      ($0.element.origin.packet, $0.element.origin.offset, $0.offset)
        < ($1.element.origin.packet, $1.element.origin.offset, $1.offset)
    }.map(\.element)
  }

  var anomalies: [Anomaly] { events.compactMap { if case .anomaly(let anomaly) = $0 { anomaly } else { nil } } }

  /// Requests only.
  var requests: [ServerRecord] { records.filter { $0.kind == .request } }
}

extension ServerRecord {
  /// One line that shows what it is: kind, form, status, code, text.
  var line: String {
    [kind.rawValue, form ?? "-", status.rawValue, code ?? "-", text].joined(separator: " ")
  }
}
