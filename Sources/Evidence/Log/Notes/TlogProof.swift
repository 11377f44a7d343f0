import Bytes

/// That a record stands in a log, in a file that needs nothing else (C2SP tlog-proof).
///
/// ```
/// c2sp.org/tlog-proof@v1
/// extra base64            (optional; here the record itself)
/// index decimal
/// base64 of a hash        (none or more)
/// (empty line)
/// the checkpoint, word for word
/// ```
public struct TlogProof: Hashable, Sendable {
  static let heading = "c2sp.org/tlog-proof@v1"
  /// A record, its way to the root and a checkpoint.
  public static let byteLimit = SignedNote.byteLimit + (128 << 10)

  /// Proven only when its hash is that of the leaf.
  public var extra: [UInt8]?
  public var inclusion: InclusionProof
  public var checkpoint: SignedCheckpoint

  public init(extra: [UInt8]?, inclusion: InclusionProof, checkpoint: SignedCheckpoint) {
    self.extra = extra
    self.inclusion = inclusion
    self.checkpoint = checkpoint
  }

  /// Reads the file; nothing is verified yet.
  ///
  /// - Throws: `NoteError` for what is no such file, or not in the one form that it has.
  public init(parsing bytes: [UInt8]) throws(NoteError) {
    guard bytes.count <= Self.byteLimit else { throw NoteError("a proof of over \(Self.byteLimit >> 10) KiB") }
    guard let gap = bytes.indices.first(where: { $0 > 0 && bytes[$0] == 0x0A && bytes[$0 - 1] == 0x0A }) else {
      throw NoteError("a proof without a checkpoint")
    }
    var lines = bytes[..<(gap - 1)].split(separator: 0x0A, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }[...]
    guard lines.popFirst() == Self.heading else { throw NoteError("a proof that does not begin with \(Self.heading)") }
    extra = nil
    if let line = lines.first, line.hasPrefix("extra ") {
      guard let data = StandardBase64.decode(line.dropFirst(6)) else { throw NoteError("extra data that is no base64") }
      extra = data
      lines = lines.dropFirst()
    }
    guard let line = lines.popFirst(), line.hasPrefix("index "), let index = DecimalText.number(line.dropFirst(6))
    else {
      throw NoteError("a proof without the index of its record")
    }
    guard lines.count <= InclusionProof.hashLimit else { throw NoteError("a proof of over 64 hashes") }
    var hashes: [Digest] = []
    for line in lines {
      guard let hash = StandardBase64.decode(line).flatMap({ Digest($0) }) else {
        throw NoteError("a hash of a proof that is no SHA-256 in base64")
      }
      hashes.append(hash)
    }
    inclusion = InclusionProof(index: index, hashes: hashes)
    checkpoint = try SignedCheckpoint(parsing: Array(bytes[(gap + 1)...]))
  }

  /// The file.
  public var bytes: [UInt8] {
    var lines = [Self.heading]
    if let extra { lines.append("extra \(StandardBase64.encode(extra))") }
    lines.append("index \(inclusion.index)")
    lines += inclusion.hashes.map { StandardBase64.encode($0.bytes) }
    return Array((lines.joined(separator: "\n") + "\n\n").utf8) + checkpoint.note.bytes
  }

  /// Whether one of the keys signed a log that has the record at that place.
  public func holds(of record: [UInt8], keys: [NoteKey]) -> Bool {
    guard (try? checkpoint.note.verified(by: keys)) != nil else { return false }
    let tree = checkpoint.checkpoint
    return inclusion.holds(leaf: TreeHasher().leaf(record), size: tree.size, root: tree.root)
  }
}
