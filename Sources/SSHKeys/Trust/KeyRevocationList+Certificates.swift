import Bytes

/// The section of certificates (PROTOCOL.krl §2).
extension KeyRevocationList {
  /// Bits of one bitmap; OpenSSH writes a range where one would be longer than its entries are worth.
  static let bitmapByteLimit = 1 << 20

  /// ```
  /// string  authority's key, empty for every authority
  /// string  reserved
  /// then    byte section, string content
  /// ```
  mutating func readCertificates(_ section: inout ByteReader) throws(DecodeError) {
    let blob = try section.readSSHString("KRL authority")
    var entry = Certificates()
    if !blob.isEmpty { entry.authority = try SSHPublicKey(blob: blob).plain.blob }
    _ = try section.readSSHString("KRL reserved")
    var ranges: [ClosedRange<UInt64>] = []
    while !section.isAtEnd {
      let kind = try section.readUInt8("KRL certificate section")
      let start = section.offset
      let before = ranges.count
      var content = ByteReader(try section.readSSHString("KRL certificate section"))
      switch kind {
      case 0x20:
        while !content.isAtEnd {
          let serial = try content.readUInt64("serial")
          ranges.append(serial...serial)
        }
      case 0x21:
        let first = try content.readUInt64("first serial")
        let last = try content.readUInt64("last serial")
        guard first <= last else {
          throw DecodeError(.outOfRange, "serial range", offset: start, expected: "first up to last")
        }
        ranges.append(first...last)
        try content.expectEnd("serial range")
      case 0x22:
        let first = try content.readUInt64("bitmap offset")
        let bitmap = try content.readMagnitude("bitmap", limit: Self.bitmapByteLimit)
        try content.expectEnd("bitmap")
        try Self.insert(bitmap, from: first, into: &ranges, at: start)
      case 0x23:
        while !content.isAtEnd { entry.keyIDs.insert(try content.readSSHText("key id")) }
      default:
        throw DecodeError(.unsupported, "KRL certificate section", offset: start, found: "\(kind)")
      }
      rangeCount += ranges.count - before
      guard rangeCount <= SerialSet.rangeLimit else {
        throw DecodeError(.overLimit, "serials", offset: start, expected: "\(SerialSet.rangeLimit) ranges")
      }
    }
    entry.serials = SerialSet(ranges)
    certificates.append(entry)
  }

  /// Bit n of the number stands for the serial `first` + n.
  private static func insert(
    _ bitmap: [UInt8], from first: UInt64, into ranges: inout [ClosedRange<UInt64>], at offset: Int
  ) throws(DecodeError) {
    var position: UInt64 = 0
    for byte in bitmap.reversed() {
      for bit in 0..<UInt64(8) where byte >> bit & 1 != 0 {
        let (serial, isTooLarge) = first.addingReportingOverflow(position + bit)
        guard !isTooLarge else {
          throw DecodeError(.outOfRange, "bitmap", offset: offset, expected: "serials of 64 bits")
        }
        ranges.append(serial...serial)
      }
      position += 8
    }
  }
}
