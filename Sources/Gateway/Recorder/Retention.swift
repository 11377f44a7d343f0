import Evidence
import Glibc

/// Takes away segments that need not be kept any longer, unless somebody holds them.
///
/// A hold is a file in the folder `holds`, by any name: each line is the name of a segment or `*` for all; lines that begin
/// with `#` are for people. A hold that cannot be read holds everything.
struct Retention {
  private let folder: RecordingFolder
  private let rules: RetentionRules

  init(_ folder: RecordingFolder, _ rules: RetentionRules) {
    self.folder = folder
    self.rules = rules
  }

  /// What is to go, the oldest first, as the evidence log is to be told and then the disk.
  ///
  /// - Parameters:
  ///   - current: number of the segment that is being written; it and all after it stay.
  ///   - now: seconds since the epoch.
  /// - Returns: leaves and deletions, in the order in which they must be done.
  /// - Throws: `RecorderError` when the folder cannot be listed.
  func due(before current: UInt32, now: Int64) throws(RecorderError) -> [LogKeeper.Job] {
    guard rules.seconds != nil || rules.bytes != nil else { return [] }
    let segments = try folder.segments()
    var total = segments.reduce(UInt64(0)) { $0 &+ $1.byteCount }
    let held = try held()
    guard !held.contains("*") else { return [] }
    var jobs: [LogKeeper.Job] = []
    for segment in segments where segment.number < current && !held.contains(segment.name) {
      guard let reason = reason(segment, total, now) else { continue }
      total &-= segment.byteCount
      jobs.append(
        .leaf(.deletion(LeafDeletion(segment: segment.name, byteCount: segment.byteCount, reason: reason))))
      jobs.append(.delete(folder.path(ofSegment: segment.number)))
    }
    return jobs
  }

  private func reason(_ segment: RecordingFolder.Segment, _ total: UInt64, _ now: Int64) -> String? {
    if let seconds = rules.seconds, now &- segment.writtenAt > seconds { return "kept for \(seconds) s" }
    if let bytes = rules.bytes, total > bytes { return "\(bytes) bytes of segments are kept" }
    return nil
  }

  /// Names of segments that stay whatever the rules say; `*` for all.
  private func held() throws(RecorderError) -> Set<String> {
    var status = stat()
    guard unsafe lstat(folder.holdsPath, &status) == 0 else { return errno == ENOENT ? [] : ["*"] }
    var held: Set<String> = []
    for name in try RecordingFolder.names(in: folder.holdsPath) {
      guard let text = Retention.text(folder.holdsPath + "/" + name) else { return ["*"] }
      for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
        held.insert(line.trimmed)
      }
    }
    return held
  }

  /// Bytes of a hold.
  private static let holdLimit = 1 << 20

  private static func text(_ path: String) -> String? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: holdLimit)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    guard count >= 0, count < holdLimit else { return nil }
    return String(validating: bytes.prefix(count), as: UTF8.self)
  }
}

extension Substring {
  fileprivate var trimmed: String {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}
