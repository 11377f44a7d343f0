import Model

/// What anchors a log and was brought back to it: `anchors/<size>.checkpoint`, a note with its cosignatures, and
/// `anchors/<size>.tsr`, a time stamp (RFC 3161) of exactly that file.
struct AnchorFolder {
  static let name = "anchors"
  static let checkpointSuffix = ".checkpoint"
  static let stampSuffix = ".tsr"

  private let folder: LogFolder

  init(_ folder: LogFolder) { self.folder = folder }

  /// Adds to what was found the anchors that hold, and says of the others why not.
  func judge(
    _ tracks: [MarkTrack], _ newest: SignedCheckpoint, _ trust: LogTrust, _ found: inout LogVerification
  ) {
    guard found.provenCount > 0 else { return }
    judgeCosignatures(newest, LogFolder.checkpointName, trust, &found)
    for track in tracks where track.source != .history {
      if let fault = track.fault { found.anchorNotes.append("\(fault); not judged") }
      guard let matched = track.matched.entries ?? track.matched.tiles else { continue }
      let kind = track.source == .state ? "state" : "checkpoint"
      found.anchors.append(
        .init(kind: kind, name: track.name, size: matched.checkpoint.size, time: nil))
      judgeCosignatures(matched, track.name, trust, &found)
      if track.name.hasPrefix(Self.name + "/") { judgeStamp(track.name, matched, trust, &found) }
    }
    found.anchors.sort { ($0.size, $0.kind, $0.name) < ($1.size, $1.kind, $1.name) }
  }

  private func judgeCosignatures(
    _ checkpoint: SignedCheckpoint, _ name: String, _ trust: LogTrust, _ found: inout LogVerification
  ) {
    for witness in trust.witnesses {
      guard let line = checkpoint.note.signatures.first(where: { $0.name == witness.name && $0.keyID == witness.id })
      else { continue }
      guard (try? checkpoint.note.verified(by: [witness])) != nil else {
        found.anchorNotes.append("\(name): the cosignature of \(witness.name) does not hold")
        continue
      }
      let time = NoteKey.cosignedAt(line.bytes).flatMap { Int64(exactly: $0) }.map {
        Timestamp.epoch.adding(seconds: $0)
      }
      found.anchors.append(.init(kind: "witness", name: witness.name, size: checkpoint.checkpoint.size, time: time))
    }
  }

  private func judgeStamp(
    _ name: String, _ checkpoint: SignedCheckpoint, _ trust: LogTrust, _ found: inout LogVerification
  ) {
    let stamp = name.dropLast(Self.checkpointSuffix.count) + Self.stampSuffix
    do {
      guard let answer = try folder.read(String(stamp), limit: TimeStampToken.byteLimit) else { return }
      guard let authorities = trust.authorities else {
        found.anchorNotes.append("\(stamp): not judged; give the certificates of its authority")
        return
      }
      let bytes = try folder.read(name, limit: SignedNote.byteLimit) ?? []
      let time = try TimeStampToken.verify(answer, of: bytes, by: authorities)
      found.anchors.append(
        .init(kind: "time stamp", name: String(stamp), size: checkpoint.checkpoint.size, time: time))
    } catch {
      found.anchorNotes.append("\(stamp): \(error)")
    }
  }
}
