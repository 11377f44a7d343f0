/// How much of a log and of the recording beside it was there at one moment, signed or not.
///
/// A recorder that runs writes before it signs, so a look at its log always finds a tail. Once it has signed more, all of that
/// tail must be signed; what it wrote meanwhile is another look's.
public struct LogGlance: Sendable {
  /// Records.
  let entryCount: UInt64
  /// Bytes of each file beside the log, by name.
  let files: [String: UInt64]

  /// - Throws: `EvidenceLogError` when a folder cannot be read.
  init(_ verifier: LogVerifier) throws {
    let folder = LogFolder(path: verifier.log)
    let head = try LogHead(folder, verifier.trust.key, origin: verifier.origin)
    entryCount = try Self.entryCount(folder, from: head.newest?.checkpoint.size ?? 0)
    var files: [String: UInt64] = [:]
    if let recording = verifier.recording {
      for name in try LogFolder(path: recording).names(in: "") where files.count < SegmentJudge.segmentLimit {
        files[name] = (try? SegmentFile(folder: recording, name: name))?.byteCount
      }
    }
    self.files = files
  }

  /// Full bundles one after another, and the widest that is not full.
  private static func entryCount(_ folder: LogFolder, from size: UInt64) throws -> UInt64 {
    let width = UInt64(TilePath.fullWidth)
    var count = size
    for level in [nil, 0] {
      var index = size / width
      while try folder.contains(TilePath(level: level, index: index).text) { index += 1 }
      let widest = try folder.names(in: TilePath(level: level, index: index).partialFolder).compactMap { Int($0) }.max()
      count = max(count, index * width + UInt64(clamping: widest ?? 0))
    }
    return count
  }
}
