/// What a verifier keeps between two verifications: the checkpoints that it found to hold, each with an empty line behind.
public enum KnownCheckpoints {
  /// Adds a checkpoint, durably, unless it is the last one there already.
  ///
  /// - Throws: `EvidenceLogError` when the file cannot be written.
  public static func add(_ checkpoint: SignedCheckpoint, to file: String) throws(EvidenceLogError) {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    let folderPath = parts.dropLast().joined(separator: "/")
    let name = parts.last.map(String.init) ?? file
    var folder = LogFolder(path: folderPath.isEmpty ? (file.hasPrefix("/") ? "" : ".") : folderPath)
    // Cuts off what a crash left of one.
    guard try HistoryFile(folder, name: name).readLast() != checkpoint.note.bytes else { return }
    try folder.append(name, checkpoint.note.bytes + [0x0A])
    try folder.sync()
  }
}
