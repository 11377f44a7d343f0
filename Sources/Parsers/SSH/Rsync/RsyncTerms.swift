import Bytes

/// What both ends agreed on before their frames begin, protocol 30 to 32.
///
///     client: version(4)                             [checksums] [compressions]
///     server: version(4) flags(varint)               [checksums] [compressions] seed(4)
///
/// The lists are sent when the flags have the eighth bit, and of what the command line does not choose already.
struct RsyncTerms {
  /// Bytes that each side spent on it.
  private(set) var clientLength = 0
  private(set) var serverLength = 0
  let version: Int
  let isIncremental: Bool
  let hasWideFlags: Bool
  let namesRoot: Bool
  /// Bytes of the checksum behind each file, and of those in the list.
  private(set) var checksumLength = 16
  private(set) var listChecksumLength = 16

  /// - Throws: `truncated` while either side has not said all of it; other codes when it is no such beginning.
  init(client: Span<UInt8>, server: Span<UInt8>, _ options: RsyncOptions) throws(DecodeError) {
    var (asker, teller) = (ByteReader(client), ByteReader(server))
    let theirs = try teller.readRsyncInt("version of the server")
    let ours = try asker.readRsyncInt("version of the client")
    version = min(theirs, ours)
    // Greater ones are not known; a shell that says something of its own is none of them.
    guard (30...32).contains(version) else {
      throw DecodeError(.outOfRange, "protocol of rsync", offset: 0, expected: "30 to 32", found: "\(version)")
    }
    let flags = try teller.readRsyncVarint("compatibility")
    isIncremental = flags & 1 != 0
    hasWideFlags = flags & 0x80 != 0
    namesRoot = flags & 0x100 != 0
    var (moved, listed) = options.checksums ?? ("md5", "md5")
    if hasWideFlags {
      if options.checksums == nil {
        let offered = try teller.readRsyncText("checksums of the server").split(separator: " ")
        let wanted = try asker.readRsyncText("checksums of the client").split(separator: " ")
        guard let first = wanted.first(where: { offered.contains($0) }) else {
          throw DecodeError(.mismatch, "checksum of rsync", offset: 4)
        }
        (moved, listed) = (String(first), String(first))
      }
      if options.isCompressed, !options.isCompressionChosen {
        _ = try teller.readRsyncText("compressions of the server")
        _ = try asker.readRsyncText("compressions of the client")
      }
    }
    _ = try teller.readRsyncInt("seed")
    guard let movedLength = Self.lengths[moved], let listedLength = Self.lengths[listed] else {
      throw DecodeError(.mismatch, "checksum of rsync", offset: 4)
    }
    (checksumLength, listChecksumLength) = (movedLength, listedLength)
    (clientLength, serverLength) = (asker.offset, teller.offset)
  }

  /// Bytes of each checksum; `none` is a byte.
  private static let lengths = [
    "md5": 16, "md4": 16, "sha1": 20, "xxh64": 8, "xxhash": 8, "xxh3": 8, "xxh128": 16, "none": 1,
  ]
}
