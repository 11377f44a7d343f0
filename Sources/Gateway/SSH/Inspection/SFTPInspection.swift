import Bytes
import Model
import Parsers

/// Files over SFTP: each request that opens, changes or asks for one is judged.
final class SFTPInspection: ChannelInspection {
  let waitingLimit = SSHChannelRelay.queueLimit
  let expectsMore = false
  private var reader: SFTPRequestReader
  /// What was asked and is not decided, by its id.
  private var asked: [UInt32: ChannelPiece.Subject] = [:]
  private var current: UInt32?

  /// `software`: what the client says that it is.
  init(channel: UInt32, software: String, secrets: SecretHasher) {
    reader = SFTPRequestReader(channel: channel, software: software, secrets: secrets)
  }

  var unread: [UInt8] { reader.unread }

  func take(fromClient bytes: [UInt8], into pieces: inout [ChannelPiece]) throws(DecodeError) {
    var messages: [SFTPRequestReader.Message] = []
    defer {
      for message in messages {
        let kind: ChannelPiece.Kind
        switch message.request {
        case .plain: kind = .plain
        case .unknownHandle(let id): kind = .void(id)
        case .operation(let operation, let id, let isExact):
          asked[id] = .file(operation, isExact: isExact)
          kind = .asked(id)
        }
        pieces.append(ChannelPiece(bytes: message.bytes, kind: kind))
      }
    }
    try reader.receive(fromClient: bytes, into: &messages)
  }

  func take(fromTarget bytes: [UInt8]) throws(DecodeError) -> [UInt8] {
    var out: [UInt8] = []
    try reader.receive(fromServer: bytes, into: &out)
    return out
  }

  func settle() { if let current { asked[current] = nil } }

  func subject(of piece: ChannelPiece, at time: Timestamp) -> ChannelPiece.Subject? {
    guard case .asked(let id) = piece.kind else { return nil }
    current = id
    return asked[id]
  }

  func refuse(_ piece: ChannelPiece, _ reason: String) -> ChannelRefusal {
    var out: [UInt8] = []
    switch piece.kind {
    case .plain: break
    case .asked(let id): reader.answer(id, .permissionDenied, reason, into: &out)
    case .void(let id): reader.answer(id, .failure, "no such handle", into: &out)
    }
    return ChannelRefusal(answer: out)
  }
}
