import Bytes
import Model

extension PacketReader {
  /// The enhanced packet block.
  ///
  ///     +------------+-----------+----------+------------+------------+------+---------+
  ///     | interface 4| timeHigh 4| timeLow 4| captured 4 | original 4 | data | options |
  ///     +------------+-----------+----------+------------+------------+------+---------+
  @inline(__always)
  mutating func readEnhancedPacket(_ length: Int) -> Bool {
    let little = section.isLittleEndian
    var reader = ByteReader(PcapngSection.body(input.window, length))
    guard let interface = try? reader.readUInt32(littleEndian: little),
      let high = try? reader.readUInt32(littleEndian: little),
      let low = try? reader.readUInt32(littleEndian: little),
      let captured = try? reader.readUInt32(littleEndian: little),
      let original = try? reader.readUInt32(littleEndian: little), Int(captured) <= reader.remaining
    else { return rejectPacket("an enhanced packet longer than its block") }
    let units = UInt64(high) << 32 | UInt64(low)
    let padded = (Int(captured) &+ 3) & ~3
    let options = reader.remaining &- padded
    guard acceptPacket(interface, units, captured, original, start: 28) else { return false }
    if options >= 4 { readPacketOptions(length, from: 20 &+ padded) }
    return true
  }

  /// Fills the header from what all packet blocks say.
  @inline(__always)
  private mutating func acceptPacket(
    _ interface: UInt32, _ units: UInt64?, _ captured: UInt32, _ original: UInt32, start: Int
  ) -> Bool {
    guard let index = Int(exactly: interface), index < section.interfaces.count else {
      return rejectPacket("a packet of interface \(interface), which is not described")
    }
    header.number &+= 1
    header.interface = section.interfaceBase &+ interface
    header.linkType = section.interfaces[index].linkType
    header.frameCheckLength = section.interfaces[index].frameCheckLength
    header.capturedLength = Int(captured)
    header.originalLength = Int(max(captured, original))
    packetStart = start
    if let units {
      if let time = section.interfaces[index].resolution.nanoseconds(units) {
        header.time = Timestamp(nanoseconds: time)
        noteTime(time)
      } else {
        // Keeps the place that it has in the file.
        log.reportOnce("time-out-of-range", "a time beyond 2262", packet: header.number, offset: input.offset)
      }
    }
    if captured > original { noteOverOriginal(captured, original) }
    return true
  }

  @inline(never)
  private mutating func noteOverOriginal(_ captured: UInt32, _ original: UInt32) {
    log.reportOnce(
      "captured-over-original", "\(captured) bytes captured of \(original) on the wire", packet: header.number,
      offset: input.offset)
  }

  @inline(never)
  private mutating func rejectPacket(_ detail: String) -> Bool {
    log.isComplete = false
    log.report("damaged-block", detail, packet: header.number + 1, offset: input.offset)
    return false
  }

  /// epb_flags (2) says how long the frame check sequence is, epb_dropcount (4) what was lost since the packet before.
  @inline(never)
  private mutating func readPacketOptions(_ length: Int, from start: Int) {
    let little = section.isLittleEndian
    var flags: UInt32?
    var dropped: UInt64 = 0
    var comments: [String] = []
    let roomForComments = log.comments.count < SourceLog.commentLimit
    var commentCount = 0
    let block = PcapngSection.body(input.window, length)
    PcapngOptions.read(block.extracting(min(start, block.count)..<block.count), littleEndian: little) { code, value in
      var field = ByteReader(value)
      switch code {
      case 1:
        commentCount += 1
        if roomForComments { comments.append(SourceLog.comment(value)) }
      case 2: flags = try? field.readUInt32(littleEndian: little)
      case 4: dropped = (try? field.readUInt64(littleEndian: little)) ?? 0
      default: break
      }
    }
    if let flags, flags >> 5 & 15 != 0 { header.frameCheckLength = Int(flags >> 5 & 15) }
    lostBeforePackets = lostBeforePackets.addingReportingOverflow(dropped).partialValue
    for comment in comments { log.keep(comment: "packet \(header.number): \(comment)") }
    for _ in comments.count..<max(comments.count, commentCount) { log.keep(comment: "") }
  }

  /// The simple packet block: original length 4, then the data, of the first interface and without a time.
  mutating func readSimplePacket(_ length: Int) -> Bool {
    var reader = ByteReader(PcapngSection.body(input.window, length))
    guard let original = try? reader.readUInt32(littleEndian: section.isLittleEndian) else {
      return rejectPacket("a simple packet without a length")
    }
    var captured = min(Int(original), reader.remaining)
    if let snap = section.interfaces.first?.snapLength, snap > 0 { captured = min(captured, Int(snap)) }
    return acceptPacket(0, nil, UInt32(captured), original, start: 12)
  }

  /// The obsolete packet block.
  ///
  ///     +------------+--------+-----------+----------+------------+------------+------+---------+
  ///     | interface 2| drops 2| timeHigh 4| timeLow 4| captured 4 | original 4 | data | options |
  ///     +------------+--------+-----------+----------+------------+------------+------+---------+
  mutating func readObsoletePacket(_ length: Int) -> Bool {
    let little = section.isLittleEndian
    var reader = ByteReader(PcapngSection.body(input.window, length))
    guard let interface = try? reader.readUInt16(littleEndian: little),
      let drops = try? reader.readUInt16(littleEndian: little),
      let high = try? reader.readUInt32(littleEndian: little),
      let low = try? reader.readUInt32(littleEndian: little),
      let captured = try? reader.readUInt32(littleEndian: little),
      let original = try? reader.readUInt32(littleEndian: little), Int(captured) <= reader.remaining
    else { return rejectPacket("a packet longer than its block") }
    // 0xFFFF: not known.
    if drops != 0xffff { lostBeforePackets = lostBeforePackets.addingReportingOverflow(UInt64(drops)).partialValue }
    let units = UInt64(high) << 32 | UInt64(low)
    let padded = (Int(captured) + 3) & ~3
    let options = reader.remaining - padded
    guard acceptPacket(UInt32(interface), units, captured, original, start: 28) else { return false }
    if options >= 4 { readPacketOptions(length, from: 20 + padded) }
    return true
  }
}
