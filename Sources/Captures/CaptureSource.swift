public import Bytes
public import Model

/// A file, or a member of an archive, that was given to read; final once the set is read to its end.
public struct CaptureSource: Sendable, Hashable {
  /// As given, members joined by `!`: `evidence.tar.gz!day1/db.pcap`. Hostile; shown only when escaped.
  public var path: String
  /// `pcap`, `pcapng`, `archive`, `keys`, or `unknown`.
  public var kind: String
  /// SHA-256 of all bytes (of a member: as expanded), or of those before a place that could not be read, which the note
  /// then names. Nil until read.
  public var digest: Digest?
  /// SHA-256 of the first 64 KiB; nil when it could not be read.
  public var headDigest: Digest?
  public var byteCount: UInt64
  public var packetCount: UInt64 = 0
  /// Time of the earliest packet.
  public var firstAt: Timestamp?
  /// Time of the latest packet.
  public var lastAt: Timestamp?
  /// False when bytes are missing or damaged.
  public var isComplete = true
  /// Nothing was read from it: known before, or given twice.
  public var isSkipped = false
  /// What a person should know: damage, comments in the file, dropped packets.
  public var note: String?

  public init(path: String, kind: String, byteCount: UInt64 = 0) {
    self.path = path
    self.kind = kind
    self.byteCount = byteCount
  }

  /// Adds a sentence to the note.
  mutating func remark(_ text: String) {
    note = note.map { "\($0); \(text)" } ?? text
  }
}

/// A key log or key: a file of its own, or what a pcapng file carries for its traffic.
public struct DecryptionSecrets: Sendable, Hashable {
  /// `type` of a file of keys.
  public static let file: UInt32 = 0

  /// Ordinal of the source in the set.
  public var source: UInt32
  /// Of the registry of secrets types: 0x544c534b is a TLS key log, 0x5353484b an SSH key log; `file` for one that
  /// was found beside the captures.
  public var type: UInt32
  public var bytes: [UInt8]

  public init(source: UInt32, type: UInt32, bytes: [UInt8]) {
    self.source = source
    self.type = type
    self.bytes = bytes
  }
}
