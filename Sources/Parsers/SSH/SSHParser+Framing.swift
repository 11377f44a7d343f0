import Bytes
import Model

/// From pieces to messages, and from lost boundaries back to them.
extension SSHParser {
  mutating func feed(
    _ bytes: Span<UInt8>, _ position: StreamPosition, _ framing: inout SSHFraming, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) {
    var index = 0
    while index < bytes.count {
      if framing.discarding > 0 {
        let count = min(bytes.count - index, Int(clamping: framing.discarding))
        framing.discarding -= UInt64(count)
        index += count
        continue
      }
      switch framing.stage {
      case .opaque:
        countOpaque(UInt64(bytes.count - index), direction, position.advanced(by: index))
        return
      case .seeking:
        if framing.carry.isEmpty {
          framing.begin = position.advanced(by: index)
          framing.marks = PieceMarks()
        }
        framing.marks.add(position.advanced(by: index), at: framing.carry.count)
        framing.carry.append(contentsOf: bytes.extracting(index..<bytes.count))
        return seek(&framing, direction, &events)
      case .identification, .packets: break
      }
      if framing.carry.isEmpty {
        let rest = bytes.extracting(index..<bytes.count)
        switch framing.measure(rest) {
        case .whole(let count):
          take(
            rest.extracting(first: count), begin: position.advanced(by: index), end: position.time, &framing, direction,
            &events)
          index += count
        case .need:
          framing.begin = position.advanced(by: index)
          framing.carry.append(contentsOf: rest)
          return
        case .malformed(let error):
          loseBoundary(error, position.advanced(by: index), &framing, direction, &events)
        }
        continue
      }
      index += framing.fill(from: bytes, at: index)
      switch framing.measure(framing.carry.span) {
      case .need: continue
      case .whole:
        let frame = framing.takeCarry()
        take(frame.span, begin: framing.begin, end: position.time, &framing, direction, &events)
        framing.recycle(frame)
      case .malformed(let error):
        // What was carried may be of several packets of the capture; its few bytes are told as of the first.
        framing.marks = PieceMarks(framing.begin)
        loseBoundary(error, framing.begin, &framing, direction, &events)
        seek(&framing, direction, &events)
      }
    }
  }

  /// A whole line or packet.
  private mutating func take(
    _ frame: Span<UInt8>, begin: StreamPosition, end: Timestamp, _ framing: inout SSHFraming, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) {
    let envelope = SSHEnvelope(direction: direction, begin: begin, endTime: end, byteCount: frame.count)
    if framing.stage == .identification {
      if frame[0] != 0 {
        framing.lineCount += 1
        if dialogue.takeLine(frame, envelope, &events) || framing.lineCount >= SSHLimits.lines {
          framing.stage = .packets
        }
        return
      }
      framing.stage = .packets
      dialogue.report(
        "ssh-no-identification", "the \(direction.name)'s identification was not captured", begin, &events)
    }
    dialogue.take(frame.extracting(SSHFraming.payload(of: frame)), envelope, &events)
  }

  /// The bytes are not what they should be.
  private mutating func loseBoundary(
    _ error: DecodeError, _ position: StreamPosition, _ framing: inout SSHFraming, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) {
    dialogue.report("ssh-malformed", "\(direction.name): \(error)", position, &events)
    framing.stage = .seeking
    framing.isAtLikelyBoundary = false
    dialogue.noteLoss(direction, "malformed bytes", 0, position, &events)
  }

  /// Missing bytes.
  mutating func lose(
    _ gap: Gap, _ position: StreamPosition, _ framing: inout SSHFraming, _ direction: Direction,
    _ events: inout [ParserEvent]
  ) {
    let reason = "gap of \(gap.byteCount.grouped) bytes from the \(direction.name)"
    if framing.stage == .opaque { return countOpaque(gap.byteCount, direction, position) }
    dialogue.report("ssh-gap", "\(reason): messages may be missing", position, &events)
    dialogue.noteLoss(direction, reason, gap.byteCount, position, &events)
    if framing.discarding > 0 {
      let (left, isBeyond) = framing.discarding.subtractingReportingOverflow(gap.byteCount)
      framing.discarding = isBeyond ? 0 : left
      if !isBeyond { return }
    } else if framing.stage == .packets || framing.stage == .identification, !framing.carry.isEmpty,
      case .need(let total) = framing.measure(framing.carry.span), framing.carry[0] == 0, framing.carry.count >= 5
    {
      // The packet's end is known, so the next one's beginning is, if the gap does not reach it.
      let left = UInt64(total - framing.carry.count)
      framing.carry = []
      if gap.byteCount <= left {
        framing.stage = .packets
        framing.discarding = left - gap.byteCount
        return
      }
    }
    if framing.stage == .seeking, !framing.carry.isEmpty {
      countOpaque(UInt64(framing.carry.count), direction, framing.begin)
    }
    framing.carry = []
    framing.stage = .seeking
    framing.isAtLikelyBoundary = true
  }

  /// Works on a direction whose boundary is lost: looks for a packet, and takes what follows it.
  private mutating func seek(
    _ framing: inout SSHFraming, _ direction: Direction, _ events: inout [ParserEvent]
  ) {
    // Most calls find too little: nothing is copied then.
    if case .undecided = judge(framing.carry.span, isLikely: framing.isAtLikelyBoundary, direction) { return }
    let buffer = framing.takeCarry()
    let marks = framing.marks
    var index = 0
    walk: while index < buffer.count {
      let rest = buffer.span.extracting(index..<buffer.count)
      guard framing.stage == .seeking else {
        switch framing.measure(rest) {
        case .need: break walk
        case .whole(let count):
          take(
            rest.extracting(first: count), begin: marks.position(at: index),
            end: marks.position(at: index + count - 1).time, &framing, direction, &events)
          index += count
        case .malformed(let error):
          loseBoundary(error, marks.position(at: index), &framing, direction, &events)
        }
        continue
      }
      switch judge(rest, isLikely: framing.isAtLikelyBoundary, direction) {
      case .undecided: break walk
      case .no:
        // A packet shorter than 16 MiB begins with a zero.
        let next = buffer.span.firstIndex(of: 0, from: index + 1) ?? buffer.count
        countOpaque(UInt64(next - index), direction, marks.position(at: index))
        framing.passedOver += UInt64(next - index)
        framing.isAtLikelyBoundary = false
        index = next
      case .yes:
        let begin = marks.position(at: index)
        if framing.passedOver > 0 {
          dialogue.report(
            "ssh-resynchronised", "\(framing.passedOver.grouped) bytes from the \(direction.name) passed over", begin,
            &events)
          framing.passedOver = 0
        }
        framing.stage = rest[0] == 0 ? .packets : .identification
        framing.isAtLikelyBoundary = false
      }
    }
    if index < buffer.count {
      framing.carry = buffer.span.extracting(index..<buffer.count).array
      framing.begin = marks.position(at: index)
      framing.marks.removeFirst(index)
    }
    guard framing.stage == .seeking, framing.passedOver > SSHLimits.searchedBytes else { return }
    dialogue.report(
      "ssh-opaque", "no packet was found again in the bytes from the \(direction.name)", marks.position(at: 0), &events)
    framing.stage = .opaque
    if !framing.carry.isEmpty { countOpaque(UInt64(framing.carry.count), direction, framing.begin) }
    framing.carry = []
  }

  private func judge(_ bytes: Span<UInt8>, isLikely: Bool, _ direction: Direction) -> SSHBoundary.Judgement {
    if isLikely, let answer = SSHBoundary.judgeLine(bytes) { return answer }
    return SSHBoundary.judge(bytes, isLikely: isLikely) { dialogue.isKnown($0, from: direction) }
  }
}
