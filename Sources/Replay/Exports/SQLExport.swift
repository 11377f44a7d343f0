import Bytes
import Foundation
public import Model

/// A script that psql runs: the statements of a session as they were sent.
///
/// Statements with parameters become PREPARE and EXECUTE with the values as literals, which keeps the text as it was. COPY
/// data stands inline. What must not or cannot run again (redacted, incomplete, not captured) is commented out and says why.
public struct SQLExport: ReplayExport {
  public static let id = "sql"

  public init() {}

  public func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws {
    try write("-- session \(comment(session.id)), \(comment(session.user ?? "?"))@\(comment(session.target ?? "?"))\n")
    try write("-- \(session.startedAt) to \(session.endedAt) UTC, from \(comment(session.client))\n")
    try write("\\set ON_ERROR_STOP off\n")
    var prepared = 0
    try reading.forEachAction(session: session.id) { action in
      guard action.kind == "sql" || action.kind == "copy" else { return }
      try write("\n-- \(action.id)  \(action.startedAt)  \(outcome(of: action))\n")
      if let reason = obstacle(action) {
        try write("-- left out: \(reason)\n" + commented(action.text) + "\n")
      } else if action.verb == "COPY", action.text.uppercased().contains("STDIN") {
        try write(try copy(action, reading))
      } else if let parameters = action.parameters {
        prepared += 1
        try write(execute(action.text, parameters, name: "exhibit_\(prepared)"))
      } else {
        try write(terminated(action.text) + "\n")
      }
    }
  }

  private func obstacle(_ action: Action) -> String? {
    if action.text.isEmpty { return "the statement was not captured" }
    if action.isInferred { return "the statement was not captured as it was sent" }
    if action.text.contains("[redacted]") { return "a secret in it is redacted" }
    if action.parentID != nil { return "it went on with the rows of \(action.parentID ?? "")" }
    if action.message?.hasPrefix("not run:") == true { return "it did not run" }
    if PsqlHazard.isIn(action.text) { return "psql would take a part of it for a command of its own" }
    return nil
  }

  private func outcome(of action: Action) -> String {
    var text = action.status.rawValue
    if let code = action.code { text += " \(comment(code))" }
    if let rows = action.rowCount { text += ", \(rows) rows" }
    if let transaction = action.transaction, transaction != .committed { text += ", \(transaction.rawValue)" }
    return text
  }

  private func execute(_ text: String, _ parameters: String, name: String) -> String {
    let values = (try? JSONDecoder().decode([String?].self, from: Data(parameters.utf8))) ?? []
    let literals = values.map { $0.map(literal) ?? "NULL" }.joined(separator: ", ")
    let body = terminated(text)
    return "PREPARE \(name) AS \(body)\nEXECUTE \(name)(\(literals));\nDEALLOCATE \(name);\n"
  }

  private func copy(_ action: Action, _ reading: any CaseReading) throws -> String {
    guard let payload = try reading.requestPayload(of: action.id), payload.layout == .text else {
      return "-- left out: its data is binary or was not captured\n" + commented(action.text) + "\n"
    }
    guard !payload.isCut else {
      return "-- left out: of its data the first \(payload.bytes.count) of \(payload.byteCount) bytes were kept\n"
        + commented(action.text) + "\n"
    }
    let data = String(decoding: payload.bytes, as: UTF8.self)
    // Such a line would end the data, and what follows would run.
    guard !data.split(whereSeparator: \.isNewline).contains(where: { $0.hasPrefix("\\.") }) else {
      return "-- left out: its data holds the end-of-data mark of psql\n" + commented(action.text) + "\n"
    }
    return terminated(action.text) + "\n" + data + (data.isEmpty || data.hasSuffix("\n") ? "" : "\n") + "\\.\n"
  }

  /// A string constant that means the same whatever standard_conforming_strings says.
  private func literal(_ text: String) -> String {
    let quoted = text.replacing("'", with: "''")
    return text.contains("\\") ? "E'\(quoted.replacing("\\", with: "\\\\"))'" : "'\(quoted)'"
  }

  /// With exactly one semicolon, on a line of its own where the text ends in a comment.
  private func terminated(_ text: String) -> String {
    var text = text
    while let last = text.last, last.isWhitespace || last == ";" { text.removeLast() }
    let lastLine = text.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    return text + (lastLine.contains("--") ? "\n;" : ";")
  }

  private func commented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "--   " + comment(String($0)) }
      .joined(separator: "\n")
  }

  /// Text that stays within its comment.
  private func comment(_ text: String) -> String { TerminalText.oneLine(text) }
}
