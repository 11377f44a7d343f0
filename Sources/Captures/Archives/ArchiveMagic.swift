import Bytes

/// Whether a file's first bytes are those of an archive or a compressed file.
enum ArchiveMagic {
  /// Bytes that tell; tar's magic stands at byte 257.
  static let probeLength = 262

  static func matches(_ head: Span<UInt8>) -> Bool {
    let starts: [[UInt8]] = [
      [0x50, 0x4b, 0x03, 0x04], [0x50, 0x4b, 0x05, 0x06],  // zip
      [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c],  // 7z
      [0x1f, 0x8b],  // gzip
      [0x42, 0x5a, 0x68],  // bzip2
      [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],  // xz
      [0x28, 0xb5, 0x2f, 0xfd],  // zstd
      [0x04, 0x22, 0x4d, 0x18],  // lz4
      Array("070701".utf8), Array("070702".utf8), Array("070707".utf8), [0xc7, 0x71], [0x71, 0xc7],  // cpio
    ]
    for start in starts where head.count >= start.count {
      if head.extracting(first: start.count).elementsEqual(start.span) { return true }
    }
    return head.count >= 262 && head.extracting(257..<262).elementsEqual(Array("ustar".utf8).span)
  }
}
