import Bytes
import Evidence
import Glibc
import Model

/// Bytes at the end of a segment that no leaf tells of, left by a recorder that ended without closing.
struct SegmentTail {
  private let path: String
  private let name: String
  private let size: UInt64
  /// Bytes that extents tell of.
  private let start: UInt64
  private let descriptor: Int32

  /// Where the last whole block ends.
  private(set) var wholeEnd: UInt64
  private var times: [(end: UInt64, at: Timestamp)] = []

  /// Leaves that tell of all that the last run left untold, when it ended without closing; none otherwise.
  static func leaves(
    of folder: RecordingFolder, _ segments: [RecordingFolder.Segment], log: EvidenceLog, tail: LogTail, isStrict: Bool
  ) throws(RecorderError) -> (leaves: [LeafRecord], losses: [RecorderLoss]) {
    switch tail {
    case .new where !segments.isEmpty:
      throw RecorderError(.folder, "\(folder.path): has segments and no evidence log; record into a new folder")
    case .new, .closed: return ([], [])
    case .open, .unsigned: break
    }
    let told = try told(log)
    var leaves: [LeafRecord] = []
    var losses: [RecorderLoss] = []
    for segment in segments where segment.number >= told.first {
      let covered = told.ends[segment.name] ?? 0
      let isUntold = told.ends[segment.name] == nil
      guard segment.number > told.last || !isUntold else { continue }
      if segment.byteCount == 0, isUntold {
        // Made, and not written to yet.
        let nothing = LeafExtent(
          segment: segment.name, offset: 0, length: 0, sha256: SHA256.digest(of: ""), first: nil, last: nil)
        leaves.append(.extent(nothing))
      }
      guard segment.byteCount > covered else { continue }
      let tail = try SegmentTail(folder, segment, from: covered)
      defer { close(tail.descriptor) }
      let loss = tail.loss(isStrict: isStrict)
      leaves.append(.lost(LeafLoss(what: "bytes", count: loss.bytes, reason: loss.reason)))
      leaves += try tail.extents().map(LeafRecord.extent)
      losses.append(loss)
    }
    if losses.isEmpty, !isStrict {
      let loss = RecorderLoss(
        bytes: 0, window: SegmentWriter.extentNanoseconds,
        reason: "the recorder ended without closing; of what it took over in its last second some may be missing")
      leaves.append(.lost(LeafLoss(what: "bytes", count: 0, reason: loss.reason)))
      losses.append(loss)
    }
    return (leaves, losses)
  }

  /// How far the segments of the last run are told of, and the first and last number of them.
  private static func told(
    _ log: EvidenceLog
  ) throws(RecorderError) -> (ends: [String: UInt64], first: UInt32, last: UInt32) {
    var ends: [String: UInt64] = [:]
    var openings = 0
    do throws(EvidenceLogError) {
      try log.readBackwards { leaf in
        switch leaf.record {
        case .extent(let extent):
          let end = extent.offset.addingReportingOverflow(extent.length)
          ends[extent.segment] = max(ends[extent.segment] ?? 0, end.overflow ? .max : end.partialValue)
        // The first is this run's own. A run may have ended before it had anything to tell.
        case .open: openings += 1
        default: break
        }
        return openings < 2 || ends.isEmpty
      }
    } catch {
      throw RecorderError(error)
    }
    let numbers = ends.keys.compactMap(RecordingFolder.number(ofSegment:))
    return (ends, numbers.min() ?? 0, numbers.max() ?? 0)
  }

  private init(_ folder: RecordingFolder, _ segment: RecordingFolder.Segment, from start: UInt64) throws(RecorderError)
  {
    path = folder.path(ofSegment: segment.number)
    name = segment.name
    size = segment.byteCount
    self.start = start
    wholeEnd = start
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw RecorderError.system(errno, path) }
    try walk()
  }

  private func loss(isStrict: Bool) -> RecorderLoss {
    let cut = size - wholeEnd
    var reason = "the recorder ended without closing; \(name) from byte \(start) was vouched for at the next start only"
    if cut > 0 { reason += ", \(cut) bytes at its end are no whole block" }
    reason += isStrict ? "; nothing of what is missing was forwarded" : "; of its last second some may be missing"
    return RecorderLoss(
      segment: name, offset: wholeEnd, bytes: cut, window: isStrict ? 0 : SegmentWriter.extentNanoseconds,
      reason: reason)
  }

  /// Follows the blocks as long as they are whole.
  private mutating func walk() throws(RecorderError) {
    while size - wholeEnd >= 12 {
      let head = try read(at: wholeEnd, count: Int(min(20, size - wholeEnd)))
      var reader = ByteReader(head.span)
      guard let type = try? reader.readUInt32(littleEndian: true),
        let length = try? reader.readUInt32(littleEndian: true), length >= 12, length % 4 == 0,
        UInt64(length) <= size - wholeEnd
      else { return }
      let trailer = try read(at: wholeEnd + UInt64(length) - 4, count: 4)
      guard trailer == Array(head[4..<8]) else { return }
      wholeEnd += UInt64(length)
      if type == 6, (try? reader.skip(4)) != nil, let high = try? reader.readUInt32(littleEndian: true),
        let low = try? reader.readUInt32(littleEndian: true)
      {
        times.append((wholeEnd, Timestamp(nanoseconds: Int64(bitPattern: UInt64(high) << 32 | UInt64(low)))))
      }
    }
  }

  /// All bytes from the first that is not told of, in extents.
  private func extents() throws(RecorderError) -> [LeafExtent] {
    var extents: [LeafExtent] = []
    var (offset, index) = (start, 0)
    while offset < size {
      let count = min(SegmentWriter.extentBytes, size - offset)
      let bytes = try read(at: offset, count: Int(count))
      guard !bytes.isEmpty else { throw RecorderError(.disk, "\(path): became shorter while it was read") }
      offset += UInt64(bytes.count)
      var span: ClosedRange<Timestamp>?
      while index < times.count, times[index].end <= offset {
        let at = times[index].at
        span = span.map { min($0.lowerBound, at)...max($0.upperBound, at) } ?? at...at
        index += 1
      }
      extents.append(
        LeafExtent(
          segment: name, offset: offset - UInt64(bytes.count), length: UInt64(bytes.count),
          sha256: SHA256.digest(of: bytes.span), first: span?.lowerBound, last: span?.upperBound))
    }
    return extents
  }

  private func read(at offset: UInt64, count: Int) throws(RecorderError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(
          descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(clamping: offset) + off_t(filled))
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw RecorderError.system(errno, path) }
      if got == 0 { break }
      filled += got
    }
    return Array(bytes.prefix(filled))
  }
}
