/// Whose signatures are believed.
public struct LogTrust {
  /// Signs the log, or vouches for the keys of its epochs.
  public var key: NoteKey
  /// Witnesses, whose cosignatures anchor a checkpoint.
  public var witnesses: [NoteKey] = []
  /// Authorities, whose time stamps do.
  public var authorities: TimeStampAuthorities?

  public init(key: NoteKey) { self.key = key }
}

/// The keys that may sign checkpoints of a log.
struct LogKeys {
  /// Nil when one key signs all.
  let epochs: EpochKeys?
  private let key: NoteKey

  init(_ folder: LogFolder, _ key: NoteKey, origin: String) throws(EvidenceLogError) {
    self.key = key
    let bytes = try folder.read(EpochKeys.fileName, limit: EpochKeys.countLimit * 1024)
    epochs = bytes.flatMap { try? EpochKeys(parsing: $0, root: key, origin: origin) }
  }

  var all: [NoteKey] { epochs?.keys ?? [key] }

  /// The key of an epoch, counted from 1.
  func key(of epoch: UInt64) -> NoteKey? { epochs.map { $0.key(of: epoch) } ?? key }

  func signed(_ checkpoint: SignedCheckpoint) -> Bool { (try? checkpoint.note.verified(by: all)) != nil }
}
