import Bytes
import Model

/// An Interface Description Block (draft-ietf-opsawg-pcapng §4.2).
struct PcapngInterface {
  var linkType: LinkType
  var snapLength: UInt32
  /// Ticks of a second: `if_tsresol`.
  var ticksPerSecond: Int64 = 1_000_000
  /// Seconds added to every time: `if_tsoffset`.
  var offsetSeconds: Int64 = 0
  /// Bytes of frame check sequence: `if_fcslen`.
  var frameCheckLength = 0

  init(parsing reader: inout ByteReader, littleEndian: Bool) throws(DecodeError) {
    linkType = LinkType(try reader.readUInt16("link type", littleEndian: littleEndian))
    try reader.skip(2, "reserved")
    snapLength = try reader.readUInt32("snap length", littleEndian: littleEndian)
    while let option = try PcapngOption.next(&reader, littleEndian: littleEndian) {
      switch option.code {
      case 9:
        // A power of ten, or of two when the top bit is set.
        guard let value = option.bytes.first else { continue }
        let exponent = Int64(value & 0x7f)
        ticksPerSecond = PcapngInterface.power(of: value & 0x80 == 0 ? 10 : 2, exponent) ?? 1_000_000
      case 14:
        guard option.bytes.count == 8 else { continue }
        var value = ByteReader(option.bytes.span)
        offsetSeconds = Int64(bitPattern: try value.readUInt64("if_tsoffset", littleEndian: littleEndian))
      case 13:
        // Written in bits by some and in bytes by others; an Ethernet FCS has 4 bytes.
        let length = Int(option.bytes.first ?? 0)
        frameCheckLength = length >= 16 ? length / 8 : length
      default: continue
      }
    }
  }

  private static func power(of base: Int64, _ exponent: Int64) -> Int64? {
    var result: Int64 = 1
    for _ in 0..<exponent {
      let (product, overflow) = result.multipliedReportingOverflow(by: base)
      if overflow { return nil }
      result = product
    }
    return result
  }

  /// The time of a packet's 64-bit tick count; nil when it does not fit.
  func time(ticks: UInt64) -> Timestamp? {
    let (seconds, rest) = ticks.quotientAndRemainder(dividingBy: UInt64(ticksPerSecond))
    guard let seconds = Int64(exactly: seconds) else { return nil }
    let (shifted, overflow1) = seconds.addingReportingOverflow(offsetSeconds)
    let (nanoseconds, overflow2) = shifted.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflow1, !overflow2 else { return nil }
    let (high, low) = rest.multipliedFullWidth(by: 1_000_000_000)
    let fraction = UInt64(ticksPerSecond).dividingFullWidth((high, low)).quotient
    let (sum, overflow3) = nanoseconds.addingReportingOverflow(Int64(clamping: fraction))
    return overflow3 ? nil : Timestamp(nanoseconds: sum)
  }
}

/// One option of a block: code, length, value, padding to 32 bits (§3.5).
struct PcapngOption {
  var code: UInt16
  var bytes: [UInt8]

  /// The next option; nil at `opt_endofopt` or the end of the block.
  @_lifetime(reader: copy reader)
  static func next(_ reader: inout ByteReader, littleEndian: Bool) throws(DecodeError) -> PcapngOption? {
    guard reader.remaining >= 4 else { return nil }
    let code = try reader.readUInt16("option code", littleEndian: littleEndian)
    let length = Int(try reader.readUInt16("option length", littleEndian: littleEndian))
    guard code != 0 else { return nil }
    let bytes = try reader.read(length, "option value").array
    try reader.skip(min(reader.remaining, (4 - length % 4) % 4), "option padding")
    return PcapngOption(code: code, bytes: bytes)
  }
}
