/// A second folder, on another disk or host, that is given every checkpoint: who rewrites the log must reach it too.
struct CheckpointMirror: Sendable {
  private let path: String

  init(path: String) { self.path = path }

  /// Adds the checkpoint to the file `checkpoints` there, durably.
  ///
  /// - Throws: `EvidenceLogError` when the folder does not take it.
  func add(_ signed: SignedCheckpoint) throws(EvidenceLogError) {
    var folder = LogFolder(path: path)
    try folder.create()
    // Cuts off what a crash left of one.
    let last = try HistoryFile(folder).readLast()
    if last == signed.note.bytes { return }
    try folder.append(LogFolder.historyName, signed.note.bytes + [0x0A])
    try folder.sync()
  }
}
