import Bytes
import Model

/// Cuts one direction's bytes into messages.
///
/// A message that lies whole in a piece is given as a range of it, without a copy; one that straddles pieces is collected
/// first. One too large to hold is given as its first part and then in parts. What is given depends on the bytes alone,
/// never on how they were cut into pieces.
struct PostgresFraming {
  /// What the next bytes are. Ranges are of the piece; `end` is the index in it after what was used.
  enum Step {
    /// The piece is used up.
    case needMore
    /// A whole message in the piece.
    case frame(type: UInt8, body: Range<Int>, end: Int)
    /// A whole message, in the carry.
    case carried(type: UInt8, end: Int)
    /// The first part of a large message of `length` bytes in all, in the carry.
    case head(type: UInt8, length: Int, end: Int)
    /// More of a large message.
    case part(type: UInt8, body: Range<Int>, isLast: Bool)
    /// No message begins here: the boundary is lost. Nothing was used; the carry holds what came before.
    case implausible(DecodeError)
  }

  enum Stage: Equatable {
    case collecting
    /// In a large message whose first part was given.
    case passing(type: UInt8, left: UInt64)
    /// In a message of which a part is missing: its other bytes are of no use.
    case discarding(left: UInt64)
    /// The boundary is lost.
    case seeking
  }

  /// What bytes that are missing do.
  enum Loss {
    /// The missing bytes are in the middle of nothing that matters: a message that is given up already.
    case nothing
    /// They lie in one message, of which the carry holds the beginning.
    case within(type: UInt8, length: Int)
    /// They lie in a large message whose first part was given.
    case passing(type: UInt8)
    /// Messages are missing; before them, that one was begun.
    case boundary(begun: UInt8?, length: Int)
  }

  let isFrontend: Bool
  /// Bytes of a row that are held.
  let rowLimit: Int
  /// Whether messages begin with a type byte: all but those that a client begins with.
  var isTyped: Bool
  private(set) var stage: Stage
  /// Bytes of a message that is not whole yet.
  private(set) var carry: [UInt8] = []
  /// Where the carry begins.
  private(set) var begin = StreamPosition(time: .epoch, origin: .unknown)
  /// Where each byte of a header that is not whole came from: if no message begins here, a search goes over them.
  private var headerMarks = PieceMarks()
  /// The search, while the boundary is lost.
  var search = BoundarySearch()

  init(isFrontend: Bool, isTyped: Bool, isSeeking: Bool, rowLimit: Int) {
    self.isFrontend = isFrontend
    self.isTyped = isTyped
    self.rowLimit = rowLimit
    stage = isSeeking ? .seeking : .collecting
  }

  var isSeeking: Bool { stage == .seeking }

  /// Bytes that tell whether a message can begin here, and how long it is: type and length, or length and code.
  private var headerLength: Int { isTyped ? 5 : 8 }
  /// Where the length stands in the header, and where the body begins.
  private var lengthOffset: Int { isTyped ? 1 : 0 }
  private var bodyOffset: Int { isTyped ? 5 : 4 }

  /// Takes one step from `index` on, where `position` is that of the byte there.
  mutating func next(_ bytes: Span<UInt8>, at index: Int, _ position: borrowing StreamPosition) -> Step {
    switch stage {
    case .collecting: return carry.isEmpty ? direct(bytes, index, position) : carried(bytes, index, position)
    case .passing(let type, let left):
      let count = Int(min(left, UInt64(bytes.count - index)))
      let isLast = UInt64(count) == left
      stage = isLast ? .collecting : .passing(type: type, left: left - UInt64(count))
      return .part(type: type, body: index..<(index + count), isLast: isLast)
    case .discarding(let left):
      let count = Int(min(left, UInt64(bytes.count - index)))
      stage = UInt64(count) == left ? .collecting : .discarding(left: left - UInt64(count))
      return .part(type: 0, body: index..<(index + count), isLast: UInt64(count) == left)
    case .seeking: return .needMore
    }
  }

  private mutating func direct(_ bytes: Span<UInt8>, _ index: Int, _ position: borrowing StreamPosition) -> Step {
    let rest = bytes.count - index
    let header = headerLength
    guard rest >= header else {
      if isTyped, FrameCheck.limit(bytes[index], isFrontend: isFrontend) == nil {
        return .implausible(error(bytes[index], 0))
      }
      keep(bytes.extracting(index..<bytes.count), from: position)
      headerMarks = PieceMarks(position)
      return .needMore
    }
    let type = isTyped ? bytes[index] : 0
    let length = Self.number(bytes, at: index + lengthOffset)
    guard let total = plausible(type, length, code: isTyped ? 0 : Self.number(bytes, at: index + 4)) else {
      return .implausible(error(type, length))
    }
    let held = heldLength(type)
    if total > held {
      keep(bytes.extracting(index..<(index + min(held, rest))), from: position)
      guard rest >= held else { return .needMore }
      stage = .passing(type: type, left: UInt64(total - held))
      return .head(type: type, length: total, end: index + held)
    }
    guard rest >= total else {
      keep(bytes.extracting(index..<bytes.count), from: position)
      carry.reserveCapacity(min(total, 1 << 20))
      return .needMore
    }
    return .frame(type: type, body: (index + bodyOffset)..<(index + total), end: index + total)
  }

  /// Adds what the message in the carry still needs.
  private mutating func carried(_ bytes: Span<UInt8>, _ index: Int, _ position: borrowing StreamPosition) -> Step {
    let header = headerLength
    let before = carry.count
    var index = index
    if before < header {
      let count = min(header - before, bytes.count - index)
      headerMarks.add(copy position, at: before)
      carry.append(contentsOf: bytes.extracting(index..<(index + count)))
      index += count
      guard carry.count == header else { return .needMore }
    }
    let (type, length, code) = carriedHeader
    guard let total = plausible(type, length, code: code) else {
      carry.removeLast(carry.count - min(before, carry.count))
      return .implausible(error(type, length))
    }
    let held = min(total, heldLength(type))
    let count = min(held - carry.count, bytes.count - index)
    carry.append(contentsOf: bytes.extracting(index..<(index + count)))
    guard carry.count == held else { return .needMore }
    if total > held {
      stage = .passing(type: type, left: UInt64(total - held))
      return .head(type: type, length: total, end: index + count)
    }
    return .carried(type: type, end: index + count)
  }

  private var carriedHeader: (type: UInt8, length: Int, code: Int) {
    (
      isTyped ? carry.first ?? 0 : 0, Self.number(carry.span, at: lengthOffset),
      isTyped ? 0 : Self.number(carry.span, at: 4)
    )
  }

  /// 32 bits, big-endian; 0 past the end.
  private static func number(_ bytes: Span<UInt8>, at index: Int) -> Int {
    guard index >= 0, index + 4 <= bytes.count else { return 0 }
    return Int(bytes[index]) << 24 | Int(bytes[index + 1]) << 16 | Int(bytes[index + 2]) << 8 | Int(bytes[index + 3])
  }

  /// The length of the whole message, when its header can be one.
  private func plausible(_ type: UInt8, _ length: Int, code: Int) -> Int? {
    guard isTyped else {
      let isPlausible = (8...PostgresLimits.startupLength).contains(length)
      return isPlausible && StartupMessage.isPlausible(length: length, code: UInt32(clamping: code)) ? length : nil
    }
    guard let limit = FrameCheck.limit(type, isFrontend: isFrontend), length >= 4, length <= limit else { return nil }
    return length + 1
  }

  private func error(_ type: UInt8, _ length: Int) -> DecodeError {
    guard isTyped else {
      let range = "8 to \(PostgresLimits.startupLength)"
      return DecodeError(.outOfRange, "start-up packet", offset: 0, expected: "\(range) bytes", found: "\(length)")
    }
    guard let limit = FrameCheck.limit(type, isFrontend: isFrontend) else {
      return DecodeError(.mismatch, "message type", offset: 0, found: type.letter)
    }
    return DecodeError(
      .outOfRange, "length of message \(type.letter)", offset: 1, expected: "4 to \(limit)", found: "\(length)")
  }

  /// Bytes of a message of this type that are held.
  private func heldLength(_ type: UInt8) -> Int {
    if type == BackendType.copyData { return PostgresLimits.heldCopyLength }
    return !isFrontend && type == BackendType.dataRow ? rowLimit : PostgresLimits.heldLength
  }

  private mutating func keep(_ bytes: Span<UInt8>, from position: borrowing StreamPosition) {
    if carry.isEmpty { begin = copy position }
    carry.append(contentsOf: bytes)
  }

  // MARK: The carry

  /// The body's place in the carry.
  var carriedBody: Range<Int> { min(bodyOffset, carry.count)..<carry.count }

  /// Takes the carry out, so that the message in it can be looked at; `recycle` gives the room back.
  mutating func takeCarry() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &carry)
    return taken
  }

  mutating func recycle(_ room: consuming [UInt8]) {
    guard room.capacity <= 1 << 20, carry.isEmpty else { return }
    room.removeAll(keepingCapacity: true)
    carry = room
  }

  // MARK: Gaps

  /// Passes over bytes that are missing.
  mutating func skip(_ count: UInt64) -> Loss {
    switch stage {
    case .seeking: return .boundary(begun: nil, length: 0)
    case .discarding(let left): return cross(count, left) ? .nothing : .boundary(begun: nil, length: 0)
    case .passing(let type, let left):
      // Its other bytes are still of use for the digest only, which is wrong already.
      return cross(count, left) ? .passing(type: type) : .boundary(begun: type, length: 0)
    case .collecting:
      guard carry.count >= headerLength else { return lose(.boundary(begun: nil, length: 0)) }
      let (type, length, code) = carriedHeader
      guard let total = plausible(type, length, code: code) else { return lose(.boundary(begun: nil, length: 0)) }
      if cross(count, UInt64(total - carry.count)) { return .within(type: type, length: total) }
      return .boundary(begun: type, length: total)
    }
  }

  /// Whether the gap ends within the message, or with it.
  private mutating func cross(_ count: UInt64, _ left: UInt64) -> Bool {
    guard count <= left else {
      seekBehindGap()
      return false
    }
    stage = count == left ? .collecting : .discarding(left: left - count)
    return true
  }

  private mutating func lose(_ loss: Loss) -> Loss {
    carry = []
    seekBehindGap()
    return loss
  }

  /// Gives up the boundary; what follows has type bytes. The carry is searched first.
  mutating func seek() {
    stage = .seeking
    isTyped = true
    search = BoundarySearch()
    let held = takeCarry()
    if !held.isEmpty { search.add(held.span, headerMarks) }
  }

  /// Gives up the boundary where bytes are missing: nothing before them matters.
  private mutating func seekBehindGap() {
    stage = .seeking
    isTyped = true
    search = BoundarySearch()
  }

  /// The boundary was found.
  mutating func resume() { stage = .collecting }
}
