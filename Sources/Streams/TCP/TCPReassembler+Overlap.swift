import Bytes
import Model

extension TCPReassembler {
  /// Bytes that a direction may keep to compare with. When all keep as much as they may together, each that speaks keeps
  /// no more than its part.
  var historyLimit: Int {
    guard !hasHistoryRoom else { return limits.historyBytes }
    return min(limits.historyBytes, max(StreamLimits.leastHistory, limits.totalHistoryBytes / (2 * openCount)))
  }

  var hasHistoryRoom: Bool { heldHistory + limits.historyBytes <= limits.totalHistoryBytes }

  /// Keeps the last delivered bytes of a direction.
  mutating func remember(_ bytes: Span<UInt8>, _ connection: Connection, _ direction: Direction) {
    guard !connection[direction].history.isEmpty || hasHistoryRoom else { return }
    let change = connection[direction].remember(bytes, limit: historyLimit)
    guard change != 0 else { return }
    heldHistory += change
    connection.heldHistory += change
  }

  /// Compares bytes that were sent again with those that were delivered; the first version stands.
  mutating func compare(
    _ connection: Connection, _ bytes: Span<UInt8>, at start: Int64, _ direction: Direction, _ segment: TCPSegment,
    into sink: inout some StreamSink
  ) {
    compare(connection, bytes, at: start, direction, time: segment.time, origin: segment.origin, into: &sink)
  }

  /// The same for a segment that waited.
  mutating func compareHeld(
    _ held: StreamSide.Held, next: Int64, _ connection: Connection, _ direction: Direction,
    into sink: inout some StreamSink
  ) {
    guard held.start < next else { return }
    compare(
      connection, held.bytes.span, at: held.start, until: next, direction, time: held.time, origin: held.origin,
      into: &sink)
  }

  private mutating func compare(
    _ connection: Connection, _ bytes: Span<UInt8>, at start: Int64, until limit: Int64 = .max,
    _ direction: Direction, time: Timestamp, origin: Origin, into sink: inout some StreamSink
  ) {
    guard let next = connection[direction].next, !connection[direction].history.isEmpty else { return }
    let history = connection[direction].history
    let historyStart = next - Int64(history.count)
    let low = max(start, historyStart)
    let high = min(start + Int64(bytes.count), next, limit)
    guard low < high else { return }
    let ours = history.span.extracting(Int(low - historyStart)..<Int(high - historyStart))
    let theirs = bytes.extracting(Int(low - start)..<Int(high - start))
    guard !ours.elementsEqual(theirs) else { return }
    // A keep-alive probe carries one byte of garbage before the next (RFC 9293 §3.8.4).
    if bytes.count == 1, high == next { return }
    counts.overlapConflicts += 1
    let first = SHA256.digest(of: ours).hex
    let second = SHA256.digest(of: theirs).hex
    sink.report(
      Anomaly(
        "tcp-overlap-conflict",
        "\(high - low) bytes were sent twice with different content; the first version stands: "
          + "sha256 \(first), then \(second)",
        origin: Origin(
          source: origin.source, packet: origin.packet,
          offset: connection[direction].offset &- UInt64(clamping: next - low)),
        flow: connection.id, time: time))
  }
}
