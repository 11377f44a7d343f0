import Bytes
import Model

/// Reads a pcapng file: any number of sections, interfaces and kinds of blocks (draft-ietf-opsawg-pcapng).
///
///     +---------------+---------------+----------------------+---------------+
///     | block type 32 | length     32 | body, padded to 32 b | length     32 |
///     +---------------+---------------+----------------------+---------------+
struct PcapngReader: CaptureReader {
  /// Bytes of one block.
  static let blockLimit = 64 << 20
  /// Interfaces of one section.
  static let interfaceLimit = 65_536
  /// Comments kept of one file, and characters of each.
  static let commentLimit = 100
  static let commentLength = 1_000
  /// Bytes that are searched for the next section after a damaged block.
  static let searchLimit = 16 << 20

  private enum Block {
    static let section: UInt32 = 0x0a0d_0d0a
    static let interface: UInt32 = 1
    static let obsoletePacket: UInt32 = 2
    static let simplePacket: UInt32 = 3
    static let enhancedPacket: UInt32 = 6
    static let decryptionSecrets: UInt32 = 10
  }

  var input: ChunkedInput
  private let source: UInt32
  private var isLittleEndian = true
  private var interfaces: [PcapngInterface] = []
  private var interfaceBase: UInt32 = 0
  private(set) var header: PacketHeader
  private(set) var packetRange = 0..<0
  private var anomalies: [Anomaly] = []
  private(set) var damage: String?
  private(set) var notes: [String] = []
  private(set) var secrets: [DecryptionSecrets] = []

  init(_ input: ChunkedInput, source: UInt32) {
    self.input = input
    self.source = source
    header = PacketHeader(
      source: source, number: 0, time: .epoch, linkType: .ethernet, capturedLength: 0, originalLength: 0)
  }

  /// Whether the byte-order magic says little-endian; nil when it is none (§4.1).
  static func byteOrder(_ magic: Span<UInt8>) -> Bool? {
    guard magic.count >= 4 else { return nil }
    if magic[0] == 0x1a, magic[1] == 0x2b, magic[2] == 0x3c, magic[3] == 0x4d { return false }
    if magic[0] == 0x4d, magic[1] == 0x3c, magic[2] == 0x2b, magic[3] == 0x1a { return true }
    return nil
  }

  mutating func advance() throws(InputError) -> Bool {
    while damage == nil {
      guard try input.require(12) else { return endOfFile(input.available) }
      // Set once the block lies whole in the window: then what is wrong with it does not touch the next one.
      var whole: Int?
      do throws(DecodeError) {
        let (type, length, order) = try blockHead()
        if let order {
          isLittleEndian = order
          interfaceBase &+= UInt32(clamping: interfaces.count)
          interfaces = []
        }
        guard length >= 12, length <= PcapngReader.blockLimit else {
          throw DecodeError(.overLimit, "block length", offset: 4, found: "\(length)")
        }
        let padded = (length + 3) & ~3
        guard try requireBlock(padded, length) else { return endOfFile(input.available) }
        let body = (input.position + 8)..<(input.position + length - 4)
        whole = min(padded, input.available)
        let isPacket = try take(type, body)
        input.advance(min(padded, input.available))
        if isPacket { return true }
      } catch {
        if let whole {
          report("capture-damaged", "block at byte \(input.offset) passed over: \(error)")
          input.advance(whole)
        } else {
          guard try resynchronize(error) else { return false }
        }
      }
    }
    return false
  }

  /// Type and length of the block at the start of the window, and the byte order when it begins a section.
  private func blockHead() throws(DecodeError) -> (type: UInt32, length: Int, order: Bool?) {
    var reader = ByteReader(input.buffer.span.extracting(input.position..<input.buffer.count))
    let type = try reader.readUInt32("block type", littleEndian: isLittleEndian)
    var order: Bool?
    if type == Block.section {
      guard let found = PcapngReader.byteOrder(reader.rest.extracting(4..<8)) else {
        throw DecodeError(.mismatch, "byte-order magic", offset: 8)
      }
      order = found
    }
    let length = Int(try reader.readUInt32("block length", littleEndian: order ?? isLittleEndian))
    return (type, length, order)
  }

  /// Makes the whole block lie in the window. A last block may lack its padding.
  private mutating func requireBlock(_ padded: Int, _ length: Int) throws(DecodeError) -> Bool {
    do throws(InputError) {
      if try input.require(padded) { return true }
      return try input.require(length)
    } catch {
      throw DecodeError(.truncated, error.description, offset: 0)
    }
  }

  /// Takes one block's body. True when it is a packet.
  private mutating func take(_ type: UInt32, _ body: Range<Int>) throws(DecodeError) -> Bool {
    // Held for the call, so that what is read from it does not stand in the way of changes to the reader.
    let window = input.buffer
    var reader = ByteReader(window.span.extracting(body))
    let little = isLittleEndian
    switch type {
    case Block.section:
      try reader.skip(16, "section header")
      keepComments(try comments(&reader))
      return false
    case Block.interface:
      guard interfaces.count < PcapngReader.interfaceLimit else {
        throw DecodeError(.overLimit, "interfaces of a section", offset: 0)
      }
      interfaces.append(try PcapngInterface(parsing: &reader, littleEndian: little))
      return false
    case Block.enhancedPacket:
      let interface = try reader.readUInt32("interface", littleEndian: little)
      let high = UInt64(try reader.readUInt32("timestamp", littleEndian: little))
      let low = UInt64(try reader.readUInt32("timestamp", littleEndian: little))
      let captured = Int(try reader.readUInt32("captured length", littleEndian: little))
      let original = Int(try reader.readUInt32("original length", littleEndian: little))
      try setPacket(interface, ticks: high << 32 | low, captured, original, start: body.lowerBound + 20, body)
      if body.upperBound - body.lowerBound > 20 + ((captured + 3) & ~3) {
        try reader.skip(min(reader.remaining, (captured + 3) & ~3))
        keepComments(try comments(&reader))
      }
      return true
    case Block.obsoletePacket:
      let interface = UInt32(try reader.readUInt16("interface", littleEndian: little))
      try reader.skip(2, "drops")
      let high = UInt64(try reader.readUInt32("timestamp", littleEndian: little))
      let low = UInt64(try reader.readUInt32("timestamp", littleEndian: little))
      let captured = Int(try reader.readUInt32("captured length", littleEndian: little))
      let original = Int(try reader.readUInt32("original length", littleEndian: little))
      try setPacket(interface, ticks: high << 32 | low, captured, original, start: body.lowerBound + 20, body)
      return true
    case Block.simplePacket:
      let original = Int(try reader.readUInt32("original length", littleEndian: little))
      let snap = interfaces.first.map { Int($0.snapLength) } ?? 0
      let captured = min(snap == 0 ? original : min(original, snap), reader.remaining)
      // A simple packet has no time; it takes that of the packet before it.
      try setPacket(0, ticks: nil, captured, original, start: body.lowerBound + 4, body)
      return true
    case Block.decryptionSecrets:
      let kind = try reader.readUInt32("secrets type", littleEndian: little)
      let length = Int(try reader.readUInt32("secrets length", littleEndian: little))
      guard length <= DecryptionSecrets.limit else {
        throw DecodeError(.overLimit, "secrets length", offset: 12, found: "\(length)")
      }
      secrets.append(DecryptionSecrets(source: source, type: kind, bytes: try reader.read(length, "secrets").array))
      return false
    default: return false
    }
  }

  private mutating func setPacket(
    _ interface: UInt32, ticks: UInt64?, _ captured: Int, _ original: Int, start: Int, _ body: Range<Int>
  ) throws(DecodeError) {
    guard let index = Int(exactly: interface), index < interfaces.count else {
      throw DecodeError(.outOfRange, "interface of a packet", offset: 8, found: "\(interface)")
    }
    guard captured <= body.upperBound - start else {
      throw DecodeError(.outOfRange, "captured length", offset: 20, found: "\(captured)")
    }
    let description = interfaces[index]
    header.number += 1
    header.interface = interfaceBase &+ interface
    header.linkType = description.linkType
    header.frameCheckLength = description.frameCheckLength
    header.capturedLength = captured
    header.originalLength = max(captured, original)
    if let ticks {
      if let time = description.time(ticks: ticks) {
        header.time = time
      } else {
        report("capture-time-out-of-range", "a packet's time does not fit 64 bits of nanoseconds")
      }
    }
    packetRange = start..<(start + captured)
  }

  @_lifetime(reader: copy reader)
  private func comments(_ reader: inout ByteReader) throws(DecodeError) -> [String] {
    var found: [String] = []
    while let option = try PcapngOption.next(&reader, littleEndian: isLittleEndian) {
      if option.code == 1 { found.append(String(decoding: option.bytes, as: UTF8.self)) }
    }
    return found
  }

  private mutating func keepComments(_ comments: [String]) {
    for comment in comments where notes.count < PcapngReader.commentLimit {
      notes.append(String(comment.prefix(PcapngReader.commentLength)))
    }
  }

  private mutating func endOfFile(_ left: Int) -> Bool {
    guard left > 0 else { return false }
    damage = "the file ends within a block"
    report("capture-truncated", "the file ends \(left) bytes into a block")
    return false
  }

  /// After a damaged block: the next Section Header Block, by its type and magic.
  private mutating func resynchronize(_ error: DecodeError) throws(InputError) -> Bool {
    let from = input.offset
    report("capture-damaged", "block at byte \(from): \(error)")
    _ = try input.require(PcapngReader.searchLimit)
    let window = input.buffer
    var index = input.position + 1
    while index + 12 <= window.count {
      guard let hit = window.span.firstIndex(of: 0x0a, from: index), hit + 12 <= window.count else { break }
      let place = window.span.extracting(hit..<(hit + 12))
      if place[1] == 0x0d, place[2] == 0x0d, place[3] == 0x0a, PcapngReader.byteOrder(place.extracting(8..<12)) != nil {
        input.advance(hit - input.position)
        return true
      }
      index = hit + 1
    }
    damage = "damaged from byte \(from) on"
    return false
  }

  private mutating func report(_ code: Anomaly.Code, _ detail: String) {
    anomalies.append(
      Anomaly(
        code, detail, origin: Origin(source: source, packet: header.number + 1, offset: input.offset),
        time: header.number == 0 ? nil : header.time))
  }

  mutating func takeAnomalies() -> [Anomaly] {
    defer { anomalies = [] }
    return anomalies
  }
}
