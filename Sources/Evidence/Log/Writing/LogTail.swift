/// What was at the end of a log when it was opened to be written.
public enum LogTail: Hashable, Sendable {
  /// There was no log.
  case new
  /// The last run ended with `close`.
  case closed(size: UInt64)
  /// The last run ended without; all its leaves that are on disk are signed.
  case open(size: UInt64)
  /// The last run ended without, and left leaves behind the last checkpoint. They are not in the log and their files are
  /// written over: nothing proves who put them there.
  case unsigned(size: UInt64, leaves: [[UInt8]])

  /// As `open` leaves say it.
  var word: String {
    switch self {
    case .new: "new"
    case .closed: "closed"
    case .open: "open"
    case .unsigned: "unsigned"
    }
  }
}
