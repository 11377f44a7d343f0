/// What a log is worth, in one word.
public enum LogVerdict: Hashable, Sendable {
  /// All that was recorded is there, as it was signed, and the recorder ended its work.
  case intact
  /// The same, but the recorder did not (yet) say that it ended.
  case intactButOpen
  /// The first so many records are as they were signed; what comes after them is missing.
  case truncatedAfter(UInt64)
  /// The key signed two logs of which neither continues the other.
  case forked
  /// The log is as it was once, and is known to have been longer.
  case rolledBack
  /// All that was signed is there, and behind it something that was not.
  case unsignedTail
  /// The record with this number, from 0, is the first that is not as it was signed.
  case brokenAt(UInt64)

  /// Whether all that was signed is there and nothing else.
  public var isIntact: Bool { self == .intact || self == .intactButOpen }
}

extension LogVerdict: CustomStringConvertible {
  public var description: String {
    switch self {
    case .intact: "intact"
    case .intactButOpen: "intact-but-open"
    case .truncatedAfter(let count): "truncated-after \(count)"
    case .forked: "forked"
    case .rolledBack: "rolled-back"
    case .unsignedTail: "unsigned-tail"
    case .brokenAt(let record): "broken-at \(record)"
    }
  }
}
