import ArgumentParser
import Model
import Replay
import Store

/// `exhibit show`
struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show one thing whole: an action, a session, a prompt or a source.",
    discussion: """
        exhibit show ses-1f0c2a9b7d31 --case incident.exhibit
        exhibit show ses-1f0c2a9b7d31.17 --case incident.exhibit
        exhibit show ses-1f0c2a9b7d31.17 --response --case incident.exhibit > rows.tsv
      """)

  @Argument(help: "Id of an action, a session, a prompt or a source.")
  var id: String
  @OptionGroup var file: CaseOption
  @Flag(help: "Write the bytes that the client sent beyond the text (COPY data) to standard output, and nothing else.")
  var request = false
  @Flag(
    help: "Write what the server returned (rows with tabs between, COPY data) to standard output, and nothing else.")
  var response = false
  @Option(help: "Rows of the result that are shown.")
  var rows: Int = 20

  func validate() throws {
    if request, response { throw ValidationError("give --request or --response, not both") }
  }

  func run() throws {
    let file = try file.open()
    if let action = try file.action(id: id) {
      if request || response { return try bytes(of: action, file) }
      return try ActionPage(action: action, file: file, rowLimit: rows).print()
    }
    if let session = try file.session(id: id) { return try SessionPage(session: session, file: file).print() }
    if let prompt = try file.prompts(id: id).first { return try PromptPage(prompt: prompt, file: file).print() }
    if let source = try file.sources().first(where: { $0.id == id }) { return SourcePage(source: source).print() }
    throw StoreError(.missing, path: self.file.path, "nothing has the id \(id); list ids with: exhibit actions")
  }

  private func bytes(of action: Action, _ file: CaseFile) throws {
    let payload = try request ? file.requestPayload(of: action.id) : file.responsePayload(of: action.id)
    guard let payload else {
      throw StoreError(
        .missing, path: self.file.path, "action \(action.id) has no \(request ? "request" : "response") content")
    }
    // Bytes on request go to a file or a pipe as they are; a terminal gets them only in a safe form.
    if payload.layout == .rows { return try writeRows(payload) }
    if StandardOutput.isTerminal {
      StandardOutput.write(TerminalText.lines(String(decoding: payload.bytes, as: UTF8.self)) + "\n")
    } else {
      StandardOutput.write(payload.bytes, to: 1)
    }
    if payload.isCut { StandardError.line("the first \(payload.bytes.count) of \(payload.byteCount) bytes") }
  }

  /// In the text format of COPY: tabs between cells, `\N` for NULL, backslash escapes.
  private func writeRows(_ payload: StoredPayload) throws {
    var cursor = RowCursor(payload.bytes)
    var lines = payload.columns.map(\.name).map(CopyText.escaped).joined(separator: "\t") + "\n"
    while let row = try cursor.next() {
      lines += row.map { $0.map(CopyText.escaped) ?? "\\N" }.joined(separator: "\t") + "\n"
      if lines.utf8.count > 1 << 16 {
        StandardOutput.write(StandardOutput.isTerminal ? TerminalText.lines(lines) : lines)
        lines = ""
      }
    }
    StandardOutput.write(StandardOutput.isTerminal ? TerminalText.lines(lines) : lines)
    if payload.isCut { StandardError.line("the first rows only: \(payload.byteCount) bytes were returned") }
  }
}

/// The text format of PostgreSQL's COPY.
enum CopyText {
  static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\t", with: "\\t").replacing("\n", with: "\\n")
      .replacing("\r", with: "\\r")
  }
}
