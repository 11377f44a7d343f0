import Bytes

/// A key revocation list (OpenSSH PROTOCOL.krl), as `ssh-keygen -k` makes it.
///
/// Lists with signatures within are refused: nothing makes them, OpenSSH 9.2 reads and 9.4 dropped them.
public struct KeyRevocationList: Hashable, Sendable {
  static let magic: StaticString = "SSHKRL\n\0"
  static let formatVersion: UInt32 = 1

  /// What an authority, or any authority, revoked.
  struct Certificates: Hashable, Sendable {
    /// Wire form of the authority's key; nil stands for every one.
    var authority: [UInt8]?
    var serials = SerialSet()
    var keyIDs: Set<String> = []
  }

  /// Grows with each change of the list.
  public let version: UInt64
  /// Seconds since 1970 at which it was made.
  public let generated: UInt64
  public let comment: String
  var certificates: [Certificates] = []
  /// Of all serials as they are read, for the limit.
  var rangeCount = 0
  /// Wire forms of plain keys.
  var keys: Set<[UInt8]> = []
  /// Of wire forms of plain keys.
  var sha1s: Set<[UInt8]> = []
  var sha256s: Set<[UInt8]> = []

  /// ```
  /// byte[8]  "SSHKRL\n\0"
  /// uint32   format version
  /// uint64   version, generated, flags
  /// string   reserved
  /// string   comment
  /// then     byte section, string content
  /// ```
  init(_ bytes: Span<UInt8>) throws(DecodeError) {
    var reader = ByteReader(bytes)
    guard try reader.read(Self.magic.utf8CodeUnitCount, "KRL magic").starts(with: Self.magic) else {
      throw DecodeError(.mismatch, "KRL magic", offset: 0)
    }
    let format = try reader.readUInt32("KRL format")
    guard format == Self.formatVersion else {
      throw DecodeError(.unsupported, "KRL format", offset: 8, expected: "\(Self.formatVersion)", found: "\(format)")
    }
    version = try reader.readUInt64("KRL version")
    generated = try reader.readUInt64("KRL date")
    _ = try reader.readUInt64("KRL flags")
    _ = try reader.readSSHString("KRL reserved")
    comment = try reader.readSSHText("KRL comment")
    while !reader.isAtEnd {
      let kind = try reader.readUInt8("KRL section")
      let start = reader.offset
      var section = ByteReader(try reader.readSSHString("KRL section"))
      switch kind {
      case 1: try readCertificates(&section)
      case 2: try Self.read(&section, into: &keys, count: nil)
      case 3: try Self.read(&section, into: &sha1s, count: SHA1.length)
      case 5: try Self.read(&section, into: &sha256s, count: 32)
      default: throw DecodeError(.unsupported, "KRL section", offset: start, found: "\(kind)")
      }
    }
  }

  private static func read(
    _ section: inout ByteReader, into set: inout Set<[UInt8]>, count: Int?
  ) throws(DecodeError) {
    while !section.isAtEnd {
      if let count {
        set.insert(try section.readSSHString("KRL hash", count: count))
      } else {
        set.insert(try section.readSSHString("KRL key").array)
      }
    }
  }

  func revocation(of key: SSHPublicKey) -> Revocation? {
    if let found = listed(key.plain.blob) { return found }
    guard let certificate = key.certificate else { return nil }
    let authority = certificate.authority.blob
    for entry in certificates where entry.authority == nil || entry.authority == authority {
      if entry.keyIDs.contains(certificate.keyID) { return .keyID(certificate.keyID) }
      // Zero is what an authority writes that does not number its certificates.
      if certificate.serial != 0, entry.serials.contains(certificate.serial) { return .serial(certificate.serial) }
    }
    return listed(authority) == nil ? nil : .authority
  }

  private func listed(_ blob: [UInt8]) -> Revocation? {
    if keys.contains(blob) { return .key }
    if !sha256s.isEmpty, sha256s.contains(SHA256.digest(of: blob.span).bytes) { return .fingerprint }
    guard !sha1s.isEmpty else { return nil }
    let hash = SHA1()
    hash.update(blob.span)
    return sha1s.contains(hash.finish()) ? .fingerprint : nil
  }
}
