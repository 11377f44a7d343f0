import Bytes
import Model

extension PacketReader {
  /// Reads the file header; false when there is none to go on with.
  mutating func beginPcap() -> Bool {
    var reader = ByteReader(input.window)
    guard let file = try? PcapFileHeader(parsing: &reader) else {
      stopTruncated("the file header")
      return false
    }
    if !file.isKnownVersion {
      log.report("pcap-version", "version \(file.majorVersion).\(file.minorVersion)", packet: 0, offset: 4)
    }
    if file.reservedBits != 0 {
      let bits = "0x" + String(file.reservedBits, radix: 16)
      log.report("pcap-link-type", "reserved bits \(bits) are set beside link type", packet: 0, offset: 20)
    }
    pcap = file
    header.linkType = file.linkType
    header.frameCheckLength = file.frameCheckLength
    input.consume(PcapFileHeader.byteCount)
    return true
  }

  /// Reads the next record; the input stands at its header.
  @inline(__always)
  mutating func nextRecord() -> Bool {
    guard let file = pcap else { return false }
    while true {
      guard input.require(file.recordHeaderLength) else { return endRecords() }
      var reader = ByteReader(input.window)
      guard let record = try? PcapRecordHeader(parsing: &reader, of: file) else { return endRecords() }
      let captured = Int(record.capturedLength)
      let length = file.recordHeaderLength &+ captured
      let isOdd =
        captured > file.packetLimit || record.originalLength > PcapFileHeader.originalLimit
        || (record.seconds | record.capturedLength == 0)
      guard !isOdd, input.require(length) else {
        switch passOdd(record, of: file) {
        case .accept: break
        case .again: continue
        case .stop: return false
        }
        accept(record, of: file, length: length)
        return true
      }
      accept(record, of: file, length: length)
      return true
    }
  }

  @inline(__always)
  private mutating func accept(_ record: PcapRecordHeader, of file: PcapFileHeader, length: Int) {
    recordLength = length
    packetStart = file.recordHeaderLength
    header.number &+= 1
    let nanoseconds = Int64(record.seconds) &* 1_000_000_000 &+ Int64(record.fraction) &* file.fractionUnit
    header.time = Timestamp(nanoseconds: nanoseconds)
    header.capturedLength = Int(record.capturedLength)
    header.originalLength = Int(max(record.originalLength, record.capturedLength))
    noteTime(nanoseconds)
    if record.capturedLength > record.originalLength || record.capturedLength > file.snapLength
      || Int64(record.fraction) &* file.fractionUnit >= 1_000_000_000
    {
      noteOddities(record, of: file)
    }
  }

  @inline(never)
  private mutating func noteOddities(_ record: PcapRecordHeader, of file: PcapFileHeader) {
    let (number, offset) = (header.number, input.offset)
    if record.capturedLength > record.originalLength {
      let detail = "\(record.capturedLength) bytes captured of \(record.originalLength) on the wire"
      log.reportOnce("captured-over-original", detail, packet: number, offset: offset)
    }
    // A snap length of 0 means none.
    if record.capturedLength > file.snapLength, file.snapLength > 0 {
      let detail = "\(record.capturedLength) bytes captured with a snap length of \(file.snapLength)"
      log.reportOnce("captured-over-snap-length", detail, packet: number, offset: offset)
    }
    if Int64(record.fraction) * file.fractionUnit >= 1_000_000_000 {
      log.reportOnce(
        "time-fraction", "a fraction of \(record.fraction) is over a second", packet: number, offset: offset)
    }
  }

  /// The source has no room for another record header.
  @inline(never)
  private mutating func endRecords() -> Bool {
    let left = input.window.count
    if left > 0 || input.failure != nil {
      stopTruncated("a record header")
    } else {
      format = .ended
    }
    return false
  }

  private enum Passing { case accept, again, stop }

  /// Judges a record that is too long, reaches past the end or is all zero, and finds the next good one.
  @inline(never)
  private mutating func passOdd(_ record: PcapRecordHeader, of file: PcapFileHeader) -> Passing {
    let captured = Int(record.capturedLength)
    if captured <= file.packetLimit, input.require(file.recordHeaderLength + captured) {
      if isZeroFilled() { return passDamage("zero bytes where a record should be") }
      return record.originalLength > PcapFileHeader.originalLimit ? passUnlikely(record, of: file) : .accept
    }
    if captured > file.packetLimit { return passDamage("a record claims \(captured) bytes") }
    // The end is cut; or, where the header cannot be believed, its length is wrong and good records may follow.
    let marked = input.offset
    guard !record.isPlausible(in: file, after: lastSeconds), resynchronise() else {
      stopTruncated("packet \(header.number + 1)", at: marked)
      return .stop
    }
    noteDamage("a record claims \(captured) bytes", from: marked)
    return .again
  }

  /// A record of which gigabytes are said to have been on the wire: taken as it is, unless good ones begin nearby.
  private mutating func passUnlikely(_ record: PcapRecordHeader, of file: PcapFileHeader) -> Passing {
    let marked = input.offset
    if resynchronise(isNear: true) {
      noteDamage("a record claims \(record.originalLength) bytes on the wire", from: marked)
      return .again
    }
    log.reportOnce(
      "original-length", "\(record.originalLength) bytes on the wire", packet: header.number + 1, offset: marked)
    return .accept
  }

  /// Two record headers of nothing but zeros: the tail of a file that was laid out and never written.
  private mutating func isZeroFilled() -> Bool {
    _ = input.require(32)
    let window = input.window
    for index in 0..<min(32, window.count) where window[index] != 0 { return false }
    return true
  }

  private mutating func passDamage(_ detail: String) -> Passing {
    let marked = input.offset
    guard resynchronise() else {
      stop("damaged-record", detail, at: marked)
      return .stop
    }
    noteDamage(detail, from: marked)
    return .again
  }

  private mutating func noteDamage(_ detail: String, from marked: UInt64) {
    let skipped = input.offset - marked
    log.isComplete = false
    log.report(
      "damaged-record", "\(detail); \(skipped) bytes skipped to the next good record", packet: header.number + 1,
      offset: marked)
    if resynchronisations == 1 { log.remarks.append("damaged at byte \(marked), good records follow") }
  }

  private var lastSeconds: UInt32? {
    header.number > 0 ? UInt32(exactly: header.time.nanoseconds / 1_000_000_000) : nil
  }

  /// Whether enough records that can be believed follow each other from `start`.
  func isRecordChain(_ window: Span<UInt8>, at start: Int, isAtEnd: Bool, of file: PcapFileHeader) -> Bool {
    let lastSeconds = lastSeconds
    var position = start
    for count in 0..<PacketReader.chainLength {
      if position == window.count, isAtEnd { return count > 0 }
      guard position + file.recordHeaderLength <= window.count else { return count > 1 }
      var reader = ByteReader(window.extracting(position..<window.count))
      guard let record = try? PcapRecordHeader(parsing: &reader, of: file) else { return false }
      guard record.isPlausible(in: file, after: lastSeconds) else { return false }
      position += file.recordHeaderLength + Int(record.capturedLength)
    }
    return true
  }
}
