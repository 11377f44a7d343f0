import Bytes
import Model
import Policy
import Terminal

/// Asks Policy what was done over SSH and with git, and reads what was typed into shells.
struct RemoteReader {
  /// Terminals of clients that do not say how large they are.
  private static let usualSize = TerminalSize(columns: 80, rows: 24)

  private let classifier: RemoteClassifier

  init(secrets: SecretHasher) { classifier = RemoteClassifier(secrets: secrets) }

  /// The actions of an exchange: the whole first, then what was done within it.
  ///
  /// `trail`: what a gateway told that was in the way; nil where there was none.
  func parts(of exchange: Exchange, on host: String, _ trail: GatewayTrail? = nil) -> [ActionPart] {
    switch exchange.shape {
    case .command(let command):
      guard let records = command.records, command.terminal != nil else {
        return [classifier.part(of: command, exchange, on: host)]
      }
      let size = command.terminal.map {
        TerminalSize(columns: Int(clamping: $0.columns), rows: Int(clamping: $0.rows))
      }
      let reading = read(records, size, hasGateway: trail != nil)
      return [classifier.part(of: command, exchange, on: host, hidden: reading.hiddenInput)] + parts(of: reading, trail)
    case .file(let file): return [classifier.part(of: file, on: host)]
    case .forwarding(let forwarding): return [classifier.part(of: forwarding)]
    case .repository(let repository): return [classifier.part(of: repository, exchange, on: host)]
    case .login, .statement, .call, .cancellation, .notification, .marker, .opaque: return []
    }
  }

  /// What was typed into a shell that another protocol carried (`kubectl exec`), and the records without what was typed
  /// unseen.
  func typed(into records: Payload) -> (parts: [ActionPart], records: Payload) {
    let reading = read(records, nil)
    return (parts(of: reading), RemoteClassifier.erase(reading.hiddenInput, from: records))
  }

  private func read(_ records: Payload, _ size: TerminalSize?, hasGateway: Bool = false) -> TypedReading {
    var reader = TypingReader(size: size ?? Self.usualSize)
    var cursor = StreamRecordCursor(records.bytes)
    while var record = try? cursor.next() {
      // On a terminal there is one output: what comes beside it is the gateway's own, of which the shell knows nothing.
      if hasGateway, record.kind == .errorOutput { record.bytes = [] }
      reader.receive(record)
    }
    return reader.finish()
  }

  /// A line that the gateway refused: it let the shell forget it by ^C.
  ///
  /// bash shows that, zsh does not. `next`: when the next command was typed.
  private func refused(
    _ typed: TypedCommand, before next: Timestamp?, _ note: String, _ trail: GatewayTrail?
  ) -> ActionPart? {
    guard let trail, typed.program == .shell else { return nil }
    let text = typed.text.hasSuffix("^C") ? String(typed.text.dropLast(2)) : typed.text
    guard trail.isRefused(typed: text, since: typed.at, before: next) else { return nil }
    var part = classifier.part(
      typed: text, at: typed.at, endedAt: typed.endedAt, exitStatus: nil,
      confidence: typed.confidence,
      isCertain: typed.isCertain, note: note)
    part.status = .denied
    return part
  }

  private func parts(of reading: TypedReading, _ trail: GatewayTrail? = nil) -> [ActionPart] {
    var sql = SQLContext()
    return reading.commands.enumerated().map { index, typed in
      let next = reading.commands.dropFirst(index + 1).first?.at
      var note = typed.isCertain ? "typed: \(typed.basis)" : "typed, inferred: \(typed.basis)"
      if let directory = typed.directory { note += "; in \(directory)" }
      if let part = refused(typed, before: next, note, trail) { return part }
      switch typed.program {
      case .shell:
        return classifier.part(
          typed: typed.text, at: typed.at, endedAt: typed.endedAt, exitStatus: typed.exitStatus,
          confidence: typed.confidence, isCertain: typed.isCertain, note: note)
      case .psql, .mysql:
        return classifier.part(
          typedStatement: typed.text, into: typed.program.name, at: typed.at, endedAt: typed.endedAt,
          confidence: typed.confidence, note: note, in: &sql)
      default:
        return classifier.part(
          typed: typed.text, into: typed.program.name, at: typed.at, endedAt: typed.endedAt,
          confidence: typed.confidence, note: note)
      }
    }
  }
}
