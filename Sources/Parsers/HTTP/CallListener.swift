import Bytes
import Model

/// Reads the decoded content of a call while it comes, as what its application speaks, for what does not fit into the bytes
/// that are kept: a push of git.
///
/// A class: both bodies of a call hand their bytes to the same one.
final class CallListener {
  private var git: GitCallReader
  private let begin: StreamPosition
  private var events: [ParserEvent] = []

  /// Nil when nothing of the call has to be read while it comes.
  init?(_ head: CallHead, _ options: ParserOptions, begin: StreamPosition) {
    let query = head.target.firstIndex(of: "?").map { String(head.target[head.target.index(after: $0)...]) } ?? ""
    guard
      let git = GitCallReader(
        method: head.method, path: head.path, query: query,
        requestType: head.requestFields["content-type"], responseType: nil,
        protocolHeader: head.requestFields["git-protocol"], options: options, source: options.objects)
    else { return nil }
    self.git = git
    self.begin = begin
  }

  func take(_ bytes: Span<UInt8>, _ direction: Direction, at time: Timestamp) {
    git.receive(bytes, from: direction, at: StreamPosition(time: time, origin: begin.origin), into: &events)
  }

  func lose(_ count: UInt64?, _ direction: Direction) {
    let gap = Gap(byteCount: max(1, count ?? 1), reason: .notCaptured)
    git.skip(gap, from: direction, at: begin, into: &events)
  }

  /// What it was, and what was strange about it.
  func finish() -> (exchange: RepositoryExchange?, events: [ParserEvent]) {
    let exchange = git.finish()
    defer { events = [] }
    return (exchange, events)
  }
}
