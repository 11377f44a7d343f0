import Bytes
import Model
import Policy

/// Asks Policy what the requests of servers' logs do, and hides the secrets in their text, as is done for captures: so the
/// same statement has the same text on both sides.
struct ServerRecordReader {
  /// Connections whose settings are remembered at a time.
  static let laneLimit = 10_000

  private var statements: StatementReader
  private var classifier: ServerRecordClassifier
  private var contexts: [String: SQLContext] = [:]

  init(secrets: SecretHasher) {
    statements = StatementReader(secrets: secrets)
    classifier = ServerRecordClassifier(secrets: secrets)
  }

  /// The parts of a record, at least one, and the keyed hashes of their secrets.
  mutating func parts(of record: ServerRecord) -> (parts: [ServerRecordPart], secretHashes: [String]) {
    guard record.protocolName == "postgres", record.kind == .request else {
      let found = classifier.read(record)
      return (
        [ServerRecordPart(ordinal: 0, record: found.record, classification: found.classification)], found.secretHashes
      )
    }
    let lane = "\(record.origin.source) \(record.sessionKey ?? "")"
    if contexts.count >= Self.laneLimit, contexts[lane] == nil { contexts = [:] }
    var context = contexts.removeValue(forKey: lane) ?? SQLContext()
    let statement = Statement(mode: record.form == "fastpath" ? .functionCall : .simple, text: record.text)
    let parts = statements.parts(of: statement, in: &context)
    contexts[lane] = context
    let base = classifier.read(record).record
    let found = parts.enumerated().map { ordinal, part in
      var own = base
      own.text = part.text
      // Of several statements the log tells one error, not whose it is.
      if parts.count > 1, own.status != .ok { (own.status, own.code) = (.incomplete, record.code) }
      return ServerRecordPart(ordinal: ordinal, record: own, classification: part.classification)
    }
    return (found, parts.flatMap(\.secretHashes))
  }
}
