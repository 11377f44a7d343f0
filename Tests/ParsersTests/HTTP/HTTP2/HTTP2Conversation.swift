import Bytes
import Model
import TestKit

@testable import Parsers

/// A connection in bytes, and ways to feed it.
struct HTTP2Conversation {
  struct Piece {
    var direction: Direction
    var bytes: [UInt8]
  }

  var pieces: [Piece] = []
  var clientFields = HPACKWire()
  var serverFields = HPACKWire()
  var upgradedRequest: Call?

  init() {}

  /// From the preface on, with the settings of both sides and their acknowledgements.
  static func session(
    client: [(UInt16, UInt32)] = [(3, 100)], server: [(UInt16, UInt32)] = [(3, 128), (4, 65_536)]
  ) -> HTTP2Conversation {
    var it = HTTP2Conversation()
    it.client(HTTP2Wire.preface, HTTP2Wire.settings(client), HTTP2Wire.windowUpdate(0))
    it.server(HTTP2Wire.settings(server), HTTP2Wire.settingsAck)
    it.client(HTTP2Wire.settingsAck)
    return it
  }

  mutating func client(_ frames: [UInt8]...) { add(.fromClient, frames) }
  mutating func server(_ frames: [UInt8]...) { add(.fromServer, frames) }

  mutating func request(
    _ stream: UInt32, _ method: String, _ path: String, _ more: [(String, String)] = [], end: Bool = true,
    parts: Int = 1,
    padding: Int? = nil, priority: Bool = false
  ) {
    let fields = [(":method", method), (":scheme", "https"), (":authority", "shop.internal"), (":path", path)]
    let block = clientFields.encode(fields + [("user-agent", "tester/1.0")] + more)
    client(HTTP2Wire.headers(stream, block, end: end, padding: padding, priority: priority, parts: parts))
  }

  mutating func response(
    _ stream: UInt32, _ status: Int, _ more: [(String, String)] = [], end: Bool = false, parts: Int = 1
  ) {
    let block = serverFields.encode([(":status", "\(status)"), ("server", "probe")] + more)
    server(HTTP2Wire.headers(stream, block, end: end, parts: parts))
  }

  mutating func trailers(_ stream: UInt32, _ fields: [(String, String)]) {
    server(HTTP2Wire.headers(stream, serverFields.encode(fields), end: true))
  }

  private mutating func add(_ direction: Direction, _ frames: [[UInt8]]) {
    pieces.append(Piece(direction: direction, bytes: frames.flatMap { $0 }))
  }

  /// Feeds it and finishes.
  func events(
    _ cutting: Conversation.Cutting = .whole, missing: Conversation.Missing? = nil, bodyLimit: Int = 1 << 20,
    upTo byteCount: Int = .max
  ) -> [ParserEvent] {
    let options = ParserOptions(bodyLimit: bodyLimit, secrets: SecretHasher(key: [7]), flow: FlowID(3))
    var feeder = HTTP2Feeder(
      connection: HTTP2Connection(options: options, upgradedRequest: upgradedRequest), cutting: cutting)
    var left = byteCount
    for (index, piece) in pieces.enumerated() where left > 0 {
      feeder.feed(piece.bytes.prefix(left), piece.direction, packet: index + 1, missing: missing)
      left -= min(left, piece.bytes.count)
    }
    return feeder.finish(packet: pieces.count + 1)
  }

  var calls: [Call] { events().calls }

  var byteCount: Int { pieces.reduce(0) { $0 + $1.bytes.count } }
  func byteCount(_ direction: Direction) -> Int {
    pieces.reduce(0) { $0 + ($1.direction == direction ? $1.bytes.count : 0) }
  }
}

/// Gives pieces with the positions that a capture would have.
private struct HTTP2Feeder {
  var connection: HTTP2Connection
  var generator: SeededGenerator
  let cutting: Conversation.Cutting
  var events: [ParserEvent] = []
  private var offsets: [Int] = [0, 0]

  init(connection: HTTP2Connection, cutting: Conversation.Cutting) {
    self.connection = connection
    self.cutting = cutting
    if case .random(let seed) = cutting {
      generator = SeededGenerator(seed: seed)
    } else {
      generator = SeededGenerator(seed: 0)
    }
  }

  private func position(_ direction: Direction, packet: Int) -> StreamPosition {
    let offset = UInt64(offsets[Int(direction.rawValue)])
    return StreamPosition(
      time: Timestamp(nanoseconds: Int64(packet)), origin: Origin(source: 0, packet: UInt64(packet), offset: offset))
  }

  mutating func feed(
    _ bytes: ArraySlice<UInt8>, _ direction: Direction, packet: Int, missing: Conversation.Missing?
  ) {
    let start = offsets[Int(direction.rawValue)]
    guard let missing, missing.direction == direction else { return give(Array(bytes), direction, packet) }
    let gap = missing.offsets.clamped(to: start..<(start + bytes.count))
    guard !gap.isEmpty else { return give(Array(bytes), direction, packet) }
    give(Array(bytes.prefix(gap.lowerBound - start)), direction, packet)
    connection.skip(
      Gap(byteCount: UInt64(gap.count), reason: .notCaptured), from: direction,
      at: position(direction, packet: packet), into: &events)
    offsets[Int(direction.rawValue)] += gap.count
    give(Array(bytes.dropFirst(gap.upperBound - start)), direction, packet)
  }

  private mutating func give(_ bytes: [UInt8], _ direction: Direction, _ packet: Int) {
    var index = 0
    while index < bytes.count {
      let count: Int
      switch cutting {
      case .whole: count = bytes.count
      case .everyByte: count = 1
      case .random: count = min(bytes.count - index, 1 + Int(generator.next() % 40))
      }
      let span = bytes.span.extracting(index..<(index + count))
      connection.receive(span, from: direction, at: position(direction, packet: packet), into: &events)
      offsets[Int(direction.rawValue)] += count
      index += count
    }
  }

  mutating func finish(packet: Int) -> [ParserEvent] {
    connection.finish(at: position(.fromClient, packet: packet), into: &events)
    return events
  }
}

extension [ParserEvent] {
  /// The call of a stream with its exchange.
  func exchange(_ stream: UInt32) -> Exchange? {
    exchanges.first { exchange in
      if case .call(let call) = exchange.shape { call.head.streamID == stream } else { false }
    }
  }

  func call(_ stream: UInt32) -> Call? { calls.first { $0.head.streamID == stream } }
}

extension Payload {
  var text: String { bytes.span.string }

  /// The kept records.
  var recordList: [StreamRecord] {
    var cursor = StreamRecordCursor(bytes)
    var records: [StreamRecord] = []
    while let record = try? cursor.next() { records.append(record) }
    return records
  }
}
