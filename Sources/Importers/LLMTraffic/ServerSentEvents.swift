/// Splits a stream of server-sent events (WHATWG HTML §9.2) to the data of each, however it is cut to pieces.
struct ServerSentEvents: Sendable {
  /// Bytes kept of one event; events of these APIs are a few kilobytes.
  static let eventLimit = 8 << 20

  private var line: [UInt8] = []
  private var data: [UInt8] = []
  private var hasData = false
  private var afterReturn = false
  /// Events that were too large and are missing.
  private(set) var droppedCount = 0
  private var isDropping = false

  /// Takes more of the stream; gives the data of the events that ended in it.
  mutating func receive(_ bytes: [UInt8]) -> [[UInt8]] {
    var events: [[UInt8]] = []
    for byte in bytes {
      // A line ends with CR LF, LF or CR.
      if afterReturn, byte == 0x0A {
        afterReturn = false
        continue
      }
      afterReturn = byte == 0x0D
      if byte == 0x0A || byte == 0x0D { endLine(&events) } else { add(byte) }
    }
    return events
  }

  /// Takes the end of the stream, which ends the last event too: servers forget the last empty line.
  mutating func finish() -> [[UInt8]] {
    var events: [[UInt8]] = []
    if !line.isEmpty { endLine(&events) }
    endLine(&events)
    return events
  }

  private mutating func add(_ byte: UInt8) {
    if line.count + data.count >= Self.eventLimit { isDropping = true } else { line.append(byte) }
  }

  private mutating func endLine(_ events: inout [[UInt8]]) {
    defer { line.removeAll(keepingCapacity: true) }
    guard !line.isEmpty else {
      if isDropping { droppedCount += 1 } else if hasData { events.append(data) }
      (data, hasData, isDropping) = ([], false, false)
      return
    }
    guard line.starts(with: "data:".utf8) else { return }
    var content = line.dropFirst(5)
    if content.first == 0x20 { content = content.dropFirst() }
    if hasData { data.append(0x0A) }
    data += content
    hasData = true
  }
}
