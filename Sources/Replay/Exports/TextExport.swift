public import Model

/// The transcript of a session as plain text, as psql would have shown it.
public struct TextExport: ReplayExport {
  public static let id = "text"
  public static let summary = "a transcript, as psql would have shown it"
  /// Rows of each result, unless told otherwise.
  public static let rowLimit = 1_000

  private let rowLimit: Int
  private let actionID: String?

  public init(rowLimit: Int = TextExport.rowLimit) {
    self.rowLimit = rowLimit
    actionID = nil
  }

  private init(rowLimit: Int, actionID: String) { (self.rowLimit, self.actionID) = (rowLimit, actionID) }

  public func only(_ actionID: String) -> (any ReplayExport)? { TextExport(rowLimit: rowLimit, actionID: actionID) }

  /// What went through a terminal stands there once, as it was at the end, and not line by line.
  public func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws {
    let timeline = try Timeline(of: session, from: reading)
    let options = Transcript.Options(rowLimit: rowLimit, textLimit: .max, bodyLines: rowLimit)
    let transcript = Transcript(timeline, from: reading, options: options)
    var terminals: Set<Int32> = []
    var wanted: Set<Int32> = []
    try reading.forEachAction(session: session.id) { action in
      let number = Int32(clamping: action.sequence)
      if actionID == nil || action.id == actionID || action.parentID == actionID { wanted.insert(number) }
      if try TerminalRecording(action, from: reading)?.terminalName != nil { terminals.insert(number) }
    }
    var lasts: [Int32: Int] = [:]
    for (index, event) in timeline.events.enumerated() where event.kind == .message { lasts[event.number] = index }
    for (index, event) in timeline.events.enumerated() {
      let isOfAction = timeline.actionID(of: event) != nil
      if actionID != nil, !isOfAction || !wanted.contains(event.number) { continue }
      guard event.kind == .message, terminals.contains(event.number) else {
        try write(try transcript.text(of: index))
        continue
      }
      guard lasts[event.number] == index, let id = timeline.actionID(of: event),
        let action = try reading.action(id: id),
        let recording = try TerminalRecording(action, from: reading)
      else { continue }
      let blank = String(repeating: " ", count: Transcript.gutter)
      for line in try recording.text(from: reading).split(separator: "\n", omittingEmptySubsequences: false) {
        try write("\(blank)│ \(line)\n")
      }
    }
  }
}
