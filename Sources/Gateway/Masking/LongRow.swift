import Bytes
import NIOCore
import Parsers
import Policy

/// A DataRow that is longer than is held: its values are looked at one by one, and a longer one is not shown.
struct LongRow {
  /// Bytes of one value, and of all values of a row, that are held.
  static let valueLimit = 4 << 20
  static let heldLimit = 16 << 20

  /// Bytes of the message that have not come.
  private(set) var left: Int
  private var cellsLeft: Int?
  private var index = 0
  /// Bytes of a value that are passed over.
  private var skipped = 0
  private var body = ByteBuffer()

  init(left: Int) { self.left = left }

  /// Takes what is there of it; gives the whole row when it is over, and nil before.
  mutating func receive(
    _ inbox: inout ByteBuffer, _ value: (Span<UInt8>, _ index: Int) -> DataMask.Outcome,
    _ long: (_ index: Int) -> DataMask.Outcome
  ) throws(MaskingFailure) -> ByteBuffer? {
    while left > 0 {
      if skipped > 0 {
        let count = min(skipped, inbox.readableBytes)
        guard count > 0 else { return nil }
        inbox.moveReaderIndex(forwardBy: count)
        skipped -= count
        left -= count
        continue
      }
      guard let cells = cellsLeft else {
        guard let count = inbox.readInteger(as: UInt16.self) else { return nil }
        cellsLeft = Int(count)
        left -= 2
        body.writeInteger(count)
        continue
      }
      guard cells > 0 else { throw .layout }
      guard let length = inbox.getInteger(at: inbox.readerIndex, as: Int32.self) else { return nil }
      let count = max(0, Int(length))
      guard length >= -1, count + 4 <= left else { throw .layout }
      if length <= 0 {
        body.writeInteger(length)
        pass(4, &inbox)
      } else if count > Self.valueLimit || body.readableBytes + count > Self.heldLimit {
        write(long(index))
        pass(4, &inbox)
        skipped = count
      } else {
        guard inbox.readableBytes >= count + 4 else { return nil }
        let outcome = value(inbox.readableBytesUInt8Span.extracting(4..<(4 + count)), index)
        if outcome == .same {
          body.writeImmutableBuffer(inbox.getSlice(at: inbox.readerIndex, length: 4 + count) ?? ByteBuffer())
        } else {
          write(outcome)
        }
        pass(4 + count, &inbox)
      }
      cellsLeft = cells - 1
      index += 1
    }
    guard cellsLeft == 0, skipped == 0 else { throw .layout }
    return ClientAnswer.message(UInt8(ascii: "D"), body)
  }

  private mutating func pass(_ count: Int, _ inbox: inout ByteBuffer) {
    inbox.moveReaderIndex(forwardBy: count)
    left -= count
  }

  private mutating func write(_ outcome: DataMask.Outcome) {
    guard case .replaced(let shown) = outcome else {
      body.writeInteger(Int32(-1))
      return
    }
    body.writeInteger(Int32(clamping: shown.count))
    body.writeBytes(shown)
  }
}

/// Why answers cannot be masked, so that the session ends.
struct MaskingFailure: Error, Hashable {
  var reason: String

  static let layout = MaskingFailure(reason: "a message of the target is not laid out as it says")
}
