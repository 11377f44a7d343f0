import Bytes
import Model

extension PacketReader {
  /// Reads blocks up to the next packet; the input stands at a block.
  @inline(__always)
  mutating func nextBlock() -> Bool {
    while true {
      guard input.require(12) else { return endBlocks() }
      guard let frame = PcapngSection.frame(input.window, littleEndian: section.isLittleEndian) else {
        guard passDamage("a block that can be none") else { return false }
        continue
      }
      guard input.require(frame.length) else {
        guard passCut(frame.type) else { return false }
        continue
      }
      recordLength = frame.length
      let isFit = frame.type != PcapngSection.BlockType.sectionHeader && endsWell(frame.length)
      if isFit, frame.type == PcapngSection.BlockType.enhancedPacket, section.isReadable {
        if readEnhancedPacket(frame.length) { return true }
      } else if isFit || frame.type == PcapngSection.BlockType.sectionHeader {
        if readOther(frame.type, frame.length) { return true }
      } else {
        recordLength = 0
        guard passDamage("a block whose two lengths differ") else { return false }
        continue
      }
      input.consume(recordLength)
      recordLength = 0
    }
  }

  @inline(__always)
  private func endsWell(_ length: Int) -> Bool {
    PcapngSection.endsWell(input.window.extracting(0..<length), littleEndian: section.isLittleEndian)
  }

  @inline(never)
  private mutating func endBlocks() -> Bool {
    if input.window.count > 0 || input.failure != nil {
      stopTruncated("a block header")
    } else {
      format = .ended
    }
    return false
  }

  /// Passes over a damaged block to the next good ones; false, and stopped, when none follow.
  @inline(never)
  private mutating func passDamage(_ detail: String) -> Bool {
    let marked = input.offset
    guard resynchronise() else {
      stop("damaged-block", detail, at: marked)
      return false
    }
    noteDamage(detail, from: marked)
    return true
  }

  /// The end is cut; or, where the type is none that we know, good blocks may follow.
  @inline(never)
  private mutating func passCut(_ type: UInt32) -> Bool {
    let marked = input.offset
    guard !PcapngSection.isKnown(type), resynchronise() else {
      stopTruncated("a block", at: marked)
      return false
    }
    noteDamage("a block that reaches past the end", from: marked)
    return true
  }

  private mutating func noteDamage(_ detail: String, from marked: UInt64) {
    log.isComplete = false
    log.report(
      "damaged-block", "\(detail); \(input.offset - marked) bytes skipped to the next good block",
      packet: header.number + 1, offset: marked)
    if resynchronisations == 1 { log.remarks.append("damaged at byte \(marked), good blocks follow") }
  }

  /// Whether blocks of known types whose two lengths agree follow each other from `start`.
  func isBlockChain(_ window: Span<UInt8>, at start: Int, isAtEnd: Bool) -> Bool {
    var position = start
    var little = section.isLittleEndian
    for count in 0..<PacketReader.chainLength {
      if position == window.count, isAtEnd { return count > 0 }
      guard position + 12 <= window.count else { return count > 1 }
      let rest = window.extracting(position..<window.count)
      guard let frame = PcapngSection.frame(rest, littleEndian: little) else { return false }
      switch frame.type {
      case PcapngSection.BlockType.sectionHeader: little = PcapngSection.byteOrder(rest) ?? little
      case let type where PcapngSection.isKnown(type): break
      default: return false
      }
      guard frame.length <= rest.count else { return count > 1 }
      guard PcapngSection.endsWell(rest.extracting(0..<frame.length), littleEndian: little) else { return false }
      position += frame.length
    }
    return true
  }

  /// Everything but enhanced packets of a section that we can read; true when it was a packet.
  @inline(never)
  private mutating func readOther(_ type: UInt32, _ length: Int) -> Bool {
    if type == PcapngSection.BlockType.sectionHeader {
      beginSection(length)
      return false
    }
    guard section.isReadable else { return false }
    switch type {
    case PcapngSection.BlockType.interface: readInterface(length)
    case PcapngSection.BlockType.simplePacket: return readSimplePacket(length)
    case PcapngSection.BlockType.obsoletePacket: return readObsoletePacket(length)
    case PcapngSection.BlockType.statistics: readStatistics(length)
    case PcapngSection.BlockType.decryptionSecrets: readSecrets(length)
    case let type where PcapngSection.isCounted(type):
      header.number += 1
      otherCount += 1
    default: break
    }
    return false
  }
}
