import Bytes
import Model

/// What the bytes of a program's standard input and output are read as.
///
/// A program whose conversation we know is read by a reader of its own; the bytes of all others are kept with their times.
struct ChannelContent {
  enum Reader {
    case sftp(Shared<SFTPReader>)
    case scp(Shared<SCPReader>)
    case git(Shared<GitReader>)
    case rsync(Shared<RsyncReader>)
  }

  /// Holds a reader in one place: it has large buffers, which a copy would double.
  final class Shared<Value> {
    var value: Value

    init(_ value: Value) { self.value = value }
  }

  private var reader: Reader?
  /// What was read of rsync, once the channel is over.
  private(set) var rsync: RsyncSummary?

  /// Bytes without a meaning that we know.
  static var plain: ChannelContent { ChannelContent(nil) }

  init(_ reader: Reader?) { self.reader = reader }

  /// Somebody reads the bytes.
  var isRead: Bool { reader != nil }
  /// Whoever reads them takes digests of what matters: files, objects.
  var hasDigests: Bool {
    switch reader {
    case .sftp, .scp, .git: true
    case .rsync, nil: false
    }
  }

  func receive(_ bytes: Span<UInt8>, _ envelope: SSHEnvelope, _ events: inout [ParserEvent]) {
    switch reader {
    case .sftp(let sftp): sftp.value.receive(bytes, envelope, &events)
    case .scp(let scp): scp.value.receive(bytes, envelope, &events)
    case .git(let git):
      let end = StreamPosition(time: envelope.endTime, origin: envelope.begin.origin)
      git.value.receive(bytes, from: envelope.direction, at: end, into: &events)
    case .rsync(let rsync): rsync.value.receive(bytes, envelope, &events)
    case nil: break
    }
  }

  /// Bytes of a direction may be missing from here on.
  func skip(_ direction: Direction, at position: StreamPosition, _ events: inout [ParserEvent]) {
    switch reader {
    case .sftp(let sftp): sftp.value.skip(direction, at: position, &events)
    case .scp(let scp): scp.value.skip(direction, at: position, &events)
    case .git(let git):
      // How much of this channel was lost cannot be known.
      git.value.skip(Gap(byteCount: 1, reason: .notCaptured), from: direction, at: position, into: &events)
    case .rsync(let rsync): rsync.value.skip(direction, at: position, &events)
    case nil: break
    }
  }

  /// The channel is over.
  mutating func finish(at position: StreamPosition, _ events: inout [ParserEvent]) {
    switch reader {
    case .sftp(let sftp): sftp.value.finish(at: position, &events)
    case .scp(let scp): scp.value.finish(at: position, &events)
    case .git(let git): git.value.finish(at: position, into: &events)
    case .rsync(let reader): rsync = reader.value.finish(&events)
    case nil: break
    }
    reader = nil
  }
}
