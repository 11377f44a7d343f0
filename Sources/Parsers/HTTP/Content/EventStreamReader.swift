import Bytes
import Codings
import Model

/// Cuts `text/event-stream` (HTML Living Standard, §9.2) into its events.
struct EventStreamReader {
  private let direction: Direction
  private var records: StreamRecordBuilder
  private var event: [UInt8] = []
  private var isLineEmpty = true
  private var afterCR = false
  private var lastAt = Timestamp.epoch

  init(limit: Int, held: HeldContent?, direction: Direction) {
    self.direction = direction
    records = StreamRecordBuilder(limit: limit, held: held)
  }

  mutating func append(_ bytes: Span<UInt8>, at time: Timestamp) {
    lastAt = time
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == 0x0a, afterCR {
        afterCR = false
        index += 1
        continue
      }
      afterCR = byte == 0x0d
      guard byte == 0x0d || byte == 0x0a else {
        var end = index + 1
        while end < bytes.count, bytes[end] != 0x0d, bytes[end] != 0x0a { end += 1 }
        isLineEmpty = false
        let room = max(0, ContentLimits.eventLength - event.count)
        event.append(contentsOf: bytes.extracting(index..<min(end, index + room)))
        index = end
        continue
      }
      if isLineEmpty { dispatch() } else if event.count < ContentLimits.eventLength { event.append(0x0a) }
      isLineEmpty = true
      index += 1
    }
  }

  private mutating func dispatch() {
    defer { event = [] }
    if event.last == 0x0a { event.removeLast() }
    guard !event.isEmpty else { return }
    records.append(StreamRecord(at: lastAt, direction: direction, kind: .event, bytes: event))
  }

  /// All events; one that was not ended is kept as far as it came.
  mutating func finish() -> Payload? {
    dispatch()
    return records.isEmpty ? nil : records.finish()
  }
}
