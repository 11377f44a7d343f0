import Bytes
import Model
import Parsers

/// A push of git: its references are judged before any of it goes on, with its commits where people are asked.
final class PushInspection: ChannelInspection {
  private var reader: PushRequestReader
  private var isDecided = false
  private let program: [UInt8]
  private let before = LateObjects()
  private(set) var snapshot: PushSnapshot?

  /// `program`: the command line that runs `git-receive-pack`.
  init(repository: String, program: [UInt8], secrets: SecretHasher) {
    self.program = program
    reader = PushRequestReader(repository: repository, secrets: secrets, objects: before)
  }

  var unread: [UInt8] { reader.unread }
  var expectsMore: Bool { reader.expectsMore }
  var waitingLimit: Int {
    isDecided ? SSHChannelRelay.queueLimit : PushRequestReader.packLength + SSHChannelRelay.queueLimit
  }

  func take(fromClient bytes: [UInt8], into pieces: inout [ChannelPiece]) throws(DecodeError) {
    var rest: [UInt8] = []
    if let commands = try reader.receive(fromClient: bytes, rest: &rest) {
      pieces.append(ChannelPiece(bytes: commands, kind: reader.isEmpty ? .plain : .asked(0)))
    }
    if !rest.isEmpty { pieces.append(ChannelPiece(bytes: rest, kind: .plain)) }
  }

  func take(fromTarget bytes: [UInt8]) throws(DecodeError) -> [UInt8] {
    reader.receive(fromServer: bytes)
    return bytes
  }

  func subject(of piece: ChannelPiece, at time: Timestamp) -> ChannelPiece.Subject? {
    guard case .asked = piece.kind, let asked = reader.push(at: time) else { return nil }
    return .push(asked.exchange, asked.push, isExact: reader.isExact)
  }

  func question() -> (any TargetQuestion)? {
    guard snapshot == nil, let asked = PushSnapshot(before: reader.commitsBefore, program, into: before) else {
      return nil
    }
    snapshot = asked
    return asked
  }

  func settle() {
    isDecided = true
    reader.decide()
  }

  func refuse(_ piece: ChannelPiece, _ reason: String) -> ChannelRefusal {
    ChannelRefusal(answer: reader.refusal(reason), isLast: true)
  }
}
