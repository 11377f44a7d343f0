public import Bytes
public import Model

/// Says what the statements of a session do, and hides the secrets in their text.
public struct StatementReader {
  private var classifier = SQLClassifier()
  private let secrets: SecretHasher

  public init(secrets: SecretHasher) { self.secrets = secrets }

  /// The parts of a statement exchange, at least one.
  public mutating func parts(of statement: Statement, in context: inout SQLContext) -> [StatementPart] {
    if statement.mode == .functionCall {
      let classification = Classification(
        verb: "FUNCTION CALL", effect: .unknown, resources: [Resource("execute", "function", statement.text)],
        note: "a function called by its OID; what it does cannot be told from the wire")
      return [StatementPart(text: statement.text, classification: classification)]
    }
    guard !statement.text.isEmpty || statement.isTextExact else {
      let note = "the statement itself was not captured"
      return [StatementPart(text: "", classification: Classification(verb: "UNKNOWN", effect: .unknown, note: note))]
    }
    let classified = classifier.classify(statement.text, in: &context)
    if classified.isEmpty {
      let classification = Classification(verb: "EMPTY", effect: .session, note: "an empty query")
      return [StatementPart(text: statement.text, classification: classification)]
    }
    let isWhole = classified.count == 1
    var parts = classified.map { part(of: statement.text, $0, isWhole: isWhole) }
    if !isWhole, classified.contains(where: { !$0.redactions.isEmpty }) {
      parts[0].redactedRequest = StatementReader.redacted(statement.text, classified.flatMap(\.redactions))
    }
    return parts
  }

  /// The shape of a text that is one statement, where such a one was read before: no more than its tokens need be looked at.
  /// It says what the statement does in a session whose context is plain.
  public mutating func known(_ text: String) -> KnownShape? { classifier.known(text) }

  /// The text without the ranges; they may overlap, as a comment belongs to two statements.
  private static func redacted(_ text: String, _ ranges: [Range<Int>]) -> String {
    var redacted = ""
    var position = 0
    for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) })
    where range.upperBound > position {
      redacted += text.utf8Slice(position..<max(position, range.lowerBound)) + Redaction.mark
      position = range.upperBound
    }
    return redacted + text.utf8Slice(position..<text.utf8.count)
  }

  /// A single statement keeps the text as sent, blanks and semicolon included.
  private func part(of text: String, _ classified: ClassifiedStatement, isWhole: Bool) -> StatementPart {
    guard !classified.redactions.isEmpty else {
      return StatementPart(
        text: isWhole ? text : text.utf8Slice(classified.range), form: classified.form,
        constants: classified.constants)
    }
    var hashes: [String] = []
    var redacted = ""
    var position = isWhole ? 0 : classified.range.lowerBound
    for range in classified.redactions {
      redacted += text.utf8Slice(position..<range.lowerBound) + Redaction.mark
      hashes.append(secrets.hash(Array(text.utf8Slice(range).utf8).span))
      position = range.upperBound
    }
    redacted += text.utf8Slice(position..<(isWhole ? text.utf8.count : classified.range.upperBound))
    return StatementPart(text: redacted, classification: classified.classification, secretHashes: hashes)
  }
}

extension String {
  /// The text between two UTF-8 offsets, clamped to the string.
  func utf8Slice(_ range: Range<Int>) -> String {
    let units = utf8
    let start = units.index(startIndex, offsetBy: max(0, range.lowerBound), limitedBy: endIndex) ?? endIndex
    let end = units.index(startIndex, offsetBy: max(0, range.upperBound), limitedBy: endIndex) ?? endIndex
    return start < end ? String(decoding: units[start..<end], as: UTF8.self) : ""
  }
}
