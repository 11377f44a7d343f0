import Bytes

/// Builds classic pcap files, odd ones too.
struct PcapBuilder {
  var magic: UInt32 = 0xa1b2_c3d4
  var isLittleEndian = true
  var major: UInt16 = 2
  var minor: UInt16 = 4
  var snapLength: UInt32 = 262_144
  var linkField: UInt32 = 1
  /// Bytes after the lengths of each record.
  var recordExtra: [UInt8] = []
  private(set) var records: [[UInt8]] = []

  mutating func add(
    _ seconds: UInt32, _ fraction: UInt32, _ packet: [UInt8], captured: UInt32? = nil, original: UInt32? = nil
  ) {
    var writer = ByteWriter()
    writer.write(seconds, littleEndian: isLittleEndian)
    writer.write(fraction, littleEndian: isLittleEndian)
    writer.write(captured ?? UInt32(packet.count), littleEndian: isLittleEndian)
    writer.write(original ?? UInt32(packet.count), littleEndian: isLittleEndian)
    writer.write(recordExtra)
    writer.write(packet)
    records.append(writer.bytes)
  }

  var fileHeader: [UInt8] {
    var writer = ByteWriter()
    writer.write(magic, littleEndian: isLittleEndian)
    writer.write(major, littleEndian: isLittleEndian)
    writer.write(minor, littleEndian: isLittleEndian)
    writer.write(UInt64(0))
    writer.write(snapLength, littleEndian: isLittleEndian)
    writer.write(linkField, littleEndian: isLittleEndian)
    return writer.bytes
  }

  var bytes: [UInt8] { fileHeader + records.flatMap { $0 } }

  /// A capture with packets at the given microseconds after `start`, each of `count` bytes that name it.
  static func capture(at times: [Int], start: UInt32 = 1_700_000_000, count: Int = 60, mark: UInt8 = 0) -> [UInt8] {
    var builder = PcapBuilder()
    for (index, time) in times.enumerated() {
      let packet = [mark, UInt8(truncatingIfNeeded: index)] + [UInt8](repeating: 0x55, count: max(0, count - 2))
      builder.add(start + UInt32(time / 1_000_000), UInt32(time % 1_000_000), packet)
    }
    return builder.bytes
  }
}

/// Builds pcapng files block by block.
struct PcapngBuilder {
  var isLittleEndian = true
  private(set) var bytes: [UInt8] = []

  init(littleEndian: Bool = true) { isLittleEndian = littleEndian }

  private func number<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(value, littleEndian: isLittleEndian)
    return writer.bytes
  }

  /// An option with its padding.
  func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
    number(code) + number(UInt16(value.count)) + value + [UInt8](repeating: 0, count: -value.count & 3)
  }

  func option<T: FixedWidthInteger>(_ code: UInt16, _ value: T) -> [UInt8] { option(code, number(value)) }

  mutating func block(_ type: UInt32, _ body: [UInt8]) {
    let padded = body + [UInt8](repeating: 0, count: -body.count & 3)
    let length = UInt32(padded.count + 12)
    bytes += number(type) + number(length) + padded + number(length)
  }

  mutating func section(major: UInt16 = 1, minor: UInt16 = 0, options: [UInt8] = []) {
    block(0x0a0d_0d0a, number(UInt32(0x1a2b_3c4d)) + number(major) + number(minor) + number(Int64(-1)) + options)
  }

  mutating func interface(link: UInt16 = 1, snap: UInt32 = 0, options: [UInt8] = []) {
    block(1, number(link) + number(UInt16(0)) + number(snap) + options)
  }

  mutating func enhanced(
    _ interface: UInt32 = 0, units: UInt64, _ packet: [UInt8], captured: UInt32? = nil, original: UInt32? = nil,
    options: [UInt8] = []
  ) {
    let padding = [UInt8](repeating: 0, count: -packet.count & 3)
    let times = number(UInt32(units >> 32)) + number(UInt32(truncatingIfNeeded: units))
    let lengths = number(captured ?? UInt32(packet.count)) + number(original ?? UInt32(packet.count))
    block(6, number(interface) + times + lengths + packet + padding + options)
  }

  mutating func simple(original: UInt32, _ packet: [UInt8]) { block(3, number(original) + packet) }

  mutating func obsolete(_ interface: UInt16 = 0, drops: UInt16 = 0xffff, units: UInt64, _ packet: [UInt8]) {
    let times = number(UInt32(units >> 32)) + number(UInt32(truncatingIfNeeded: units))
    let lengths = number(UInt32(packet.count)) + number(UInt32(packet.count))
    block(2, number(interface) + number(drops) + times + lengths + packet)
  }

  mutating func statistics(_ interface: UInt32, options: [UInt8]) {
    block(5, number(interface) + number(UInt64(0)) + options)
  }

  mutating func secrets(_ type: UInt32, _ data: [UInt8]) {
    block(10, number(type) + number(UInt32(data.count)) + data)
  }

  /// A section with one interface and packets at the given microseconds.
  static func capture(at times: [Int], start: UInt64 = 1_700_000_000, littleEndian: Bool = true) -> [UInt8] {
    var builder = PcapngBuilder(littleEndian: littleEndian)
    builder.section()
    builder.interface()
    for (index, time) in times.enumerated() {
      builder.enhanced(units: start * 1_000_000 + UInt64(time), [UInt8](repeating: UInt8(index), count: 61))
    }
    return builder.bytes
  }
}
