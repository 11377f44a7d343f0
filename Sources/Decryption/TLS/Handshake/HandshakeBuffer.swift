/// Handshake messages of one direction, put together from records.
struct HandshakeBuffer: Sendable {
  /// Certificate chains are the longest messages; OpenSSL's own limit is 100 KiB.
  static let messageLimit = 256 << 10

  private var bytes: [UInt8] = []
  private var head = 0
  /// Bytes were lost, so that a record may begin within a message.
  private(set) var isOutOfStep = false

  mutating func append(_ more: [UInt8]) {
    if isOutOfStep {
      guard Self.isWhole(more) else { return }
      isOutOfStep = false
    }
    if head > 0 {
      bytes.removeFirst(head)
      head = 0
    }
    bytes += more
  }

  /// The next whole message with its header; nil when there is none. A message over the limit ends the reading in step.
  mutating func next() -> (type: UInt8, message: [UInt8])? {
    guard bytes.count - head >= 4 else { return nil }
    let count = Int(bytes[head + 1]) << 16 | Int(bytes[head + 2]) << 8 | Int(bytes[head + 3])
    guard count <= Self.messageLimit else {
      lose()
      return nil
    }
    guard bytes.count - head - 4 >= count else { return nil }
    defer { head += 4 + count }
    return (bytes[head], Array(bytes[head..<(head + 4 + count)]))
  }

  mutating func lose() {
    bytes = []
    head = 0
    isOutOfStep = true
  }

  /// New keys begin with a new message.
  mutating func restart() {
    bytes = []
    head = 0
    isOutOfStep = false
  }

  private static func isWhole(_ record: [UInt8]) -> Bool {
    var at = 0
    while at < record.count {
      guard record.count - at >= 4, record[at] <= 24 else { return false }
      let count = Int(record[at + 1]) << 16 | Int(record[at + 2]) << 8 | Int(record[at + 3])
      at += 4 + count
    }
    return at == record.count && at > 0
  }
}
