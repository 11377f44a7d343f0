import Bytes

/// Holds the extents that a log tells against the files beside it.
struct SegmentJudge {
  /// Segments of a recording.
  static let segmentLimit = 1_000_000

  private struct Segment {
    /// Bytes that are told.
    var end: UInt64 = 0
    var isDeleted = false
    /// The leaf of the first extent that is not there.
    var absentSince: UInt64?
  }

  /// A record that does not hold.
  struct Fault {
    var leaf: UInt64
    var detail: String
    /// Bytes that are missing, with nothing whole behind them.
    var isCut: Bool
  }

  private let folder: String
  private var segments: [String: Segment] = [:]
  private var open: (name: String, file: SegmentFile)?
  private var fault: Fault?
  /// Whether bytes are others than were told, or told as they cannot be.
  private var isChanged = false
  /// The last leaf whose bytes are there.
  private var lastWhole: UInt64?
  private(set) var extentCount: UInt64 = 0
  private(set) var byteCount: UInt64 = 0

  init(folder: String) { self.folder = folder }

  var segmentCount: Int { segments.count }

  /// Takes the next leaf.
  ///
  /// - Throws: `EvidenceLogError` when a file cannot be read.
  mutating func judge(_ leaf: Leaf) throws(EvidenceLogError) {
    switch leaf.record {
    case .extent(let extent): try judge(extent, leaf.sequence)
    case .deletion(let deletion):
      guard var segment = segments[deletion.segment], !segment.isDeleted, segment.end == deletion.byteCount else {
        fail(leaf.sequence, "deletes \(deletion.segment), which is not there or not of that size")
        return
      }
      segment.isDeleted = true
      segment.absentSince = nil
      segments[deletion.segment] = segment
      if open?.name == deletion.segment { open = nil }
    default: break
    }
  }

  private mutating func judge(_ extent: LeafExtent, _ leaf: UInt64) throws(EvidenceLogError) {
    let name = extent.segment
    guard segments.count < Self.segmentLimit || segments[name] != nil else {
      fail(leaf, "is of one of over \(Self.segmentLimit) segments")
      return
    }
    var segment = segments[name] ?? Segment()
    let (end, isBeyond) = extent.offset.addingReportingOverflow(extent.length)
    guard extent.offset == segment.end, !isBeyond, !segment.isDeleted else {
      fail(leaf, "tells \(name) from byte \(extent.offset) on, and \(segment.end) is where the one before ended")
      return
    }
    segment.end = end
    extentCount &+= 1
    byteCount &+= extent.length
    do {
      if open?.name != name { open = (name, try SegmentFile(folder: folder, name: name)) }
      let found = try open?.file.digest(offset: extent.offset, length: extent.length)
      if found == nil {
        fail(leaf, "\(name): ends before byte \(end), which is told", isCut: true)
      } else if found != extent.sha256 {
        fail(leaf, "\(name): bytes \(extent.offset) to \(end) are not those that were recorded")
      } else {
        lastWhole = leaf
      }
    } catch SegmentFile.Absence.missing {
      segment.absentSince = segment.absentSince ?? leaf
    } catch SegmentFile.Absence.unfit(let reason) {
      fail(leaf, "\(name): \(reason)")
    } catch let error as EvidenceLogError {
      throw error
    } catch {
      fail(leaf, "\(name): \(error)")
    }
    segments[name] = segment
  }

  private mutating func fail(_ leaf: UInt64, _ detail: String, isCut: Bool = false) {
    if !isCut { isChanged = true }
    fault = fault ?? Fault(leaf: leaf, detail: detail, isCut: isCut)
  }

  /// The first record that does not hold, with segments that are missing and no leaf says why.
  func finish() -> Fault? {
    var first = fault
    for (name, segment) in segments.sorted(by: { $0.key < $1.key }) {
      guard let leaf = segment.absentSince, leaf < first?.leaf ?? .max else { continue }
      first = Fault(leaf: leaf, detail: "\(name): is missing", isCut: true)
    }
    // What is missing is an end only when nothing stands behind it.
    if let leaf = first?.leaf, isChanged || lastWhole ?? 0 > leaf { first?.isCut = false }
    return first
  }

  /// Bytes or files that no leaf tells of; nil when there are none, or none that were there at the glance.
  func unsigned(asOf glance: LogGlance?) throws(EvidenceLogError) -> String? {
    for (name, segment) in segments.sorted(by: { $0.key < $1.key }) where !segment.isDeleted {
      guard let file = try? SegmentFile(folder: folder, name: name) else { continue }
      let count = glance.map { min($0.files[name] ?? 0, file.byteCount) } ?? file.byteCount
      guard count > segment.end else { continue }
      return "\(name): \(count - segment.end) bytes behind byte \(segment.end) are not signed"
    }
    let kinds = Set(segments.keys.compactMap(Self.kind)).union(["pcapng"])
    for name in try LogFolder(path: folder).names(in: "") {
      guard segments[name] == nil, let kind = Self.kind(name), kinds.contains(kind) else { continue }
      if let glance, glance.files[name] == nil { continue }
      return "\(name): is a segment that no record tells of"
    }
    return nil
  }

  /// What is behind the last point of a name.
  private static func kind(_ name: String) -> Substring? {
    name.lastIndex(of: ".").map { name[name.index(after: $0)...] }
  }
}
