import Bytes
import Model
import Streams

/// The input is a list of packets: link type, time, length, bytes. The sink checks what reassembly promises.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzStreams(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  var limits = StreamLimits()
  limits.openFlows = 8
  limits.flowBytes = 4096
  limits.totalBytes = 8192
  limits.flowSegments = 32
  limits.holePackets = 4
  limits.rememberedFlows = 8
  limits.datagrams = 8
  var reassembler = Reassembler(limits: limits)
  var sink = CheckingSink()
  var index = 0
  var number: UInt64 = 0
  var time: Int64 = 0
  let links: [UInt16] = [1, 101, 113, 276, 0, 108, 9, 51]
  while index + 4 <= bytes.count {
    let link = LinkType(links[Int(bytes[index]) % links.count])
    time += Int64(bytes[index + 1]) * 20_000_000
    let length = min(Int(bytes[index + 2]) << 8 | Int(bytes[index + 3]), bytes.count - index - 4)
    let packet = Array(bytes[(index + 4)..<(index + 4 + length)])
    index += 4 + length
    number += 1
    let header = PacketHeader(
      source: 0, number: number, time: Timestamp(nanoseconds: time), linkType: link, capturedLength: length,
      originalLength: length)
    reassembler.receive(header, packet.span, into: &sink)
  }
  reassembler.finish(into: &sink)
  precondition(sink.open.isEmpty, "a flow was never closed")
  return 0
}

/// Offsets go on without holes, and nothing comes for a flow that is closed.
struct CheckingSink: StreamSink {
  struct Offsets {
    var client: UInt64 = 0
    var server: UInt64 = 0
  }

  var open: [FlowID: Offsets] = [:]

  mutating func open(_ flow: Flow) {
    precondition(open[flow.id] == nil, "a flow was opened twice")
    open[flow.id] = Offsets()
  }

  mutating func update(_ flow: Flow) { precondition(open[flow.id] != nil) }

  mutating func receive(_ bytes: Span<UInt8>, of flow: FlowID, from: Direction, at position: StreamPosition) {
    precondition(bytes.count > 0, "an empty piece")
    advance(flow, from, UInt64(bytes.count), position)
  }

  mutating func skip(_ gap: Gap, of flow: FlowID, from: Direction, at position: StreamPosition) {
    precondition(gap.byteCount > 0, "an empty gap")
    advance(flow, from, gap.byteCount, position)
  }

  private mutating func advance(_ flow: FlowID, _ from: Direction, _ count: UInt64, _ position: StreamPosition) {
    guard var offsets = open[flow] else { preconditionFailure("a flow that is not open") }
    if from == .fromClient {
      precondition(position.origin.offset == offsets.client, "a hole without a gap")
      offsets.client += count
    } else {
      precondition(position.origin.offset == offsets.server, "a hole without a gap")
      offsets.server += count
    }
    open[flow] = offsets
  }

  mutating func end(_ flow: FlowID, from: Direction, at position: StreamPosition) { precondition(open[flow] != nil) }

  mutating func close(_ flow: FlowID, _ reason: FlowEnd, at position: StreamPosition) {
    precondition(open.removeValue(forKey: flow) != nil, "a flow was closed twice")
  }

  mutating func report(_ anomaly: Anomaly) {}
}
