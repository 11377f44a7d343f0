/// What a verifier keeps between two verifications: the checkpoints that it found to hold, each with an empty line behind.
public enum KnownCheckpoints {
  /// Adds a checkpoint, durably, unless it is the last one there already.
  ///
  /// - Throws: `EvidenceLogError` when the file cannot be written.
  public static func add(_ checkpoint: SignedCheckpoint, to file: String) throws {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    let folderPath = parts.dropLast().joined(separator: "/")
    let name = parts.last.map(String.init) ?? file
    var folder = LogFolder(path: folderPath.isEmpty ? (file.hasPrefix("/") ? "" : ".") : folderPath)
    let known = try CheckpointStream(path: file, name: file)
    var last: SignedCheckpoint?
    try known.advance()
    while let current = known.current {
      last = current
      try known.advance()
    }
    guard last?.note.text != checkpoint.note.text else { return }
    try folder.append(name, checkpoint.note.bytes + [0x0A])
    try folder.sync()
  }
}
