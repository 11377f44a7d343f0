import Bytes
public import Model

/// From packets to ordered bytes: link layers, tunnels, IP fragments, TCP.
public struct Reassembler {
  let limits: StreamLimits
  var tcp: TCPReassembler
  var fragments: FragmentTable
  /// The packet at hand.
  var header = PacketHeader(
    source: 0, number: 0, time: .epoch, linkType: .ethernet, capturedLength: 0, originalLength: 0)

  public init(limits: StreamLimits = StreamLimits()) {
    self.limits = limits
    tcp = TCPReassembler(limits: limits)
    fragments = FragmentTable(limits: limits)
  }

  /// What was seen so far.
  public var counts: StreamCounts { tcp.counts }

  /// Takes the next packet, in order of time.
  public mutating func receive(_ header: PacketHeader, _ packet: Span<UInt8>, into sink: inout some StreamSink) {
    self.header = header
    tcp.counts.packets += 1
    let segments = tcp.counts.segments
    let fragments = tcp.counts.fragments
    do throws(DecodeError) {
      try link(header.linkType, packet, depth: 0, into: &sink)
      if tcp.counts.segments == segments, tcp.counts.fragments == fragments { tcp.counts.otherPackets += 1 }
    } catch {
      tcp.counts.unreadablePackets += 1
      sink.report(
        Anomaly(
          "packet-unreadable", "\(error)", origin: Origin(source: header.source, packet: header.number),
          time: header.time))
    }
  }

  /// Takes the end of all captures.
  public mutating func finish(into sink: inout some StreamSink) {
    tcp.finish(into: &sink)
  }
}
