/// What bytes are by how they begin, whatever their name or media type says.
enum MagicType {
  private static let signatures: [(name: String, offset: Int, bytes: [UInt8])] = [
    ("PNG image", 0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), ("JPEG image", 0, [0xFF, 0xD8, 0xFF]),
    ("GIF image", 0, Array("GIF87a".utf8)), ("GIF image", 0, Array("GIF89a".utf8)),
    ("WebP image", 8, Array("WEBPVP8".utf8)), ("PDF document", 0, Array("%PDF-".utf8)),
    ("ELF program", 0, [0x7F, 0x45, 0x4C, 0x46]), ("Mach-O program", 0, [0xCF, 0xFA, 0xED, 0xFE]),
    ("WebAssembly module", 0, [0x00, 0x61, 0x73, 0x6D]), ("Java class file", 0, [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0]),
    ("gzip data", 0, [0x1F, 0x8B, 0x08]), ("Zstandard data", 0, [0x28, 0xB5, 0x2F, 0xFD]),
    ("xz data", 0, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]), ("bzip2 data", 0, Array("BZh".utf8)),
    ("Zip archive", 0, [0x50, 0x4B, 0x03, 0x04]), ("Zip archive", 0, [0x50, 0x4B, 0x05, 0x06]),
    ("7-Zip archive", 0, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), ("tar archive", 257, Array("ustar".utf8)),
    ("SQLite database", 0, Array("SQLite format 3\0".utf8)), ("Parquet file", 0, Array("PAR1".utf8)),
    ("git pack", 0, Array("PACK\0\0\0".utf8)), ("WOFF2 font", 0, Array("wOF2".utf8)),
    ("WAVE sound", 8, Array("WAVEfmt ".utf8)), ("Ogg stream", 0, Array("OggS".utf8)),
    ("MPEG-4 media", 4, Array("ftyp".utf8)), ("Windows program", 0, Array("MZ".utf8)),
    ("Kubernetes protobuf", 0, Array("k8s\0".utf8)),
  ]

  /// `PNG image`; nil when nothing is known that begins so.
  static func name(of bytes: [UInt8]) -> String? {
    signatures.first { bytes.dropFirst($0.offset).starts(with: $0.bytes) }?.name
  }
}
