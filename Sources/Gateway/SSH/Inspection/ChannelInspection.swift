import Bytes
import Model

/// Reads what goes through a channel, so that each thing that the client asks in it is judged before it goes on.
/// Used on the connection's thread.
protocol ChannelInspection: AnyObject {
  /// Bytes of the client that are no whole request yet.
  var unread: [UInt8] { get }
  /// Bytes of requests that may wait behind one that waits for people.
  var waitingLimit: Int { get }
  /// There is more to know of what was asked last than is there yet.
  var expectsMore: Bool { get }

  /// Cuts what the client sends into what is judged, or goes on, as a whole.
  ///
  /// - Throws: `DecodeError` for what cannot be read; neither it nor anything behind it may go on.
  func take(fromClient bytes: [UInt8], into pieces: inout [ChannelPiece]) throws(DecodeError)

  /// What the client gets of what the target sends.
  ///
  /// - Throws: `DecodeError` for what cannot be read; nothing behind it may go on.
  func take(fromTarget bytes: [UInt8]) throws(DecodeError) -> [UInt8]

  /// What is asked, as far as it is known now.
  func subject(of piece: ChannelPiece, at time: Timestamp) -> ChannelPiece.Subject?

  /// What has to be asked of the target before people can be shown what it changes; asked once.
  func question() -> (any TargetQuestion)?

  /// What was asked last is decided.
  func settle()

  /// Answers in the target's place that something is not done, for a reason.
  func refuse(_ piece: ChannelPiece, _ reason: String) -> ChannelRefusal
}

extension ChannelInspection {
  func question() -> (any TargetQuestion)? { nil }
}

/// A question of the gateway's own to a program at the target, for those who decide.
protocol TargetQuestion: AnyObject {
  /// The program's command line.
  var command: [UInt8] { get }
  var isOver: Bool { get }

  /// - Returns: what the program is to be told now.
  func receive(_ bytes: [UInt8]) -> [UInt8]
  /// It says no more.
  func end()
}

/// What the client is told in place of what it asked for.
struct ChannelRefusal {
  /// What it gets now.
  var answer: [UInt8]
  /// The conversation is over with it.
  var isLast = false
}

/// Something that a client sends inside a channel.
struct ChannelPiece {
  /// What is judged.
  enum Subject {
    case file(FileOperation, isExact: Bool)
    case push(Exchange, RepositoryExchange, isExact: Bool)
  }

  enum Kind {
    /// Goes on unjudged: it is part of what was judged.
    case plain
    /// Is judged; the inspection knows it again by the number.
    case asked(UInt32)
    /// Nothing could come of it, so it is answered here.
    case void(UInt32)
  }

  var bytes: [UInt8]
  var kind: Kind
  /// Bytes of the client before it in the recording.
  var offset: UInt64 = 0
}
