import Bytes
import Model

/// What stands before each packet of a classic pcap file.
///
///     +-----------+------------+------------------+------------------+
///     | seconds 4 | fraction 4 | captured length 4| original length 4|
///     +-----------+------------+------------------+------------------+
struct PcapRecordHeader {
  var seconds: UInt32
  var fraction: UInt32
  var capturedLength: UInt32
  var originalLength: UInt32

  @inline(__always) @_lifetime(reader: copy reader)
  init(parsing reader: inout ByteReader, of file: PcapFileHeader) throws(DecodeError) {
    let little = file.isLittleEndian
    seconds = try reader.readUInt32("pcap seconds", littleEndian: little)
    fraction = try reader.readUInt32("pcap fraction", littleEndian: little)
    capturedLength = try reader.readUInt32("pcap captured length", littleEndian: little)
    originalLength = try reader.readUInt32("pcap original length", littleEndian: little)
    if file.lengthOrder != .capturedFirst { reorderLengths(file.lengthOrder) }
  }

  private mutating func reorderLengths(_ order: PcapFileHeader.LengthOrder) {
    if order == .originalFirst || capturedLength > originalLength { swap(&capturedLength, &originalLength) }
  }

  /// A header that can be believed where nothing else says that a record starts here.
  ///
  /// `lastSeconds` is of the packet before, when there was one.
  func isPlausible(in file: PcapFileHeader, after lastSeconds: UInt32?) -> Bool {
    let fractionLimit: UInt32 = file.fractionUnit == 1 ? 1_000_000_000 : 1_000_000
    guard seconds > 0, fraction < fractionLimit else { return false }
    guard Int(capturedLength) <= file.packetLimit, capturedLength <= originalLength else { return false }
    guard originalLength <= UInt32(PcapFileHeader.packetLimit), originalLength > 0 else { return false }
    guard let lastSeconds else { return true }
    let distance = seconds > lastSeconds ? seconds - lastSeconds : lastSeconds - seconds
    return distance <= PcapRecordHeader.plausibleGapSeconds
  }

  /// A year: captures that pause for longer begin a new file.
  static let plausibleGapSeconds: UInt32 = 366 * 86_400
}
