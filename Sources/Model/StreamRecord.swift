public import Bytes

/// One message of a stream, with its time: a WebSocket message, a server-sent event, a gRPC message, terminal bytes.
public struct StreamRecord: Sendable, Hashable {
  public enum Kind: UInt8, Sendable, Hashable {
    /// A WebSocket text message or other UTF-8 text.
    case text = 0
    /// A WebSocket binary message.
    case binary = 1
    case ping = 2
    case pong = 3
    /// A WebSocket close: status code (16 bits, big-endian) and reason, or nothing.
    case close = 4
    /// A server-sent event, as its lines.
    case event = 5
    /// A gRPC message, decompressed, without its 5-byte prefix.
    case message = 6
    /// What was typed or sent to a program.
    case input = 16
    /// What a program wrote to its standard output, or a terminal showed.
    case output = 17
    /// What a program wrote to its standard error.
    case errorOutput = 18
    /// A terminal's new size: `<columns>x<rows>`.
    case resize = 19
    /// How a program ended, as text: `0`, `signal TERM`.
    case exit = 20
  }

  public var at: Timestamp
  public var direction: Direction
  public var kind: Kind
  public var bytes: [UInt8]

  public init(at: Timestamp, direction: Direction, kind: Kind, bytes: [UInt8]) {
    self.at = at
    self.direction = direction
    self.kind = kind
    self.bytes = bytes
  }
}

/// Collects records to a payload of layout `records` in bounded memory.
///
/// A record is laid out as follows, all numbers big-endian:
///
///     0        8    9     10        14
///     +--------+----+-----+---------+------- …
///     | ns     |dir |kind | length  | bytes
///     +--------+----+-----+---------+------- …
public struct StreamRecordBuilder {
  public private(set) var count: UInt64 = 0
  private var payload: PayloadBuilder

  /// - Parameters:
  ///   - limit: bytes kept, heads included; a record is kept whole or not at all, and none after one that was not.
  ///   - held: what bounds all contents together.
  public init(limit: Int = PayloadBuilder.defaultLimit, held: HeldContent? = nil) {
    payload = PayloadBuilder(layout: .records, limit: limit, held: held)
  }

  public var isEmpty: Bool { count == 0 }

  public mutating func append(_ record: StreamRecord) {
    count += 1
    var unit: [UInt8] = []
    unit.reserveCapacity(record.bytes.count + 14)
    let time = UInt64(bitPattern: record.at.nanoseconds)
    for shift in stride(from: 56, through: 0, by: -8) { unit.append(UInt8(truncatingIfNeeded: time >> shift)) }
    unit.append(record.direction.rawValue)
    unit.append(record.kind.rawValue)
    for shift in stride(from: 24, through: 0, by: -8) {
      unit.append(UInt8(truncatingIfNeeded: record.bytes.count >> shift))
    }
    unit.append(contentsOf: record.bytes)
    payload.append(unit.span)
  }

  /// The records so far; the builder is empty afterwards.
  public mutating func finish() -> Payload {
    count = 0
    return payload.finish()
  }
}

/// Walks a payload of layout `records`.
public struct StreamRecordCursor {
  private let bytes: [UInt8]
  private var position = 0

  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next record, or nil at the end.
  ///
  /// - Throws: `DecodeError` when the layout is damaged.
  public mutating func next() throws(DecodeError) -> StreamRecord? {
    guard position < bytes.count else { return nil }
    var reader = ByteReader(bytes.span.extracting(position..<bytes.count))
    let at = Timestamp(nanoseconds: try reader.readInt64("time"))
    let side = try reader.readUInt8("direction")
    let code = try reader.readUInt8("kind")
    guard let direction = Direction(rawValue: side), let kind = StreamRecord.Kind(rawValue: code) else {
      throw DecodeError(.outOfRange, "record kind", offset: position)
    }
    let length = try reader.readUInt32("length")
    let content = try reader.read(Int(length), "record").array
    position += reader.offset
    return StreamRecord(at: at, direction: direction, kind: kind, bytes: content)
  }
}
