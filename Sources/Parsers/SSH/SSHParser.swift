import Bytes
public import Model

/// The SSH conversation in the clear: authentication (RFC 4252) and the connection protocol (RFC 4254).
///
/// It reads what a decryptor gives or a recording holds: identification lines, then packets as with cipher `none`. Key
/// exchanges are passed over. Channels become commands, file operations and forwardings; what goes through a forwarded
/// port goes round the pipeline again. What comes out does not depend on how the bytes were cut into pieces.
public struct SSHParser: ProtocolParser {
  public static let id = ProtocolID.ssh

  var client = SSHFraming()
  var server = SSHFraming()
  var dialogue: SSHDialogue
  var opaque = Opaque(reason: .undecodable, clientByteCount: 0, serverByteCount: 0)
  var opaqueSince: StreamPosition?

  public static func recognize(_ opening: borrowing Opening) -> Recognition { SSHRecognition.recognize(opening) }

  public init(options: ParserOptions) { dialogue = SSHDialogue(options: options) }

  public mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    guard !bytes.isEmpty else { return }
    var framing = take(direction)
    feed(bytes, position, &framing, direction, &events)
    put(&framing, direction)
  }

  public mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    guard gap.byteCount > 0 else { return }
    var framing = take(direction)
    lose(gap, position, &framing, direction, &events)
    put(&framing, direction)
  }

  public mutating func finish(at position: StreamPosition, into events: inout [ParserEvent]) {
    for direction in Direction.allCases {
      var framing = take(direction)
      if !framing.carry.isEmpty {
        if framing.stage == .seeking {
          countOpaque(UInt64(framing.carry.count), direction, framing.begin)
        } else if framing.stage != .opaque {
          dialogue.report(
            "ssh-truncated", "the \(direction.name)'s last packet is not whole", framing.begin, &events)
        }
        framing.carry = []
      }
      put(&framing, direction)
    }
    dialogue.finish(at: position, &events)
    guard let since = opaqueSince else { return }
    opaqueSince = nil
    events.append(
      .exchange(
        Exchange(
          shape: .opaque(opaque), startedAt: since.time, endedAt: max(position.time, since.time), origin: since.origin,
          requestByteCount: opaque.clientByteCount, responseByteCount: opaque.serverByteCount)))
  }

  /// Takes a direction's framing out, so that it can be changed in place while the dialogue is; `put` brings it back.
  private mutating func take(_ direction: Direction) -> SSHFraming {
    var framing = SSHFraming()
    if direction == .fromClient { swap(&framing, &client) } else { swap(&framing, &server) }
    return framing
  }

  private mutating func put(_ framing: inout SSHFraming, _ direction: Direction) {
    if direction == .fromClient { swap(&framing, &client) } else { swap(&framing, &server) }
  }

  mutating func countOpaque(_ count: UInt64, _ direction: Direction, _ position: StreamPosition) {
    if opaqueSince == nil { opaqueSince = position }
    if direction == .fromClient { opaque.clientByteCount += count } else { opaque.serverByteCount += count }
  }
}

extension ProtocolID {
  /// Secure Shell, version 2.
  public static let ssh = ProtocolID("ssh")
}

extension Direction {
  /// The sender, in words.
  var name: String { self == .fromClient ? "client" : "server" }
}
