import Bytes
import Model

/// Reads one conversation of git: the bytes of an SSH channel that runs `git-upload-pack`, `git-receive-pack` or
/// `git-upload-archive`, or of git:// behind its first packet.
struct GitReader {
  private var dialogue: GitDialogue
  private let options: ParserOptions
  private var span = ExchangeSpan()

  /// - Parameters:
  ///   - service: the program's name, as the command spells it; nil is returned for any other program.
  ///   - repository: the path, as the command names it.
  ///   - version: what the client asked for (`GIT_PROTOCOL`); the server's first line says what is spoken.
  ///   - options: what every parser is told.
  ///   - source: where objects are looked up that a pack builds on.
  init?(
    service: String, repository: String, version: Int = 0, options: ParserOptions, source: (any ObjectSource)? = nil
  ) {
    guard let service = GitService(name: service) else { return nil }
    self.options = options
    dialogue = GitDialogue(
      service: service, repository: repository, version: version, part: .connection, options: options, source: source)
  }

  /// Counts bytes that belong to the exchange and were read before: the request of git://.
  mutating func note(_ byteCount: UInt64, from direction: Direction, at position: StreamPosition) {
    span.note(byteCount, from: direction, at: position)
  }

  mutating func receive(
    _ bytes: Span<UInt8>, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    span.note(UInt64(bytes.count), from: direction, at: position)
    var results: [GitDialogue.Result] = []
    dialogue.receive(bytes, from: direction, into: &results)
    give(results, at: position, &events)
  }

  mutating func skip(
    _ gap: Gap, from direction: Direction, at position: StreamPosition, into events: inout [ParserEvent]
  ) {
    span.note(gap.byteCount, from: direction, at: position)
    var results: [GitDialogue.Result] = []
    dialogue.skip(gap, from: direction, into: &results)
    give(results, at: position, &events)
  }

  /// The conversation is over.
  mutating func finish(at position: StreamPosition, into events: inout [ParserEvent]) {
    var results: [GitDialogue.Result] = []
    dialogue.finish(into: &results)
    give(results, at: position, &events)
  }

  private mutating func give(
    _ results: [GitDialogue.Result], at position: StreamPosition, _ events: inout [ParserEvent]
  ) {
    for result in results {
      switch result {
      case .anomaly(let code, let detail):
        events.append(
          .anomaly(Anomaly(code, detail, origin: position.origin, flow: options.flow, time: position.time)))
      case .exchange(let exchange, let reason):
        events.append(.exchange(span.exchange(exchange, at: position, incompleteReason: reason)))
        span = ExchangeSpan()
      }
    }
  }
}

/// When and where the bytes of one exchange were seen.
private struct ExchangeSpan {
  private var startedAt: Timestamp?
  private var firstResponseAt: Timestamp?
  private var endedAt: Timestamp?
  private var requestOrigin: Origin?
  private var responseOrigin: Origin?
  private var requestByteCount: UInt64 = 0
  private var responseByteCount: UInt64 = 0

  mutating func note(_ count: UInt64, from direction: Direction, at position: StreamPosition) {
    startedAt = startedAt ?? position.time
    endedAt = position.time
    if direction == .fromClient {
      requestOrigin = requestOrigin ?? position.origin
      requestByteCount &+= count
    } else {
      firstResponseAt = firstResponseAt ?? position.time
      responseOrigin = responseOrigin ?? position.origin
      responseByteCount &+= count
    }
  }

  func exchange(_ exchange: RepositoryExchange, at position: StreamPosition, incompleteReason: String?) -> Exchange {
    Exchange(
      shape: .repository(exchange), startedAt: startedAt ?? position.time, firstResponseAt: firstResponseAt,
      endedAt: endedAt, origin: requestOrigin ?? responseOrigin ?? position.origin,
      requestByteCount: requestByteCount, responseByteCount: responseByteCount, incompleteReason: incompleteReason)
  }
}
