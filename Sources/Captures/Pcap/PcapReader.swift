import Bytes
import Model

/// Reads a classic capture file.
struct PcapReader: CaptureReader {
  /// Bytes of one packet; libpcap's own bound (MAXIMUM_SNAPLEN) is a quarter of a MiB, USB captures reach 128 MiB.
  static let packetLimit = 256 << 10
  /// Bytes that are searched for the next plausible record after a damaged one.
  static let searchLimit = 4 << 20
  /// Records in a row that make a place plausible.
  static let chainLength = 3

  var input: ChunkedInput
  private let source: UInt32
  private let file: PcapHeader
  private(set) var header: PacketHeader
  private(set) var packetRange = 0..<0
  private var anomalies: [Anomaly] = []
  private(set) var damage: String?
  let notes: [String] = []
  let secrets: [DecryptionSecrets] = []

  /// Takes an input whose window holds at least the file header.
  init(_ input: ChunkedInput, source: UInt32) throws(DecodeError) {
    self.input = input
    self.source = source
    var reader = ByteReader(input.buffer.span.extracting(input.position..<input.buffer.count))
    file = try PcapHeader(parsing: &reader)
    self.input.advance(PcapHeader.length)
    header = PacketHeader(
      source: source, number: 0, time: .epoch, linkType: file.linkType, capturedLength: 0, originalLength: 0,
      frameCheckLength: file.frameCheckLength)
  }

  private struct Record {
    var seconds: UInt32
    var fraction: UInt32
    var captured: UInt32
    var original: UInt32
  }

  mutating func advance() throws(InputError) -> Bool {
    guard damage == nil else { return false }
    let headerLength = file.layout.recordHeaderLength
    guard try input.require(headerLength) else { return endOfFile(left: input.available, of: "record header") }
    var record = record(at: input.position)
    if record.captured > UInt32(PcapReader.packetLimit) {
      guard try resynchronize(record) else { return false }
      record = self.record(at: input.position)
    }
    let captured = Int(record.captured)
    guard try input.require(headerLength + captured) else {
      return endOfFile(left: input.available, of: "packet of \(captured) bytes")
    }
    let start = input.position + headerLength
    packetRange = start..<(start + captured)
    header.number += 1
    header.capturedLength = captured
    header.originalLength = max(captured, Int(record.original))
    let ticks = Int64(record.fraction) * file.layout.nanosecondsPerTick
    header.time = Timestamp(nanoseconds: Int64(record.seconds) * 1_000_000_000 + ticks)
    input.advance(headerLength + captured)
    return true
  }

  /// Reads the record header at an index of the window that has one.
  private func record(at index: Int) -> Record {
    var reader = ByteReader(input.buffer.span.extracting(index..<input.buffer.count))
    let little = file.layout.isLittleEndian
    do throws(DecodeError) {
      return Record(
        seconds: try reader.readUInt32("seconds", littleEndian: little),
        fraction: try reader.readUInt32("fraction", littleEndian: little),
        captured: try reader.readUInt32("captured length", littleEndian: little),
        original: try reader.readUInt32("original length", littleEndian: little))
    } catch {
      return Record(seconds: 0, fraction: 0, captured: .max, original: 0)
    }
  }

  private mutating func endOfFile(left: Int, of what: String) -> Bool {
    guard left > 0 else { return false }
    damage = "the file ends within a \(what)"
    report("capture-truncated", "the file ends \(left) bytes into a \(what)")
    return false
  }

  /// Looks for the next place where a few records follow each other plausibly.
  private mutating func resynchronize(_ bad: Record) throws(InputError) -> Bool {
    let from = input.offset
    let last = header.time.nanoseconds / 1_000_000_000
    _ = try input.require(PcapReader.searchLimit)
    var index = input.position + 1
    while index + file.layout.recordHeaderLength <= input.buffer.count {
      if isPlausible(at: index, after: last) {
        report(
          "capture-damaged",
          "a record of \(bad.captured) bytes at byte \(from); \(index - input.position) bytes passed over")
        input.advance(index - input.position)
        return true
      }
      index += 1
    }
    damage = "damaged from byte \(from) on"
    report("capture-damaged", "a record of \(bad.captured) bytes at byte \(from); nothing readable follows")
    return false
  }

  private func isPlausible(at start: Int, after last: Int64) -> Bool {
    var index = start
    for _ in 0..<PcapReader.chainLength {
      guard index + file.layout.recordHeaderLength <= input.buffer.count else { return false }
      let record = record(at: index)
      let day: Int64 = 86_400
      guard record.captured <= UInt32(PcapReader.packetLimit), record.captured <= record.original,
        record.captured >= 14, record.original <= 1 << 18, abs(Int64(record.seconds) - last) <= day
      else { return false }
      index += file.layout.recordHeaderLength + Int(record.captured)
      if index == input.buffer.count, input.isAtEnd { return true }
    }
    return true
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
