public import Model
import Terminal

/// The recording of a terminal as an asciicast of version 3, with the exit status of its program.
///
/// A cast holds one terminal: of a session with several the action must be named.
public struct Asciicast3Export: ReplayExport {
  public static let id = "asciicast3"
  public static let summary = "a terminal as an asciicast v3, for asciinema 3"

  private let actionID: String?

  public init() { actionID = nil }

  private init(actionID: String) { self.actionID = actionID }

  public func only(_ actionID: String) -> (any ReplayExport)? { Asciicast3Export(actionID: actionID) }

  public func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws {
    let found = try Asciicast.recording(of: session, action: actionID, from: reading)
    try Asciicast.write(found.recording, typed: found.typed, from: reading, version: .v3, write)
  }
}
