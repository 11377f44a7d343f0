import Bytes

/// Hashes of one level, 32 bytes each, one after another.
enum HashTile {
  static let byteLimit = TilePath.fullWidth * 32

  static func bytes(_ hashes: [Digest]) -> [UInt8] { hashes.flatMap(\.bytes) }

  /// The whole hashes that are there, `limit` at most.
  static func hashes(in bytes: [UInt8], limit: Int = TilePath.fullWidth) -> [Digest] {
    let count = min(bytes.count / 32, limit)
    return (0..<count).compactMap { Digest(Array(bytes[($0 * 32)..<($0 * 32 + 32)])) }
  }
}
