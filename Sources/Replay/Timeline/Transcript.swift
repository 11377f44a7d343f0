import Bytes
public import Model

/// Writes the events of a session as psql would have shown them.
public struct Transcript {
  private let session: Session
  private let reading: any CaseReading
  private let rowLimit: Int
  private let isColoured: Bool

  public init(session: Session, reading: any CaseReading, rowLimit: Int, isColoured: Bool) {
    self.session = session
    self.reading = reading
    self.rowLimit = rowLimit
    self.isColoured = isColoured
  }

  /// What stands above everything.
  public var header: String {
    let who = "\(session.user ?? "?")@\(session.target ?? "?")"
    var text = "\(session.id)  \(TerminalText.oneLine(who))  \(session.client) → \(session.server)"
    if let application = session.application { text += "  \(TerminalText.oneLine(application))" }
    text += "\n\(session.startedAt.formatted(fractionDigits: 3)) UTC"
    if !session.isComplete { text += "  not complete: \(TerminalText.oneLine(session.reason ?? "?"))" }
    return bold(text) + "\n"
  }

  /// One event, with line breaks at its end.
  ///
  /// - Throws: what reading the case throws.
  public func text(of event: ReplayEvent) throws -> String {
    switch event.kind {
    case .gap(let gap):
      let sender = gap.direction == .fromClient ? "client" : "server"
      return paint("── gap: \(gap.byteCount) bytes from the \(sender) not captured (\(gap.reason.rawValue)) ──", 33)
        + "\n"
    case .action(let action): return try text(of: action)
    }
  }

  private func text(of action: Action) throws -> String {
    var text = "\n" + paint(action.startedAt.clock(), 2) + "  "
    let prompt =
      action.kind == "sql" || action.kind == "copy" ? "\(TerminalText.oneLine(session.target ?? "?"))=> " : ""
    let lines = TerminalText.lines(action.text.isEmpty ? "(not captured)" : action.text)
      .replacing("\n", with: "\n" + String(repeating: " ", count: 14))
    text += prompt + (action.isChange ? bold(lines) : lines) + "\n"
    if let parameters = action.parameters { text += indent("parameters: \(TerminalText.oneLine(parameters))") }
    switch action.status {
    case .ok: text += try result(of: action)
    case .error, .denied:
      text += indent(paint("\(TerminalText.oneLine(action.message ?? "error")) (\(action.code ?? "no code"))", 31))
    case .incomplete:
      text += indent(paint("incomplete: \(TerminalText.oneLine(action.message ?? "its outcome was not captured"))", 33))
    }
    if action.transaction == .rolledBack { text += indent(paint("rolled back: left no effect in the database", 33)) }
    if action.transaction == .undecided { text += indent(paint("the end of its transaction was not captured", 33)) }
    return text
  }

  private func result(of action: Action) throws -> String {
    var text = ""
    if action.hasResponsePayload, let payload = try reading.responsePayload(of: action.id) {
      if payload.layout == .rows {
        for line in try ResultTable.text(of: payload, rowLimit: rowLimit).split(separator: "\n") {
          text += indent(String(line))
        }
      } else {
        text += indent("\(payload.byteCount) bytes of data, sha256 \(payload.sha256)")
      }
    }
    var outcome = action.verb
    if let rows = action.rowCount { outcome += " \(rows)" }
    if let ended = action.endedAt {
      let microseconds = ended.nanoseconds(since: action.startedAt) / 1000
      outcome += "  \(microseconds / 1000).\(String(String(microseconds % 1000 + 1000).dropFirst())) ms"
    }
    return text + indent(paint(TerminalText.oneLine(outcome), 2))
  }

  private func indent(_ line: String) -> String { String(repeating: " ", count: 14) + line + "\n" }
  private func bold(_ text: String) -> String { paint(text, 1) }
  private func paint(_ text: String, _ code: Int) -> String {
    isColoured ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
