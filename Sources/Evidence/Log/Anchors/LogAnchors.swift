import Bytes
public import Model

/// Brings to a log's folder what others say of its checkpoints.
public struct LogAnchors {
  private var folder: LogFolder
  private let reader: LogReader

  /// - Parameters:
  ///   - log: The log's own folder.
  ///   - reader: Of the same log.
  public init(log: String, reader: LogReader) {
    folder = LogFolder(path: log)
    self.reader = reader
  }

  /// Gives the newest checkpoint to a folder on another disk or host, in its file `checkpoints`.
  ///
  /// - Throws: `EvidenceLogError` when the folder does not take it.
  public func add(mirror path: String) throws { try CheckpointMirror(path: path).add(reader.checkpoint) }

  private func place(_ size: UInt64, _ suffix: String) -> String { "\(AnchorFolder.name)/\(size)\(suffix)" }

  /// Puts the newest checkpoint aside, and gives a request to stamp exactly that file (RFC 3161 §2.4.1): SHA-256, with the
  /// authority's certificate.
  ///
  /// - Throws: `EvidenceLogError` when the file cannot be written.
  public func stampQuery() throws -> [UInt8] {
    var folder = folder
    let name = place(reader.size, AnchorFolder.checkpointSuffix)
    var bytes = reader.checkpoint.note.bytes
    if let there = try folder.read(name, limit: SignedNote.byteLimit) {
      // May have cosignatures by now; a stamp is of the file as it is.
      bytes = there
    } else {
      try folder.put(name, bytes)
      try folder.sync()
    }
    let imprint = SHA256.digest(of: bytes.span).bytes
    let algorithm: [UInt8] = [0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00]
    let message = algorithm + [0x04, 0x20] + imprint
    let body: [UInt8] = [0x02, 0x01, 0x01, 0x30, UInt8(message.count)] + message + [0x01, 0x01, 0xFF]
    return [0x30, UInt8(body.count)] + body
  }

  /// Keeps an answer to such a request, with the checkpoint that it is of.
  ///
  /// - Returns: The size of that checkpoint, and when it was there at the latest.
  /// - Throws: `EvidenceLogError` when it stamps none of the checkpoints that were put aside.
  public func add(stamp: [UInt8], by authorities: TimeStampAuthorities) throws -> (size: UInt64, time: Timestamp) {
    var folder = folder
    var reason = "no checkpoint was put aside; see --query"
    for name in try folder.names(in: AnchorFolder.name).reversed() where name.hasSuffix(AnchorFolder.checkpointSuffix) {
      let size = UInt64(name.dropLast(AnchorFolder.checkpointSuffix.count))
      guard let size, let bytes = try folder.read("\(AnchorFolder.name)/\(name)", limit: SignedNote.byteLimit) else {
        continue
      }
      do throws(TimeStampError) {
        let time = try TimeStampToken.verify(stamp, of: bytes, by: authorities)
        try? folder.create(AnchorFolder.name)
        do throws(EvidenceLogError) {
          try folder.put(place(size, AnchorFolder.stampSuffix), stamp)
          try folder.sync()
        } catch {
          throw TimeStampError("\(error)")
        }
        return (size, time)
      } catch {
        reason = "\(error)"
      }
    }
    throw EvidenceLogError(.damaged, folder.path, "the time stamp is of none of the log's checkpoints: \(reason)")
  }

  /// Keeps a checkpoint that a witness cosigned.
  ///
  /// - Returns: Its size.
  /// - Throws: `EvidenceLogError` when it is not of this log, or the cosignature does not hold.
  public func add(cosigned bytes: [UInt8], by witness: NoteKey) throws -> UInt64 {
    var folder = folder
    let found: SignedCheckpoint
    do throws(NoteError) {
      found = try SignedCheckpoint(parsing: bytes)
      _ = try found.note.verified(by: [witness])
      _ = try found.note.verified(by: reader.allKeys)
    } catch {
      throw EvidenceLogError(.damaged, folder.path, "the cosigned checkpoint: \(error)")
    }
    let tree = found.checkpoint
    guard tree.origin == reader.checkpoint.checkpoint.origin else {
      throw EvidenceLogError(.damaged, folder.path, "the cosigned checkpoint is of \(tree.origin)")
    }
    _ = try reader.consistency(from: tree)
    let name = place(tree.size, AnchorFolder.checkpointSuffix)
    var note = found.note
    if let there = try folder.read(name, limit: SignedNote.byteLimit), let known = try? SignedNote(parsing: there),
      known.text == note.text
    {
      // A stamp that is there is of that file: it goes on to be.
      guard try !folder.contains(place(tree.size, AnchorFolder.stampSuffix)) else {
        throw EvidenceLogError(.damaged, folder.path, "the checkpoint of \(tree.size) records has a time stamp already")
      }
      note.signatures = known.signatures + note.signatures.filter { !known.signatures.contains($0) }
    }
    try folder.put(name, note.bytes)
    try folder.sync()
    return tree.size
  }
}
