import Bytes
import Model

/// A file on its way.
struct RsyncTransfer {
  let entry: RsyncEntry
  let begin: StreamPosition
  private var content: PayloadBuilder
  /// Bytes of the file that were sent as they are.
  private(set) var literalCount: UInt64 = 0
  /// Bytes of compressed data.
  private var compressedCount: UInt64 = 0
  /// Some of it was there already.
  private var hasBlocks = false
  private let isCompressed: Bool

  init(_ entry: RsyncEntry, begin: StreamPosition, isCompressed: Bool, options: ParserOptions) {
    self.entry = entry
    self.begin = begin
    self.isCompressed = isCompressed
    content = PayloadBuilder(layout: .bytes, limit: options.bodyLimit, held: options.held)
  }

  mutating func add(_ bytes: Span<UInt8>) {
    guard !isCompressed else { return compressedCount += UInt64(bytes.count) }
    literalCount += UInt64(bytes.count)
    // Behind a block that was there it is not known where it stands.
    if !hasBlocks { content.append(bytes) }
  }

  mutating func addBlock() { hasBlocks = true }

  /// What moved, as it is told.
  mutating func finished(_ path: (path: String, note: String?), isSender: Bool, channel: UInt32, isWhole: Bool)
    -> FileOperation
  {
    var operation = FileOperation(.rsync, isSender ? .get : .put, path: path.path, channel: channel)
    var attributes = FileAttributes()
    attributes.size = entry.size
    attributes.permissions = entry.mode
    attributes.modifiedAt = UInt32(exactly: entry.modifiedAt)
    operation.attributes = attributes
    operation.outcome = isWhole ? .ok : .unknown
    var notes = [path.note].compactMap(\.self)
    var count = literalCount
    if isCompressed {
      // How long it is unpacked is known of a file that was sent as a whole.
      count = isWhole && !hasBlocks ? entry.size : 0
      notes.append("sent compressed in \(compressedCount) bytes, which are not unpacked")
    }
    if hasBlocks { notes.append("sent in part: other blocks of it were there") }
    if !isCompressed, !hasBlocks {
      operation.content = content.finish()
      operation.isWholeFile = isWhole && literalCount == entry.size
      if isWhole, literalCount != entry.size {
        notes.append("\(literalCount) bytes were sent of \(entry.size) in the list")
      }
    }
    if isSender { operation.readByteCount = count } else { operation.writtenByteCount = count }
    operation.note = notes.isEmpty ? nil : notes.joined(separator: "; ")
    return operation
  }
}
