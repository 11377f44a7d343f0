public import Bytes
public import Captures
public import Decryption
public import Evidence
public import Model
public import Policy
public import Streams

/// What an ingest is told.
public struct IngestOptions: Sendable {
  /// Bytes kept of each side of an exchange.
  public var bodyLimit: Int
  public var captures: CaptureOptions
  public var streams: StreamLimits
  /// Makes the hashes of secrets; its key belongs to the case.
  public var secrets: SecretHasher
  /// What is masked before it reaches the case.
  public var masking: MaskingPlan?
  /// Opens what is encrypted.
  public var keys: KeyRing
  /// Public keys of gateways' evidence logs.
  public var logKeys: [NoteKey] = []
  /// Where objects of git are looked up that a captured pack builds on.
  public var objects: (any ObjectSource)?
  /// Sources that the case has already: probes that match are passed over.
  public var known: [SourceFingerprint]

  public init(
    bodyLimit: Int, captures: CaptureOptions = .init(), streams: StreamLimits = .init(), secrets: SecretHasher,
    keys: KeyRing = KeyRing(),
    known: [SourceFingerprint] = []
  ) {
    self.bodyLimit = bodyLimit
    self.captures = captures
    self.streams = streams
    self.secrets = secrets
    self.keys = keys
    self.known = known
  }
}

/// What it takes to recognise a source that was ingested before.
public struct SourceFingerprint: Sendable, Hashable {
  public var byteCount: UInt64
  /// SHA-256 of the first 64 KiB, hexadecimal.
  public var headSHA256: String
  /// SHA-256 of all, hexadecimal.
  public var sha256: String

  public init(byteCount: UInt64, headSHA256: String, sha256: String) {
    self.byteCount = byteCount
    self.headSHA256 = headSHA256
    self.sha256 = sha256
  }
}
