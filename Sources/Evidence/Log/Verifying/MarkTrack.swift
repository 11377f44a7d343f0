import Bytes

/// Checkpoints of one file, held against the tree as it grows to their sizes.
final class MarkTrack {
  enum Source {
    /// The log's own list.
    case history
    /// What a verifier saw before.
    case state
    /// Of another folder, host or time.
    case anchor
  }

  let source: Source
  let name: String
  private let stream: CheckpointStream
  private let keys: LogKeys
  private let origin: String
  /// The last that the entries continue, before the first that they do not; the same of the hashes in tiles.
  private(set) var matched: (entries: SignedCheckpoint?, tiles: SignedCheckpoint?)
  private(set) var excluded: (entries: SignedCheckpoint?, tiles: SignedCheckpoint?)
  /// Of a size beyond the log's.
  private(set) var newer: SignedCheckpoint?
  /// What is wrong with the file, behind the last checkpoint that is sound.
  private(set) var fault: String?
  private(set) var count: UInt64 = 0
  private(set) var lastSound: SignedCheckpoint?

  init(_ source: Source, path: String, name: String, keys: LogKeys, origin: String) throws(EvidenceLogError) {
    self.source = source
    self.name = name
    self.keys = keys
    self.origin = origin
    stream = try CheckpointStream(path: path, name: name)
  }

  var isTorn: Bool { stream.isTorn }

  /// The size at which the next checkpoint is to be held against the tree.
  private(set) var nextSize: UInt64?

  func advance() throws {
    nextSize = nil
    guard fault == nil else { return }
    do {
      try stream.advance()
    } catch let error as NoteError {
      fault = "\(name): \(error)"
    }
    nextSize = stream.current?.checkpoint.size
  }

  /// Holds the checkpoint against the roots of that size; nil for one that cannot be made.
  ///
  /// - Parameters:
  ///   - entries: Root of the entries.
  ///   - tiles: Root of the hashes in tiles.
  ///   - key: Must have signed it; nil when that cannot be told.
  /// - Throws: `EvidenceLogError` when the next cannot be read.
  func judge(entries: Digest?, tiles: Digest?, key: NoteKey?) throws {
    guard let found = stream.current else { return }
    guard isSound(found, key) else { return }
    lastSound = found
    count += 1
    if excluded.entries == nil, let entries {
      if entries == found.checkpoint.root { matched.entries = found } else { excluded.entries = found }
    }
    if excluded.tiles == nil, let tiles {
      if tiles == found.checkpoint.root { matched.tiles = found } else { excluded.tiles = found }
    }
    try advance()
  }

  private func isSound(_ found: SignedCheckpoint, _ key: NoteKey?) -> Bool {
    let signers = (try? found.note.verified(by: keys.all)) ?? []
    let place = "\(name): the checkpoint of size \(found.checkpoint.size)"
    if found.checkpoint.origin != origin {
      fault = "\(place) is of another log"
    } else if signers.isEmpty {
      fault = "\(place) is not signed by the log's key"
    } else if let key, !signers.contains(key) {
      fault = "\(place) is signed by the key of another epoch"
    } else {
      return true
    }
    nextSize = nil
    return false
  }

  /// Looks at what is left when the tree has ended.
  func finish() throws {
    while let found = stream.current, fault == nil {
      guard isSound(found, nil) else { return }
      newer = found
      try advance()
    }
  }
}
