import Bytes

/// Entries of a log in a file: each with its length before it, 16 bits, big-endian (C2SP tlog-tiles).
struct EntryBundle {
  /// Bytes of an entry, as many as its length can tell.
  static let entryLimit = 65_535
  /// Bytes of a full bundle of the longest entries.
  static let byteLimit = TilePath.fullWidth * (entryLimit + 2)

  /// Of whole entries.
  private(set) var entries: [[UInt8]] = []
  /// Bytes at the end that are no whole entry.
  private(set) var tornByteCount = 0

  /// Takes as many whole entries as there are, `limit` at most.
  init(_ bytes: [UInt8], limit: Int = TilePath.fullWidth) {
    var reader = ByteReader(bytes.span)
    while !reader.isAtEnd, entries.count < limit {
      let start = reader.offset
      guard let count = try? reader.readUInt16("entry length"), let entry = try? reader.read(Int(count), "entry") else {
        tornByteCount = bytes.count - start
        return
      }
      entries.append(entry.array)
    }
    tornByteCount = reader.remaining
  }

  static func append(_ entry: [UInt8], to bytes: inout [UInt8]) {
    bytes.append(UInt8(truncatingIfNeeded: entry.count >> 8))
    bytes.append(UInt8(truncatingIfNeeded: entry.count))
    bytes += entry
  }
}
