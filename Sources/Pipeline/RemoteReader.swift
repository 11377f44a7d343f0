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
  func parts(of exchange: Exchange, on host: String) -> [ActionPart] {
    switch exchange.shape {
    case .command(let command):
      guard let records = command.records, command.terminal != nil else {
        return [classifier.part(of: command, exchange, on: host)]
      }
      let size = command.terminal.map {
        TerminalSize(columns: Int(clamping: $0.columns), rows: Int(clamping: $0.rows))
      }
      let reading = read(records, size)
      return [classifier.part(of: command, exchange, on: host, hidden: reading.hiddenInput)] + parts(of: reading)
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

  private func read(_ records: Payload, _ size: TerminalSize?) -> TypedReading {
    var reader = TypingReader(size: size ?? Self.usualSize)
    var cursor = StreamRecordCursor(records.bytes)
    while let record = try? cursor.next() { reader.receive(record) }
    return reader.finish()
  }

  private func parts(of reading: TypedReading) -> [ActionPart] {
    var sql = SQLContext()
    return reading.commands.map { typed in
      var note = typed.isCertain ? "typed: \(typed.basis)" : "typed, inferred: \(typed.basis)"
      if let directory = typed.directory { note += "; in \(directory)" }
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
