import Bytes
import Model

/// Reads the packets of one capture, one after another.
///
/// A struct, so that the reader in use lies within the set and a packet costs no reference counting or exclusivity checks.
struct PacketReader {
  enum Format { case undetermined, pcap, pcapng, ended }

  var input: ChunkInput
  var log: SourceLog
  var format = Format.undetermined
  var pcap: PcapFileHeader?
  var section: PcapngSection
  /// Place in the order of opening: breaks ties of time.
  var rank = 0

  /// The packet just read.
  var header: PacketHeader
  /// Where its bytes begin, in the input's window.
  var packetStart = 0
  /// Bytes of its record or block, to be consumed before the next is read.
  var recordLength = 0
  /// Earliest and latest time seen.
  var earliest = Int64.max
  var latest = Int64.min
  /// Records that jumped back by more than `jumpNanoseconds`, and the first of them.
  var backwardJumps: UInt64 = 0
  var firstBackwardJump: UInt64 = 0
  /// Packets that packet blocks say were lost before them.
  var lostBeforePackets: UInt64 = 0
  /// Numbers that went to blocks which are no packets.
  var otherCount: UInt64 = 0
  /// Damaged places passed over so far.
  var resynchronisations = 0

  /// Packets of several queues are often written out of order by less.
  static let jumpNanoseconds: Int64 = 1_000_000_000

  init(_ input: ChunkInput, log: SourceLog) {
    self.input = input
    self.log = log
    section = PcapngSection(isLittleEndian: true, interfaceBase: 0)
    header = PacketHeader(
      source: log.ordinal, number: 0, time: .epoch, linkType: .ethernet, capturedLength: 0, originalLength: 0)
  }

  /// A reader of nothing.
  init() {
    self.init(ChunkInput(), log: SourceLog(ordinal: 0, anomalyLimit: 0))
    format = .ended
  }

  /// The bytes of the packet just read.
  var packet: Span<UInt8> {
    @_lifetime(borrow self)
    get { input.window.extracting(packetStart..<(packetStart + header.capturedLength)) }
  }

  /// Reads the next packet; false at the end.
  @inline(__always)
  mutating func next() -> Bool {
    input.consume(recordLength)
    recordLength = 0
    switch format {
    case .pcap: return nextRecord()
    case .pcapng: return nextBlock()
    case .undetermined: return begin()
    case .ended: return false
    }
  }

  @inline(never)
  private mutating func begin() -> Bool {
    _ = input.require(PcapFileHeader.byteCount)
    if PcapngSection.recognizes(input.window) {
      format = .pcapng
      return nextBlock()
    }
    guard beginPcap() else {
      format = .ended
      return false
    }
    format = .pcap
    return nextRecord()
  }

  /// Takes note of the time of the packet just read.
  @inline(__always)
  mutating func noteTime(_ nanoseconds: Int64) {
    if nanoseconds < latest { noteBackwards(nanoseconds) }
    if nanoseconds < earliest { earliest = nanoseconds }
    if nanoseconds > latest { latest = nanoseconds }
  }

  @inline(never)
  private mutating func noteBackwards(_ nanoseconds: Int64) {
    let (distance, overflow) = latest.subtractingReportingOverflow(nanoseconds)
    guard overflow || distance > PacketReader.jumpNanoseconds else { return }
    if backwardJumps == 0 { firstBackwardJump = header.number }
    backwardJumps += 1
  }

  /// Ends the reading, with a reason.
  mutating func stop(_ code: Anomaly.Code, _ detail: String, at offset: UInt64) {
    log.isComplete = false
    log.report(code, detail, packet: header.number + 1, offset: offset)
    log.remarks.append("\(detail), at byte \(offset) after packet \(header.number)")
    format = .ended
  }

  /// Ends the reading because the source has no more bytes; `missing` says what was begun.
  mutating func stopTruncated(_ missing: String, at offset: UInt64? = nil) {
    guard input.failure == nil else {
      format = .ended
      return
    }
    stop("truncated-capture", "the file ends within \(missing)", at: offset ?? input.offset)
  }

  /// Reads what is left for the digest, and sums up.
  mutating func close() {
    let end = input.offset
    input.drain()
    if let failure = input.failure {
      log.isComplete = false
      log.report(
        Anomaly.Code(failure.code.name), failure.reason, packet: header.number + 1, offset: end)
      log.remarks.append("\(failure.reason), after packet \(header.number)")
    }
    if backwardJumps > 0 {
      log.report(
        "capture-time-backwards", "\(backwardJumps) packets are over a second older than one before them",
        packet: firstBackwardJump, offset: 0)
    }
    closeInterfaces()
    log.close(packet: header.number, offset: end)
    format = .ended
  }

  /// Earliest and latest time, if any packet had one.
  var times: (first: Timestamp, last: Timestamp)? {
    guard earliest <= latest else { return nil }
    return (Timestamp(nanoseconds: earliest), Timestamp(nanoseconds: latest))
  }
}
