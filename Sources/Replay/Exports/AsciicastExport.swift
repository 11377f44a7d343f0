public import Model
import Terminal

/// The recording of a terminal as an asciicast of version 2, which every player of asciinema reads.
///
/// A cast holds one terminal: of a session with several the action must be named.
public struct AsciicastExport: ReplayExport {
  public static let id = "asciicast"
  public static let summary = "a terminal as an asciicast v2, for asciinema"

  private let actionID: String?

  public init() { actionID = nil }

  private init(actionID: String) { self.actionID = actionID }

  public func only(_ actionID: String) -> (any ReplayExport)? { AsciicastExport(actionID: actionID) }

  public func export(_ session: Session, from reading: any CaseReading, write: (String) throws -> Void) throws {
    let found = try Asciicast.recording(of: session, action: actionID, from: reading)
    try Asciicast.write(found.recording, typed: found.typed, from: reading, version: .v2, write)
  }
}
