import Bytes

/// What a file is, by its first bytes and never by its name.
enum Content: Hashable {
  case pcap
  case pcapng
  /// A pcapng that a gateway of ours wrote.
  case recording
  case compressed(Compression)
  case container(Container)
  /// A key log or a private key: what opens captures.
  case keys
  /// Something that the caller knows and reads itself, by its kind: `transcript`.
  case document(String)
  /// Not for us; says what it seems to be.
  case unknown(String)
  case empty

  enum Compression: Hashable { case gzip, bzip2, xz, zstd, lz4, lzip, compress }
  enum Container: Hashable { case tar, zip, sevenZip, cpio }

  /// Bytes at which to look: as many as go into `headDigest`.
  static let headByteCount = 64 << 10

  init(_ head: Span<UInt8>) {
    if head.isEmpty {
      self = .empty
    } else if PcapFileHeader.recognizes(head) {
      self = .pcap
    } else if PcapngSection.recognizes(head) {
      self = PcapngSection.isRecording(head) ? .recording : .pcapng
    } else if let compression = Compression(head) {
      self = .compressed(compression)
    } else if let container = Container(head) {
      self = .container(container)
    } else if KeyFile.recognizes(head) {
      self = .keys
    } else {
      self = .unknown(Content.foreignName(head))
    }
  }

  var isCapture: Bool { self == .pcap || self == .pcapng || self == .recording }

  /// Files that people mistake for captures we read, and what most others are.
  private static func foreignName(_ head: Span<UInt8>) -> String {
    let known: [(StaticString, String)] = [
      ("snoop\0\0\0", "a snoop capture"), ("GMBU", "a Network Monitor capture"), ("RTSS", "a Network Monitor capture"),
      ("iptrace ", "an iptrace capture"), ("btsnoop\0", "a btsnoop capture"), ("\u{7f}ELF", "a program"),
      ("Rar!\u{1a}\u{07}", "a RAR archive"), ("MSCF", "a cabinet archive"), ("xar!", "a xar archive"),
      ("SQLite format 3\0", "an SQLite file"), ("%PDF", "a PDF file"),
    ]
    for (magic, name) in known where head.starts(with: magic) { return name }
    let sample = head.extracting(0..<min(head.count, 512))
    var zeros = 0
    var controls = 0
    for index in sample.indices {
      let byte = sample[index]
      if byte == 0 { zeros += 1 }
      if byte < 0x20, byte != 9, byte != 10, byte != 13, byte != 12, byte != 27 { controls += 1 }
    }
    if zeros == sample.count { return "zeros" }
    if controls == 0 { return "text" }
    return "unknown bytes"
  }
}

extension Content.Compression {
  init?(_ head: Span<UInt8>) {
    var reader = ByteReader(head)
    guard let magic = try? reader.readUInt32() else { return nil }
    switch magic {
    case _ where magic >> 8 == 0x1f8b08: self = .gzip
    case _ where magic >> 16 == 0x1f9d: self = .compress
    case 0x28b5_2ffd: self = .zstd
    // RFC 8878 §3.1.2: skippable frames, 0x184D2A50 to 5F, little-endian.
    case _ where magic & 0xf0ff_ffff == 0x502a_4d18: self = .zstd
    // The LZ4 frame and its legacy form.
    case 0x0422_4d18, 0x0221_4c18: self = .lz4
    case 0x4c5a_4950: self = .lzip
    case 0xfd37_7a58 where head.count >= 6 && head[4] == 0x5a && head[5] == 0: self = .xz
    case _ where magic >> 8 == 0x425a68:
      // The level, then the digits of π (a block) or of its root (the end of an empty file).
      guard let block = try? reader.readUInt32(), block == 0x3141_5926 || block == 0x1772_4538 else { return nil }
      self = .bzip2
    default: return nil
    }
  }
}

extension Content.Container {
  init?(_ head: Span<UInt8>) {
    if head.starts(with: "PK\u{03}\u{04}") || head.starts(with: "PK\u{05}\u{06}") {
      self = .zip
    } else if Content.Container.isSevenZip(head) {
      self = .sevenZip
    } else if head.starts(with: "070701") || head.starts(with: "070702") || head.starts(with: "070707") {
      self = .cpio
    } else if Content.Container.isTar(head) {
      self = .tar
    } else if Content.Container.isBinaryCpio(head) {
      self = .cpio
    } else {
      return nil
    }
  }

  private static func isSevenZip(_ head: Span<UInt8>) -> Bool {
    var reader = ByteReader(head)
    guard let first = try? reader.readUInt32(), let second = try? reader.readUInt16() else { return false }
    return first == 0x377a_bcaf && second == 0x271c
  }

  /// POSIX.1 ustar and its ancestors: the octal checksum at 148 is the sum of the header, taking itself as spaces.
  private static func isTar(_ head: Span<UInt8>) -> Bool {
    guard head.count >= 512, head[0] != 0 else { return false }
    var claimed = 0
    var digitCount = 0
    for index in 148..<156 {
      let byte = head[index]
      if byte >= 0x30, byte <= 0x37 {
        claimed = claimed * 8 + Int(byte - 0x30)
        digitCount += 1
      } else if byte != 0, byte != 0x20 {
        return false
      }
    }
    var sum = 0
    for index in 0..<512 { sum += (148..<156).contains(index) ? 0x20 : Int(head[index]) }
    return digitCount > 0 && sum == claimed
  }

  /// The 26-byte header of old cpio: magic 0o070707 in either order, a name that ends in NUL.
  private static func isBinaryCpio(_ head: Span<UInt8>) -> Bool {
    var reader = ByteReader(head)
    guard let magic = try? reader.readUInt16(littleEndian: true), magic == 0x71c7 || magic == 0xc771 else {
      return false
    }
    let little = magic == 0x71c7
    guard (try? reader.skip(18)) != nil, let nameCount = try? reader.readUInt16(littleEndian: little) else {
      return false
    }
    guard nameCount > 1, nameCount < 4096 else { return false }
    let last = 26 + Int(nameCount) - 1
    return last < head.count && head[last] == 0 && head[26] != 0
  }
}
