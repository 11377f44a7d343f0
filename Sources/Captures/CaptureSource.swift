public import Bytes
public import Model

/// A file or member that was given, and what became of it.
public struct CaptureSource: Sendable {
  /// As given; members joined by `!`.
  public var path: String
  /// `pcap`, `pcapng`, `archive` or `unknown`.
  public var kind: String
  /// Over all its bytes; nil while it is not read to its end.
  public var digest: Digest?
  /// Over its first 64 KiB.
  public var headDigest: Digest?
  public var byteCount: UInt64 = 0
  public var packetCount: UInt64 = 0
  public var firstAt: Timestamp?
  public var lastAt: Timestamp?
  public var isComplete = true
  public var note: String?
  /// The case has it already, or it was given twice: nothing is read from it.
  public var isSkipped = false

  init(path: String, kind: CaptureKind) {
    self.path = path
    self.kind = kind.rawValue
  }
}

/// What is known of a source before it is read: enough to tell whether it was read before.
public struct SourceProbe {
  public let path: String
  /// Bytes in all.
  public let byteCount: UInt64
  /// Over the first 64 KiB.
  public let headDigest: Digest
  let full: () throws(InputError) -> Digest

  /// Over all bytes; reads them.
  ///
  /// - Throws: `InputError` when they cannot be read.
  public func digest() throws(InputError) -> Digest { try full() }
}
