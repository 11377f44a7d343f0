import Bytes
import Evidence
import Foundation
import Model

/// The first byte says what the rest is: 251 to 255 a file of a log, which is checkpoint, list of checkpoints, entries,
/// hashes, epochs; of others the rest of a division by 5: a note, a key, a proof of a record, notes of epochs, a proof of
/// inclusion or consistency.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzEvidenceLog(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let all = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard let kind = all.first else { return 0 }
  let bytes = Array(all.dropFirst())
  switch (kind, kind % 5) {
  case (251..., _): check(file: Int(kind) - 251, bytes)
  case (_, 0): checkNote(bytes)
  case (_, 1): checkKey(bytes)
  case (_, 2): checkProof(bytes)
  case (_, 3): checkEpochs(bytes)
  default: checkPath(bytes)
  }
  return 0
}

let signer = NoteSigner(name: "fuzz.example/log", seed: [UInt8](repeating: 7, count: 32))

func checkNote(_ bytes: [UInt8]) {
  guard let note = try? SignedNote(parsing: bytes) else { return }
  precondition(note.bytes == bytes, "a note that is not written as read")
  if let signer { _ = try? note.verified(by: [signer.key]) }
  guard let checkpoint = try? Checkpoint(parsing: note.text) else { return }
  precondition(checkpoint.text == note.text, "a checkpoint that is not written as read")
}

func checkKey(_ bytes: [UInt8]) {
  let text = String(decoding: bytes, as: UTF8.self)
  if let key = try? NoteKey(parsing: text) { precondition("\(key)" == text, "a key that is not written as read") }
  if let made = try? NoteSigner(parsing: text) {
    precondition((try? NoteSigner(parsing: made.text))?.key == made.key, "a private key that is not read as written")
  }
}

func checkProof(_ bytes: [UInt8]) {
  guard let proof = try? TlogProof(parsing: bytes) else { return }
  precondition(proof.bytes == bytes, "a proof that is not written as read")
  guard let signer, let record = proof.extra, proof.holds(of: record, keys: [signer.key]) else { return }
  precondition(Fixture.records.contains(record), "a proof of a record that was never signed")
}

func checkEpochs(_ bytes: [UInt8]) {
  guard let signer else { return }
  if let epochs = try? EpochKeys(parsing: bytes, root: signer.key, origin: "epochs.example") {
    precondition(!epochs.keys.isEmpty, "epochs without keys")
  }
}

/// A leaf's place, a tree's size and hashes of 32 bytes: nothing that is made up may lead to a root that was not there.
func checkPath(_ bytes: [UInt8]) {
  guard bytes.count >= 16 else { return }
  let number = { (range: Range<Int>) in bytes[range].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
  let hashes = stride(from: 16, to: bytes.count - 31, by: 32).compactMap { Digest(Array(bytes[$0..<($0 + 32)])) }
  let leaf = TreeHasher().leaf([])
  let proof = InclusionProof(index: number(0..<8), hashes: hashes)
  if let root = proof.root(leaf: leaf, size: number(8..<16)) {
    precondition(hashes.isEmpty ? root == leaf : root != leaf, "a root that no hash led to")
  }
  _ = ConsistencyProof(hashes: hashes).holds(
    oldSize: number(0..<8), oldRoot: leaf, newSize: number(8..<16), newRoot: leaf)
  if let subtree = Subtree(start: number(0..<8), end: number(8..<16)) {
    _ = ConsistencyProof(hashes: hashes).holds(subtree, root: leaf, size: subtree.end, of: leaf)
  }
}

func check(file: Int, _ bytes: [UInt8]) {
  guard let fixture = Fixture.shared else { preconditionFailure("no log to try it on") }
  let name = Fixture.files[min(file, Fixture.files.count - 1)]
  let place = fixture.folder + "/" + name
  let original = fixture.originals[name]
  try? Data(bytes).write(to: URL(filePath: place))
  defer {
    if let original { try? Data(original).write(to: URL(filePath: place)) } else { _ = unsafe unlink(place) }
  }
  let verifier = LogVerifier(log: fixture.folder, recording: nil, trust: LogTrust(key: fixture.key))
  guard let found = try? verifier.verify() else { return }
  // Epochs that nobody signed are none. An older checkpoint is what a crash leaves, half a one behind the list too, and
  // signatures of keys that nobody knows are passed over.
  let texts = Set(fixture.notes.compactMap { text($0) })
  let isHarmless =
    switch name {
    case "epochs": true
    case "checkpoint": text(bytes).map { texts.contains($0) } ?? false
    case "checkpoints": Set(listed(bytes).compactMap { text($0) }).isSuperset(of: texts)
    default: false
    }
  precondition(
    bytes == original || isHarmless || !found.verdict.isIntact, "\(name) was changed, and nobody saw it")
}

func text(_ note: [UInt8]) -> String? { try? SignedNote(parsing: note).text }

/// The notes of a list: two paragraphs each.
func listed(_ bytes: [UInt8]) -> [[UInt8]] {
  let parts = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n\n")
  return stride(from: 0, to: parts.count - 1, by: 2).map { Array("\(parts[$0])\n\n\(parts[$0 + 1])\n".utf8) }
}

/// A small log in a folder of its own.
struct Fixture {
  static let files = ["checkpoint", "checkpoints", "tile/entries/000.p/6", "tile/0/000.p/6", "epochs"]
  static let shared = Fixture()
  /// What the key signed.
  static let records: [[UInt8]] = {
    guard let shared, let reader = try? LogReader(log: shared.folder, key: shared.key) else { return [] }
    return (0..<reader.size).compactMap { try? reader.record(at: $0) }
  }()

  let folder: String
  let key: NoteKey
  let originals: [String: [UInt8]]
  let notes: [[UInt8]]

  init?() {
    guard let signer else { return nil }
    folder = FileManager.default.temporaryDirectory.appending(path: "exhibit-fuzz-\(getpid())").path
    try? FileManager.default.removeItem(atPath: folder)
    key = signer.key
    var options = EvidenceLog.Options()
    options.clock = LogClock { .init(wall: Timestamp(nanoseconds: 1), monotonic: 1) }
    options.product = "fuzz"
    do {
      let (log, _) = try EvidenceLog.open(directory: folder, key: signer, options: options)
      var notes: [[UInt8]] = []
      for count in 0..<4 {
        try log.append(.heartbeat(LeafHeartbeat(sessionCount: count)))
        notes.append(try log.commit().note.bytes)
      }
      notes.append(try log.close(reason: "fuzz").note.bytes)
      self.notes = notes
    } catch { return nil }
    var originals: [String: [UInt8]] = [:]
    for name in Self.files {
      if let data = FileManager.default.contents(atPath: folder + "/" + name) { originals[name] = Array(data) }
    }
    self.originals = originals
  }
}
