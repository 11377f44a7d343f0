import Bytes
import Model
import Parsers
import TestKit

/// An SSH conversation in the clear, and ways to feed it. Each piece is one packet of the capture.
struct SSHConversation {
  struct Piece {
    var direction: Direction
    var bytes: [UInt8]
    var isLost = false
  }

  enum Cutting {
    case whole
    case everyByte
    case random(seed: UInt64)
  }

  var pieces: [Piece] = []

  init() {}

  /// Identifications and key exchange; nobody is logged in.
  static func beginning(server: String = "SSH-2.0-OpenSSH_9.2p1 Debian-2") -> SSHConversation {
    var conversation = SSHConversation()
    conversation.client(Array("SSH-2.0-OpenSSH_9.6\r\n".utf8))
    conversation.server(Array("\(server)\r\n".utf8))
    conversation.client(SSHWire.packet([20] + [UInt8](repeating: 7, count: 40)))
    conversation.server(SSHWire.packet([20] + [UInt8](repeating: 8, count: 40)))
    conversation.client(SSHWire.packet([21]))
    conversation.server(SSHWire.packet([21]))
    conversation.client(SSHWire.packet([5] + SSHWire.string("ssh-userauth")))
    conversation.server(SSHWire.packet([6] + SSHWire.string("ssh-userauth")))
    return conversation
  }

  /// Up to a login by password.
  static func session(server: String = "SSH-2.0-OpenSSH_9.2p1 Debian-2") -> SSHConversation {
    var conversation = beginning(server: server)
    conversation.client(SSHWire.password("ada", "hunter2"))
    conversation.server(SSHWire.success)
    return conversation
  }

  /// A channel of the client that runs a command: it is number 0 here and 5 there.
  static func running(_ command: String) -> SSHConversation {
    var conversation = session()
    conversation.openSession()
    conversation.client(SSHWire.exec(5, command))
    conversation.server(SSHWire.yes(0))
    return conversation
  }

  mutating func openSession() {
    client(SSHWire.open("session", 0))
    server(SSHWire.confirm(0, 5))
  }

  /// The channel is closed from both ends.
  mutating func closeSession(status: UInt32? = 0) {
    if let status { server(SSHWire.exit(0, status)) }
    server(SSHWire.end(0), SSHWire.close(0))
    client(SSHWire.close(5))
  }

  mutating func client(_ messages: [UInt8]...) { add(.fromClient, messages) }
  mutating func server(_ messages: [UInt8]...) { add(.fromServer, messages) }

  private mutating func add(_ direction: Direction, _ messages: [[UInt8]]) {
    for message in messages { pieces.append(Piece(direction: direction, bytes: message)) }
  }

  /// Feeds it and finishes.
  func events(_ cutting: Cutting = .whole, bodyLimit: Int = 1 << 20, upTo byteCount: Int = .max) -> [ParserEvent] {
    var parser = SSHParser(
      options: ParserOptions(bodyLimit: bodyLimit, secrets: SecretHasher(key: [7]), flow: FlowID(3)))
    var generator = SeededGenerator(seed: 0)
    if case .random(let seed) = cutting { generator = SeededGenerator(seed: seed) }
    var events: [ParserEvent] = []
    var offsets: [UInt64] = [0, 0]
    var left = byteCount
    for (number, piece) in pieces.enumerated() where left > 0 {
      let bytes = Array(piece.bytes.prefix(left))
      left -= bytes.count
      let side = Int(piece.direction.rawValue)
      func position() -> StreamPosition {
        StreamPosition(
          time: Timestamp(nanoseconds: Int64(number)),
          origin: Origin(source: 0, packet: UInt64(number + 1), offset: offsets[side]))
      }
      if piece.isLost {
        parser.skip(
          Gap(byteCount: UInt64(bytes.count), reason: .notCaptured), from: piece.direction, at: position(),
          into: &events)
        offsets[side] += UInt64(bytes.count)
        continue
      }
      var index = 0
      while index < bytes.count {
        let count: Int
        switch cutting {
        case .whole: count = bytes.count - index
        case .everyByte: count = 1
        case .random: count = min(bytes.count - index, 1 + Int(generator.next() % 40))
        }
        parser.receive(
          bytes.span.extracting(index..<(index + count)), from: piece.direction, at: position(), into: &events)
        offsets[side] += UInt64(count)
        index += count
      }
    }
    let end = Timestamp(nanoseconds: Int64(pieces.count))
    parser.finish(
      at: StreamPosition(time: end, origin: Origin(source: 0, packet: UInt64(pieces.count + 1), offset: offsets[0])),
      into: &events)
    return events
  }

  var byteCount: Int { pieces.reduce(0) { $0 + $1.bytes.count } }

  /// The same with pieces joined and cut elsewhere, as TCP does: packets of the capture end in the middle of messages.
  func recut(_ size: Int) -> SSHConversation {
    var other = SSHConversation()
    for piece in pieces {
      if let last = other.pieces.last, last.direction == piece.direction {
        other.pieces[other.pieces.count - 1].bytes += piece.bytes
      } else {
        other.pieces.append(piece)
      }
    }
    other.pieces = other.pieces.flatMap { piece in
      stride(from: 0, to: piece.bytes.count, by: size).map { start in
        Piece(direction: piece.direction, bytes: Array(piece.bytes[start..<min(piece.bytes.count, start + size)]))
      }
    }
    return other
  }
}

extension [ParserEvent] {
  var commands: [Command] {
    exchanges.compactMap { exchange in if case .command(let command) = exchange.shape { command } else { nil } }
  }

  var files: [FileOperation] {
    exchanges.compactMap { exchange in if case .file(let file) = exchange.shape { file } else { nil } }
  }

  var forwardings: [Forwarding] {
    exchanges.compactMap { exchange in if case .forwarding(let it) = exchange.shape { it } else { nil } }
  }

  /// All parameters of all facts, the last value of each.
  var parameters: [String: String] {
    facts.reduce(into: [:]) { all, facts in all.merge(facts.parameters) { $1 } }
  }

  /// What went through one tunnel in one direction.
  func carried(_ tunnel: UInt32, _ direction: Direction) -> String {
    var bytes: [UInt8] = []
    for case .tunnel(.bytes(let id, let piece, let sender, _)) in self where id.number == tunnel && sender == direction
    {
      bytes += piece
    }
    return bytes.span.string
  }
}

extension [UInt8] {
  var text: String { String(decoding: self, as: UTF8.self) }
}
