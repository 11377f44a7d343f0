import Bytes
import Evidence
import Model

/// Writes buffers to segments and makes the extents that the evidence log tells of.
struct SegmentWriter {
  /// Bytes of an extent, at most; and how long one stays open.
  static let extentBytes: UInt64 = 1 << 20
  static let extentNanoseconds: Int64 = 1_000_000_000

  private let folder: RecordingFolder
  private let disk: any RecordingDisk
  private let isStrict: Bool
  private var file: any SegmentFile
  /// Number of the segment that is being written.
  private(set) var number: UInt32
  /// Bytes of the segment that were written, and of these, bytes that are in extents.
  private(set) var byteCount: UInt64 = 0
  private let hash = SHA256()
  /// The segment whose bytes are hashed: it may be one behind.
  private var hashedNumber: UInt32
  private var extentStart: UInt64 = 0
  private var extentLength: UInt64 = 0
  private var firstAt = Timestamp(nanoseconds: .max)
  private var lastAt = Timestamp(nanoseconds: .min)
  /// When the open extent must be closed at the latest, by the monotonic clock.
  private(set) var extentDue: Int64?
  /// Extents whose bytes are not known to be on disk, and the segment of the first.
  private var waiting: [LogKeeper.Job] = []
  private var firstWaiting: UInt32 = 0

  init(folder: RecordingFolder, number: UInt32, file: any SegmentFile, options: RecorderOptions) {
    self.folder = folder
    self.number = number
    self.file = file
    hashedNumber = number
    disk = options.disk
    isStrict = options.durability == .strict
  }

  /// Number of the first segment of which not all is told in extents.
  var untoldNumber: UInt32 { waiting.isEmpty ? hashedNumber : firstWaiting }

  /// Writes a buffer; begins its segment where it is the first of one.
  ///
  /// - Returns: what the evidence log must do.
  mutating func write(_ buffer: RecordBuffer) throws(RecorderError) -> [LogKeeper.Job] {
    var jobs: [LogKeeper.Job] = []
    if buffer.segment != number {
      if isStrict { try file.sync() } else { jobs = [.sync(file)] }
      file = try disk.create(folder.path(ofSegment: buffer.segment))
      number = buffer.segment
      byteCount = 0
    }
    try file.write(buffer.bytes.span.extracting(0..<buffer.used))
    byteCount &+= UInt64(buffer.used)
    return jobs
  }

  func sync() throws(RecorderError) { try file.sync() }

  /// Adds a buffer that was written to the open extent.
  mutating func hash(_ buffer: RecordBuffer) {
    if buffer.segment != hashedNumber {
      wait(for: closeExtent())
      hashedNumber = buffer.segment
      extentStart = 0
    } else if extentLength &+ UInt64(buffer.used) > SegmentWriter.extentBytes {
      wait(for: closeExtent())
    }
    if extentLength == 0 { extentDue = SystemClock.monotonic() + SegmentWriter.extentNanoseconds }
    hash.update(buffer.bytes.span.extracting(0..<buffer.used))
    extentLength &+= UInt64(buffer.used)
    firstAt = min(firstAt, buffer.firstAt)
    lastAt = max(lastAt, buffer.lastAt)
  }

  private mutating func wait(for jobs: [LogKeeper.Job]) {
    if waiting.isEmpty { firstWaiting = hashedNumber }
    waiting += jobs
  }

  /// Extents that are whole, once all that was written is on disk: a leaf must not tell of bytes that are not.
  mutating func takeSynced() -> [LogKeeper.Job] {
    defer { waiting = [] }
    return waiting
  }

  func isExtentDue(_ now: Int64) -> Bool { extentDue.map { $0 <= now } ?? false }

  /// Closes the open extent.
  mutating func takeExtents(_ now: Int64) throws(RecorderError) -> [LogKeeper.Job] {
    let jobs = (isStrict ? [] : [.sync(file)]) + waiting + closeExtent()
    waiting = []
    return jobs
  }

  private mutating func closeExtent() -> [LogKeeper.Job] {
    extentDue = nil
    guard extentLength > 0 else { return [] }
    let hasTime = firstAt <= lastAt
    let extent = LeafExtent(
      segment: RecordingFolder.name(ofSegment: hashedNumber), offset: extentStart, length: extentLength,
      sha256: hash.finish(), first: hasTime ? firstAt : nil, last: hasTime ? lastAt : nil)
    extentStart &+= extentLength
    extentLength = 0
    (firstAt, lastAt) = (Timestamp(nanoseconds: .max), Timestamp(nanoseconds: .min))
    return [.leaf(.extent(extent))]
  }

  /// Writing failed: what was written whole stays, what was not is cut off.
  mutating func abandon() -> [LogKeeper.Job] {
    try? file.truncate(to: byteCount)
    // Bytes that no extent tells of are not vouched for.
    guard (try? file.sync()) != nil else { return [] }
    defer { waiting = [] }
    return waiting + closeExtent()
  }
}
