public import Model

/// The transcript, all of it.
public struct TextExport: ReplayExport {
  public static let id = "text"
  /// Rows of each result.
  static let rowLimit = 1_000

  public init() {}

  public func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws {
    let transcript = Transcript(session: session, reading: reading, rowLimit: TextExport.rowLimit, isColoured: false)
    try write(transcript.header)
    for event in try Timeline(of: session, from: reading).events { try write(try transcript.text(of: event)) }
  }
}
