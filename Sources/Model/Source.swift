/// A file (or member of an archive) that evidence was read from; a row of the `sources` view.
public struct Source: Sendable, Hashable {
  /// Derived from the digest: `src-` and its first 16 hexadecimal digits.
  public var id: String
  /// As given, members joined by `!`: `evidence.tar.gz!day1/db.pcap`. Safe to show only when escaped.
  public var path: String
  /// `pcap`, `pcapng`, `recording`, `transcript`, …, or `unknown`.
  public var kind: String
  /// 64 hexadecimal digits over the file's bytes (of a member: its expanded bytes).
  public var sha256: String
  public var byteCount: UInt64
  public var packetCount: UInt64
  public var firstAt: Timestamp?
  public var lastAt: Timestamp?
  /// False when the tail is cut or damaged.
  public var isComplete: Bool
  /// `unsigned` for captures; recordings say `intact`, `broken`, ….
  public var integrity: String
  public var note: String?

  /// Its signatures do not verify, or not all that was signed is there.
  public var isBroken: Bool {
    ["broken", "forked", "rolled-back", "truncated"].contains { integrity.hasPrefix($0) }
  }

  /// What numbers of places count in it: packets of a capture, records of a transcript, lines of a server's log.
  public var unit: String { packetCount > 0 ? "packet" : kind == "transcript" ? "record" : "line" }

  public init(
    id: String, path: String, kind: String, sha256: String, byteCount: UInt64, packetCount: UInt64,
    firstAt: Timestamp?, lastAt: Timestamp?, isComplete: Bool, integrity: String, note: String?
  ) {
    self.id = id
    self.path = path
    self.kind = kind
    self.sha256 = sha256
    self.byteCount = byteCount
    self.packetCount = packetCount
    self.firstAt = firstAt
    self.lastAt = lastAt
    self.isComplete = isComplete
    self.integrity = integrity
    self.note = note
  }
}
