import Bytes
import Model

extension PacketReader {
  /// Begins a section: byte order and version; its interfaces are its own.
  mutating func beginSection(_ length: Int) {
    closeInterfaces()
    let little = PcapngSection.byteOrder(input.window) ?? section.isLittleEndian
    let count = UInt32(exactly: section.interfaces.count) ?? 0
    section = PcapngSection(isLittleEndian: little, interfaceBase: section.interfaceBase &+ count)
    if !PcapngSection.endsWell(input.window.extracting(0..<length), littleEndian: little) {
      log.report(
        "damaged-block", "a section header whose two lengths differ", packet: header.number, offset: input.offset)
      log.isComplete = false
    }
    var reader = ByteReader(PcapngSection.body(input.window, length))
    guard (try? reader.skip(4)) != nil, let major = try? reader.readUInt16(littleEndian: little),
      let minor = try? reader.readUInt16(littleEndian: little), (try? reader.skip(8)) != nil
    else { return }
    // Minor 2 is what some tools wrote for the same format: draft-ietf-opsawg-pcapng §4.1.
    if major != 1 || (minor != 0 && minor != 2) {
      section.isReadable = major == 1
      let detail = "section of version \(major).\(minor)" + (major == 1 ? "" : " skipped")
      log.report("pcapng-version", detail, packet: header.number, offset: input.offset)
      if major != 1 {
        log.isComplete = false
        log.remarks.append(detail)
      }
    }
    var comments: [String] = []
    PcapngOptions.read(reader.rest, littleEndian: little) { code, value in
      if code == 1 { comments.append(SourceLog.comment(value)) }
    }
    for comment in comments { log.keep(comment: comment) }
  }

  mutating func readInterface(_ length: Int) {
    guard
      let interface = try? PcapngInterface(
        parsing: PcapngSection.body(input.window, length), littleEndian: section.isLittleEndian)
    else {
      log.report("damaged-block", "an interface description cut short", packet: header.number, offset: input.offset)
      log.isComplete = false
      return
    }
    guard section.interfaces.count < PcapngSection.interfaceLimit else {
      log.reportOnce(
        "interface-limit", "more than \(PcapngSection.interfaceLimit) interfaces", packet: header.number,
        offset: input.offset)
      return
    }
    for comment in interface.comments { log.keep(comment: comment) }
    section.interfaces.append(interface)
    section.interfaces[section.interfaces.count - 1].comments = []
  }

  /// The interface statistics block: isb_ifdrop (5) and isb_osdrop (7) count what the capture lost so far.
  mutating func readStatistics(_ length: Int) {
    let little = section.isLittleEndian
    var reader = ByteReader(PcapngSection.body(input.window, length))
    guard let interface = try? reader.readUInt32(littleEndian: little), (try? reader.skip(8)) != nil else { return }
    guard let index = Int(exactly: interface), index < section.interfaces.count else { return }
    var dropped: UInt64 = 0
    PcapngOptions.read(reader.rest, littleEndian: little) { code, value in
      var field = ByteReader(value)
      guard code == 5 || code == 7, let count = try? field.readUInt64(littleEndian: little) else { return }
      dropped = dropped.addingReportingOverflow(count).partialValue
    }
    section.interfaces[index].droppedCount = dropped
  }

  /// The decryption secrets block: type 4, length 4, data.
  mutating func readSecrets(_ length: Int) {
    let little = section.isLittleEndian
    var reader = ByteReader(PcapngSection.body(input.window, length))
    guard let type = try? reader.readUInt32(littleEndian: little),
      let count = try? reader.readUInt32(littleEndian: little), let data = try? reader.read(Int(count))
    else {
      log.report("damaged-block", "decryption secrets cut short", packet: header.number, offset: input.offset)
      log.isComplete = false
      return
    }
    if !log.keep(secretsOfType: type, data) {
      log.reportOnce(
        "secrets-limit", "more decryption secrets than are kept", packet: header.number, offset: input.offset)
    }
  }

  /// Says what the capture itself lost, once a section or the file is over.
  mutating func closeInterfaces() {
    var total = lostBeforePackets
    lostBeforePackets = 0
    // Some tools count a loss both ways: the larger of the two is what is known.
    let statistics = section.interfaces.reduce(UInt64(0)) { $0.addingReportingOverflow($1.droppedCount).partialValue }
    total = max(total, statistics)
    guard total > 0 else { return }
    let detail = "the capturing machine lost \(total) packets"
    log.report("capture-dropped-packets", detail, packet: header.number, offset: input.offset)
    log.remarks.append(detail)
  }
}
