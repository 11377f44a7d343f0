import Bytes
import Model

/// The head of a file or folder: `0644 4711 name`.
struct SCPHeader {
  let mode: UInt32
  let size: UInt64
  let name: String

  init?(_ text: String) {
    let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let mode = UInt32(parts[0], radix: 8), let size = UInt64(parts[1]), !parts[2].isEmpty
    else { return nil }
    self.mode = mode
    self.size = size
    name = String(parts[2])
  }
}

/// A file or folder that is under way.
struct SCPFile {
  var operation: FileOperation
  let begin: StreamPosition
  let size: UInt64
  var sourceByteCount: UInt64
  var sinkByteCount: UInt64 = 0
  var firstAnswerAt: Timestamp?
  var lastAt: Timestamp
  private var content: PayloadBuilder
  private var isFailed = false

  init(_ operation: FileOperation, begin: StreamPosition, lineByteCount: Int, size: UInt64, options: ParserOptions) {
    self.operation = operation
    self.begin = begin
    self.size = size
    sourceByteCount = UInt64(lineByteCount)
    lastAt = begin.time
    content = PayloadBuilder(layout: .bytes, limit: options.bodyLimit, held: options.held)
    if case .failed = operation.outcome { isFailed = true }
  }

  /// Nothing of its bytes came.
  var isUntouched: Bool { content.isEmpty }

  mutating func add(_ bytes: Span<UInt8>, _ envelope: SSHEnvelope) {
    content.append(bytes)
    sourceByteCount += UInt64(bytes.count)
    lastAt = envelope.endTime
  }

  mutating func answered(_ byteCount: Int, _ envelope: SSHEnvelope) {
    if firstAnswerAt == nil { firstAnswerAt = envelope.begin.time }
    sinkByteCount += UInt64(byteCount)
    lastAt = envelope.endTime
  }

  mutating func fail(_ code: UInt8, _ text: String) {
    isFailed = true
    operation.outcome = .failed(code: SCPFile.code(code), message: text)
  }

  static func code(_ byte: UInt8) -> String { byte == 2 ? "scp: fatal error" : "scp: error" }

  /// The operation as it is told.
  mutating func finished(isComplete: Bool, isSink: Bool) -> FileOperation {
    guard operation.verb == .get || operation.verb == .put else { return operation }
    let count = content.byteCount
    if isSink { operation.writtenByteCount = count } else { operation.readByteCount = count }
    if count > 0 || !isFailed { operation.content = content.finish() }
    operation.isWholeFile = isComplete && !isFailed && count == size
    if isComplete, !isFailed { operation.outcome = .ok }
    return operation
  }
}
