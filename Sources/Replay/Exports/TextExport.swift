public import Model

/// The transcript of a session as plain text, as psql would have shown it.
public struct TextExport: ReplayExport {
  public static let id = "text"
  public static let summary = "a transcript, as psql would have shown it"
  /// Rows of each result, unless told otherwise.
  public static let rowLimit = 1_000

  private let rowLimit: Int

  public init(rowLimit: Int = TextExport.rowLimit) { self.rowLimit = rowLimit }

  public func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws {
    let timeline = try Timeline(of: session, from: reading)
    let options = Transcript.Options(rowLimit: rowLimit, textLimit: .max, bodyLines: rowLimit)
    let transcript = Transcript(timeline, from: reading, options: options)
    for index in timeline.events.indices { try write(try transcript.text(of: index)) }
  }
}
