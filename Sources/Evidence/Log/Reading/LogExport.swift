import Glibc

/// Copies what a log proves, and nothing else, to a folder of its own: the log in `log`, the segments beside it, each as
/// far as it is signed.
public struct LogExport {
  private static let blockByteCount = 1 << 20

  private let source: LogFolder
  private var target: LogFolder
  private let recording: String?

  /// - Parameters:
  ///   - log: The log's own folder.
  ///   - recording: Where the segments are; nil leaves them out.
  ///   - output: A folder that is made.
  public init(log: String, recording: String?, output: String) {
    source = LogFolder(path: log)
    target = LogFolder(path: output)
    self.recording = recording
  }

  /// Copies a log that was found to hold.
  ///
  /// - Parameters:
  ///   - checkpoint: The one that it was verified by.
  ///   - key: As it was trusted, written to `log.vkey` for whoever has it from nowhere else.
  /// - Returns: How many segments were copied, and how many leaves say that they were deleted.
  /// - Throws: `EvidenceLogError`.
  public mutating func write(
    _ checkpoint: SignedCheckpoint, key: NoteKey
  ) throws -> (segments: Int, deleted: Int) {
    try target.create()
    try copyLog(checkpoint)
    try target.put("log.vkey", Array("\(key)\n".utf8))
    var (segments, deleted) = ([String: UInt64](), Set<String>())
    var walk = TileWalk(LogFolder(path: target.place("log")), size: checkpoint.checkpoint.size, TreeHasher())
    try walk.walk { step in
      guard let entry = step.entry, let leaf = try? Leaf(parsing: entry) else { return }
      switch leaf.record {
      case .extent(let extent): segments[extent.segment] = extent.offset &+ extent.length
      case .deletion(let deletion): deleted.insert(deletion.segment)
      default: break
      }
    }
    guard let recording else { return (0, deleted.count) }
    var count = 0
    for (name, end) in segments.sorted(by: { $0.key < $1.key }) where !deleted.contains(name) {
      try copySegment(name, end, recording)
      count += 1
    }
    try target.sync()
    return (count, deleted.count)
  }

  private mutating func copyLog(_ checkpoint: SignedCheckpoint) throws {
    let size = checkpoint.checkpoint.size
    for level in [nil] + (0..<TilePath.levelLimit).map(Optional.some) {
      let limit = level == nil ? EntryBundle.byteLimit : HashTile.byteLimit
      var index: UInt64 = 0
      while true {
        let width = TilePath.width(level: level ?? 0, index: index, size: size)
        guard width > 0 else { break }
        let path = TilePath(level: level, index: index, width: width)
        let exact = try source.read(path.text, limit: limit)
        guard let bytes = try exact ?? source.read(path.full.text, limit: limit) else {
          throw EvidenceLogError(.damaged, source.place(path.text), "is missing")
        }
        try target.put("log/\(path.text)", level == nil ? Self.cut(bytes, width) : Array(bytes.prefix(32 * width)))
        index += 1
      }
    }
    // The list may have grown since the checkpoint.
    let list = try CheckpointStream(path: source.place(LogFolder.historyName), name: LogFolder.historyName)
    try list.advance()
    while let current = list.current, current.checkpoint.size <= size {
      try target.append("log/\(LogFolder.historyName)", current.note.bytes + [0x0A])
      try list.advance()
    }
    if let epochs = try source.read(EpochKeys.fileName, limit: EpochKeys.countLimit * 1024) {
      try target.put("log/\(EpochKeys.fileName)", epochs)
    }
    for name in try source.names(in: AnchorFolder.name) {
      let name = "\(AnchorFolder.name)/\(name)"
      if let bytes = try source.read(name, limit: TimeStampToken.byteLimit) { try target.put("log/\(name)", bytes) }
    }
    try target.put("log/\(LogFolder.checkpointName)", checkpoint.note.bytes)
    try target.sync()
  }

  private static func cut(_ bytes: [UInt8], _ width: Int) -> [UInt8] {
    var whole: [UInt8] = []
    for entry in EntryBundle(bytes, limit: width).entries { EntryBundle.append(entry, to: &whole) }
    return whole
  }

  private mutating func copySegment(_ name: String, _ end: UInt64, _ recording: String) throws {
    let file: SegmentFile
    do {
      file = try SegmentFile(folder: recording, name: name)
    } catch is SegmentFile.Absence {
      throw EvidenceLogError(.damaged, "\(recording)/\(name)", "cannot be read")
    }
    try target.put(name, [])
    var position: UInt64 = 0
    while position < end {
      let bytes = try file.bytes(offset: position, count: Int(min(end - position, UInt64(Self.blockByteCount))))
      guard !bytes.isEmpty else { throw EvidenceLogError(.damaged, "\(recording)/\(name)", "is shorter than it was") }
      try target.append(name, bytes)
      position += UInt64(bytes.count)
    }
  }
}
