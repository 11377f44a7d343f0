import Bytes
import Model

/// What the bytes of a program's standard input and output are read as.
///
/// A program whose conversation we know is read by a reader of its own; the bytes of all others are kept with their times.
struct ChannelContent {
  enum Reader {
    indirect case sftp(SFTPReader)
    indirect case scp(SCPReader)
    indirect case git(GitReader)
  }

  private var reader: Reader?

  /// Bytes without a meaning that we know.
  static var plain: ChannelContent { ChannelContent(nil) }

  init(_ reader: Reader?) { self.reader = reader }

  /// Somebody reads the bytes.
  var isRead: Bool { reader != nil }

  mutating func receive(_ bytes: Span<UInt8>, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    // The reader is taken out, so that it is changed in place and never copied.
    let current = reader
    reader = nil
    switch consume current {
    case .sftp(var sftp):
      sftp.receive(bytes, envelope, &events)
      reader = .sftp(sftp)
    case .scp(var scp):
      scp.receive(bytes, envelope, &events)
      reader = .scp(scp)
    case .git(var git):
      let end = StreamPosition(time: envelope.endTime, origin: envelope.begin.origin)
      git.receive(bytes, from: envelope.direction, at: end, into: &events)
      reader = .git(git)
    case nil: break
    }
  }

  /// Bytes of a direction may be missing from here on.
  mutating func skip(_ direction: Direction, at position: StreamPosition, _ events: inout [ParserEvent]) {
    let current = reader
    reader = nil
    switch consume current {
    case .sftp(var sftp):
      sftp.skip(direction, at: position, &events)
      reader = .sftp(sftp)
    case .scp(var scp):
      scp.skip(direction, at: position, &events)
      reader = .scp(scp)
    case .git(var git):
      // How much of this channel was lost cannot be known.
      git.skip(Gap(byteCount: 1, reason: .notCaptured), from: direction, at: position, into: &events)
      reader = .git(git)
    case nil: break
    }
  }

  /// The channel is over.
  mutating func finish(at position: StreamPosition, _ events: inout [ParserEvent]) {
    switch reader {
    case .sftp(var sftp): sftp.finish(at: position, &events)
    case .scp(var scp): scp.finish(at: position, &events)
    case .git(var git): git.finish(at: position, into: &events)
    case nil: break
    }
    reader = nil
  }
}
