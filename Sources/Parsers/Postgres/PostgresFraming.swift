import Bytes
import Model

/// Cuts one direction's bytes into messages.
///
/// Frames that lie whole in a piece are given straight from it, without a copy; one that straddles pieces is collected
/// first. A message too large to hold is given in parts.
struct PostgresFraming {
  /// What comes out.
  enum Output {
    /// The whole body.
    case whole
    /// The first part of a message too large to hold; its full length is given with it.
    case head(length: Int)
    /// More of it.
    case more
    /// The last of it was given.
    case tail
    /// The rest of the message is missing; `whole` or `head` was not, or not fully, given before.
    case damaged(missing: UInt64)
  }

  enum Stage {
    /// Messages without a type byte: what a client begins with.
    case untyped
    case typed
    /// The boundary is lost; the next plausible message is looked for.
    case seeking
    /// In the middle of a large message: bytes left, and whether its bytes are still wanted.
    case passing(type: UInt8, left: UInt64, wanted: Bool)
  }

  let isFrontend: Bool
  var stage: Stage
  /// Bytes of a message that is not whole yet, or those that are searched.
  private(set) var carry: [UInt8] = []
  /// Where `carry` begins.
  private(set) var begin = StreamPosition(time: .epoch, origin: .unknown)
  /// Bytes passed over while seeking.
  private(set) var passedOver: UInt64 = 0

  init(isFrontend: Bool, stage: Stage) {
    self.isFrontend = isFrontend
    self.stage = stage
  }

  /// The length of the header before a body.
  private var headerLength: Int {
    if case .untyped = stage { return 4 }
    return 5
  }

  /// What stands at the start of `bytes`.
  enum Next {
    case incomplete(need: Int)
    case frame(type: UInt8, length: Int)
    case large(type: UInt8, length: Int)
    case implausible(DecodeError)
  }

  func next(_ bytes: Span<UInt8>) -> Next {
    let header = headerLength
    guard bytes.count >= header else { return .incomplete(need: header) }
    var reader = ByteReader(bytes)
    do throws(DecodeError) {
      let type = header == 5 ? try reader.readUInt8("message type") : 0
      let length = Int(try reader.readUInt32("message length"))
      let limit = header == 4 ? PostgresLimits.startupLength : FrameValidation.limit(type, isFrontend: isFrontend)
      guard let limit else {
        return .implausible(DecodeError(.mismatch, "message type", offset: 0, found: "0x\([type].hex)"))
      }
      guard length >= 4, length <= limit else {
        return .implausible(
          DecodeError(.outOfRange, "message length", offset: 1, expected: "4 to \(limit)", found: "\(length)"))
      }
      let total = length + header - 4
      let isPassing = type == UInt8(ascii: "d") || !isFrontend && type == BackendType.dataRow
      if total > (isPassing ? PostgresLimits.heldRowLength : PostgresLimits.heldLength) {
        return .large(type: type, length: total)
      }
      return bytes.count >= total ? .frame(type: type, length: total) : .incomplete(need: total)
    } catch {
      return .incomplete(need: header)
    }
  }

  /// Starts or continues to collect.
  mutating func keep(_ bytes: Span<UInt8>, from position: StreamPosition) {
    if carry.isEmpty { begin = position }
    carry.append(contentsOf: bytes)
  }

  mutating func dropCarry() { carry.removeAll(keepingCapacity: carry.capacity <= 1 << 16) }

  /// Takes the collected bytes out.
  mutating func takeCarry() -> [UInt8] {
    defer { carry = [] }
    return carry
  }

  /// Gives up the boundary.
  mutating func seek() {
    stage = .seeking
    passedOver = 0
    dropCarry()
  }

  /// Looks for the next place where a message plausibly begins; the carry begins there afterwards.
  ///
  /// - Returns: whether one was found.
  mutating func resynchronize(isEnd: Bool = false) -> Bool {
    var index = 0
    while index < carry.count {
      switch FrameValidation.chain(carry.span.extracting(index..<carry.count), isFrontend: isFrontend) {
      case .yes:
        passedOver += UInt64(index)
        begin.origin.offset += UInt64(index)
        carry.removeFirst(index)
        stage = .typed
        return true
      case .undecided where !isEnd && carry.count < PostgresLimits.searchWindow:
        // More bytes will tell; what lies before this place is no boundary.
        passedOver += UInt64(index)
        begin.origin.offset += UInt64(index)
        carry.removeFirst(index)
        return false
      default: index += 1
      }
    }
    passedOver += UInt64(carry.count)
    dropCarry()
    return false
  }
}
