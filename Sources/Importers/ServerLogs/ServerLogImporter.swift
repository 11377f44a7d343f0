import Bytes
public import Model

/// What a server's log tells, each when it is whole: a statement may wait for its error or its duration, while those of
/// other sessions are told. `origin` has the order of the log.
public enum ServerLogEvent: Sendable, Hashable {
  case record(ServerRecord)
  case anomaly(Anomaly)
}

/// Reads one format of servers' logs, fed as the file is read.
protocol ServerLogImporter: Sendable {
  /// The format's name, as `sources` tells it: `postgres-csvlog`, `nginx`.
  static var name: String { get }

  /// Whether a file is of this format, by its first bytes; its path may confirm what they say and never replaces it.
  static func recognizes(_ head: TranscriptHead) -> Bool

  /// The head is the file's first bytes, from which an importer may learn how lines begin.
  init(_ file: TranscriptFile, _ head: TranscriptHead)

  /// The next bytes of the file, in order, cut anywhere: what is told does not depend on the cuts.
  mutating func receive(_ bytes: Span<UInt8>, into events: inout [ServerLogEvent])

  /// The file is over: tells what waited for more.
  mutating func finish(into events: inout [ServerLogEvent])
}
