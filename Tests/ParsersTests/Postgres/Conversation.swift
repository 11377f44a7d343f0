import Bytes
import Model
import Parsers
import TestKit

/// A conversation in bytes, and ways to feed it.
struct Conversation {
  struct Piece {
    var direction: Direction
    var bytes: [UInt8]
  }

  var pieces: [Piece] = []

  init() {}

  /// From the start-up on, with a login that asks nothing.
  static func session(parameters: [(String, String)] = [("user", "ada"), ("database", "shop")]) -> Conversation {
    var conversation = Conversation()
    conversation.client(Wire.startup(parameters))
    conversation.server(
      Wire.authenticationOk, Wire.parameterStatus("server_version", "15.4"),
      Wire.parameterStatus("client_encoding", "UTF8"), Wire.backendKey(4711, [1, 2, 3, 4]), Wire.ready())
    return conversation
  }

  mutating func client(_ messages: [UInt8]...) { add(.fromClient, messages) }
  mutating func server(_ messages: [UInt8]...) { add(.fromServer, messages) }

  private mutating func add(_ direction: Direction, _ messages: [[UInt8]]) {
    pieces.append(Piece(direction: direction, bytes: messages.flatMap { $0 }))
  }

  /// How the pieces are cut further.
  enum Cutting {
    case whole
    case everyByte
    case random(seed: UInt64)
  }

  /// Bytes of one direction that are not captured.
  struct Missing {
    var direction: Direction
    var offsets: Range<Int>
  }

  /// Feeds it and finishes.
  func events(
    _ cutting: Cutting = .whole, missing: Missing? = nil, bodyLimit: Int = 1 << 20, upTo byteCount: Int = .max
  ) -> [ParserEvent] {
    let options = ParserOptions(bodyLimit: bodyLimit, secrets: SecretHasher(key: [7]), flow: FlowID(3))
    var feeder = Feeder(parser: PostgresParser(options: options), cutting: cutting)
    var left = byteCount
    for (index, piece) in pieces.enumerated() where left > 0 {
      feeder.feed(piece.bytes.prefix(left), piece.direction, packet: index + 1, missing: missing)
      left -= min(left, piece.bytes.count)
    }
    return feeder.finish(packet: pieces.count + 1)
  }

  /// The statements of it.
  func statements(_ cutting: Cutting = .whole, missing: Missing? = nil) -> [Statement] {
    events(cutting, missing: missing).statements
  }

  /// Bytes in all, and of one direction.
  var byteCount: Int { pieces.reduce(0) { $0 + $1.bytes.count } }
  func byteCount(_ direction: Direction) -> Int {
    pieces.reduce(0) { $0 + ($1.direction == direction ? $1.bytes.count : 0) }
  }
}

/// Gives pieces to a parser with the positions that a capture would have.
private struct Feeder {
  var parser: PostgresParser
  var generator: SeededGenerator
  let cutting: Conversation.Cutting
  var events: [ParserEvent] = []
  private var offsets: [Int] = [0, 0]

  init(parser: PostgresParser, cutting: Conversation.Cutting) {
    self.parser = parser
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
    if missing.offsets.upperBound <= start + bytes.count || missing.offsets.lowerBound >= start {
      parser.skip(
        Gap(byteCount: UInt64(gap.count), reason: .notCaptured), from: direction,
        at: position(direction, packet: packet), into: &events)
    }
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
      parser.receive(span, from: direction, at: position(direction, packet: packet), into: &events)
      offsets[Int(direction.rawValue)] += count
      index += count
    }
  }

  mutating func finish(packet: Int) -> [ParserEvent] {
    parser.finish(at: position(.fromClient, packet: packet), into: &events)
    return events
  }
}

extension [ParserEvent] {
  var exchanges: [Exchange] {
    compactMap { event in if case .exchange(let exchange) = event { exchange } else { nil } }
  }

  var statements: [Statement] {
    exchanges.compactMap { exchange in if case .statement(let statement) = exchange.shape { statement } else { nil } }
  }

  var facts: [SessionFacts] { compactMap { event in if case .facts(let facts) = event { facts } else { nil } } }

  var anomalies: [Anomaly] { compactMap { event in if case .anomaly(let anomaly) = event { anomaly } else { nil } } }

  var codes: [String] { anomalies.map(\.code.name) }

  var logins: [Login] {
    exchanges.compactMap { exchange in if case .login(let login) = exchange.shape { login } else { nil } }
  }

  var markers: [Marker] {
    exchanges.compactMap { exchange in if case .marker(let marker) = exchange.shape { marker } else { nil } }
  }

  var opaques: [Opaque] {
    exchanges.compactMap { exchange in if case .opaque(let opaque) = exchange.shape { opaque } else { nil } }
  }

  /// Everything, one line or block an event.
  var dump: String {
    let lines = compactMap { event -> String? in
      switch event {
      case .exchange(let exchange): exchange.dump
      case .facts(let facts): facts.dump
      case .anomaly(let anomaly): anomaly.dump
      case .tunnel(.bytes), .tunnel(.gap): nil
      case .tunnel(let tunnel): "\(tunnel)"
      }
    }
    return (lines + Direction.allCases.map { "handed on \($0): \(handedOn($0))" }).joined(separator: "\n")
  }

  /// What goes to a stream inside this one, however it was cut: hexadecimal bytes, and gaps.
  func handedOn(_ direction: Direction) -> String {
    var text = ""
    for case .tunnel(let tunnel) in self {
      switch tunnel {
      case .bytes(_, let bytes, let sender, _) where sender == direction: text += bytes.hex
      case .gap(_, let gap, let sender, _) where sender == direction: text += "[\(gap.byteCount) missing]"
      case .bytes, .gap, .opened, .closed: continue
      }
    }
    return text
  }
}

extension Statement {
  /// The tags and failures of its results.
  var outcomes: [String] {
    results.map { result in
      switch result.outcome {
      case .completed(let tag): tag
      case .empty: "empty"
      case .suspended: "suspended"
      case .failed(let error): "failed \(error.code)"
      case .unknown: "unknown"
      }
    }
  }

  var rowTexts: [String] { results.flatMap { $0.rows?.rowTexts ?? [] } }
}
