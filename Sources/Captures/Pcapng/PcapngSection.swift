import Bytes
import Model

/// What a pcapng section declares and its packets need.
struct PcapngSection {
  /// The block types that we read, and those that we know to skip.
  enum BlockType {
    static let sectionHeader: UInt32 = 0x0a0d_0d0a
    static let interface: UInt32 = 1
    static let obsoletePacket: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let nameResolution: UInt32 = 4
    static let statistics: UInt32 = 5
    static let enhancedPacket: UInt32 = 6
    static let decryptionSecrets: UInt32 = 10
  }

  /// Bytes of a block to believe in: as Wireshark has it.
  static let blockLimit = 16 << 20
  /// Interfaces of one section.
  static let interfaceLimit = 10_000
  static let littleEndianMark: UInt32 = 0x4d3c_2b1a

  var isLittleEndian: Bool
  var interfaces: [PcapngInterface] = []
  /// Interfaces of the sections before: packets are numbered across the file.
  var interfaceBase: UInt32
  /// Of a version that we know; blocks of other sections are skipped.
  var isReadable = true

  init(isLittleEndian: Bool, interfaceBase: UInt32) {
    self.isLittleEndian = isLittleEndian
    self.interfaceBase = interfaceBase
  }

  static func recognizes(_ head: Span<UInt8>) -> Bool {
    guard head.starts(with: "\n\r\r\n") else { return false }
    // Cut within the first block: its type alone must do.
    guard head.count >= 12 else { return true }
    return byteOrder(head) != nil
  }

  /// Whether the section header names a gateway of ours as what wrote it (`shb_userappl`).
  static func isRecording(_ head: Span<UInt8>) -> Bool {
    guard let little = byteOrder(head), let frame = frame(head, littleEndian: little), frame.length <= head.count else {
      return false
    }
    var reader = ByteReader(body(head, frame.length))
    guard (try? reader.skip(16)) != nil else { return false }
    var isOurs = false
    PcapngOptions.read(reader.rest, littleEndian: little) { code, value in
      if code == 4, value.validString == RecordingFormat.application { isOurs = true }
    }
    return isOurs
  }

  /// Whether a section header block that starts here is little-endian; nil when its byte-order mark says neither.
  static func byteOrder(_ block: Span<UInt8>) -> Bool? {
    var reader = ByteReader(block)
    guard (try? reader.skip(8)) != nil, let mark = try? reader.readUInt32() else { return nil }
    if mark == littleEndianMark { return true }
    return mark == littleEndianMark.byteSwapped ? false : nil
  }

  /// Whether a block of this type is registered for general use, custom blocks included.
  static func isKnown(_ type: UInt32) -> Bool {
    switch type {
    case BlockType.sectionHeader, 1...6, 9, 10, 0xbad, 0x4000_0bad: true
    default: false
    }
  }

  /// Blocks that are no packets of ours and that Wireshark gives a number all the same: journal entries and custom ones.
  static func isCounted(_ type: UInt32) -> Bool { type == 9 || type == 0xbad || type == 0x4000_0bad }

  /// Type and total length of the block that starts at `block`, if its length can be one.
  static func frame(_ block: Span<UInt8>, littleEndian: Bool) -> (type: UInt32, length: Int)? {
    var reader = ByteReader(block)
    guard let type = try? reader.readUInt32(littleEndian: littleEndian) else { return nil }
    // A section header brings its own byte order.
    let isHeader = type == BlockType.sectionHeader
    guard let order = isHeader ? byteOrder(block) : littleEndian else { return nil }
    guard let length = try? reader.readUInt32(littleEndian: order), let count = Int(exactly: length) else { return nil }
    guard count >= (isHeader ? 28 : 12), count <= blockLimit else { return nil }
    return (type, count)
  }

  /// The bytes between the two lengths of the block at the window's start.
  @inline(__always) @_lifetime(copy window)
  static func body(_ window: Span<UInt8>, _ length: Int) -> Span<UInt8> {
    window.extracting(8..<max(8, length - 4))
  }

  /// Whether the last four bytes of a whole block repeat its length.
  static func endsWell(_ block: Span<UInt8>, littleEndian: Bool) -> Bool {
    guard block.count >= 12 else { return false }
    var reader = ByteReader(block.extracting((block.count - 4)..<block.count))
    guard let trailer = try? reader.readUInt32(littleEndian: littleEndian) else { return false }
    return UInt64(trailer) == UInt64(block.count)
  }
}
