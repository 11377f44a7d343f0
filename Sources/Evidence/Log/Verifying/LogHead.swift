/// The newest checkpoint of a log that is signed, and what is wrong with the others.
struct LogHead {
  let keys: LogKeys
  let origin: String
  /// Nil when nothing is signed.
  private(set) var newest: SignedCheckpoint?
  /// The file `checkpoint` is missing or not signed.
  private(set) var fault: String?
  /// Two of the same size that exclude each other.
  private(set) var fork: [SignedCheckpoint] = []
  /// The list ends before the file `checkpoint`, which is written after it.
  private(set) var isListCut = false

  init(_ folder: LogFolder, _ key: NoteKey, origin: String?) throws(EvidenceLogError) {
    let name = LogFolder.checkpointName
    let (file, problem) = try Self.read(folder)
    let last = (try? HistoryFile(folder).last().note).flatMap { try? SignedCheckpoint(parsing: $0) }
    let claimed = origin ?? file?.checkpoint.origin ?? last?.checkpoint.origin ?? key.name
    keys = try LogKeys(folder, key, origin: claimed)
    // Only the notes of epochs bind the root key to another name.
    self.origin = origin ?? (keys.epochs == nil ? key.name : claimed)
    let wanted = self.origin
    let known = keys
    func isSound(_ found: SignedCheckpoint) -> Bool { found.checkpoint.origin == wanted && known.signed(found) }
    let soundFile = file.flatMap { isSound($0) ? $0 : nil }
    let soundLast = last.flatMap { isSound($0) ? $0 : nil }
    newest = [soundLast, soundFile].compactMap(\.self).max { $0.checkpoint.size < $1.checkpoint.size }
    if let problem {
      // A crash between the list and the file leaves no file once: at the first checkpoint.
      let list = soundLast.flatMap { try? folder.read(LogFolder.historyName, limit: $0.note.bytes.count + 1) }
      let isFirst = problem.isMissing && list != nil
      fault = isFirst ? nil : "\(name): \(problem.detail)"
    } else if soundFile == nil {
      fault = "\(name): is not signed by \(key.name), or not of \(wanted)"
    }
    if let soundFile, let soundLast {
      let (one, other) = (soundFile.checkpoint, soundLast.checkpoint)
      if one.size == other.size, one.root != other.root { fork = [soundLast, soundFile] }
    }
    if let soundFile { isListCut = soundLast?.checkpoint.size ?? 0 < soundFile.checkpoint.size }
  }

  private struct Problem {
    var detail: String
    var isMissing: Bool
  }

  private static func read(_ folder: LogFolder) throws(EvidenceLogError) -> (SignedCheckpoint?, Problem?) {
    let bytes: [UInt8]?
    do throws(EvidenceLogError) {
      bytes = try folder.read(LogFolder.checkpointName, limit: SignedNote.byteLimit)
    } catch {
      guard error.code == .damaged else { throw error }
      return (nil, Problem(detail: error.detail, isMissing: false))
    }
    guard let bytes else { return (nil, Problem(detail: "is missing", isMissing: true)) }
    do throws(NoteError) {
      return (try SignedCheckpoint(parsing: bytes), nil)
    } catch {
      return (nil, Problem(detail: "\(error)", isMissing: false))
    }
  }
}
