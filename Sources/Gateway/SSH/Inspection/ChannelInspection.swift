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

  /// It is a terminal: what is shown is masked as a program's output is, and what is typed is recorded when it is its turn.
  var isTerminal: Bool { get }

  /// What becomes of the piece that is the first now.
  func turn(of piece: ChannelPiece, at now: ContinuousClock.Instant) -> ChannelPiece.Turn

  /// A piece goes on that is not judged.
  func pass(unjudged piece: ChannelPiece)

  /// What the target did that was not asked before; told once.
  func takeLate() -> [ChannelPiece]
}

extension ChannelInspection {
  var isTerminal: Bool { false }
  func question() -> (any TargetQuestion)? { nil }
  func takeLate() -> [ChannelPiece] { [] }
  func pass(unjudged piece: ChannelPiece) {}

  func turn(of piece: ChannelPiece, at now: ContinuousClock.Instant) -> ChannelPiece.Turn {
    if case .asked = piece.kind { .judged } else { .unjudged }
  }
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
  /// What goes to the target in the piece's place.
  var toTarget: [UInt8] = []
}

/// Something that a client sends inside a channel.
struct ChannelPiece {
  /// What is judged.
  enum Subject {
    case file(FileOperation, isExact: Bool)
    case push(Exchange, RepositoryExchange, isExact: Bool)
    /// A line that is typed into a shell; `isLate`: it runs already.
    case line(String, isLate: Bool)
  }

  enum Kind {
    /// Goes on unjudged: it is part of what was judged.
    case plain
    /// Is judged; the inspection knows it again by the number.
    case asked(UInt32)
    /// Nothing could come of it, so it is answered here.
    case void(UInt32)
  }

  enum Turn {
    case unjudged
    case judged
    /// Refused whatever the policy says, for a reason.
    case refused(String)
    /// It is looked at again then, or when something comes.
    case waits(until: ContinuousClock.Instant?)
  }

  var bytes: [UInt8]
  var kind: Kind
  /// What is typed, where it is a terminal.
  var key = LineCutter.Kind.run
  var came: ContinuousClock.Instant?
  var isInterrupt: Bool { key == .interrupt }
  /// The line that runs already.
  var line: String?
  /// Bytes of the client before it in the recording.
  var offset: UInt64 = 0
}
