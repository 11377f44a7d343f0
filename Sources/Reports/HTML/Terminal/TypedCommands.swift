import Model
import Replay

/// The lines that were typed into each shell, for the list beside its player.
struct TypedCommands {
  struct Command {
    let actionID: String
    let at: Timestamp
    let text: String
    let isInferred: Bool
    /// In percent, where the evidence says how sure it is.
    let confidence: Int?
    let exitStatus: String?
    let effect: Effect
  }

  /// Commands kept of one shell; the rest is counted.
  static let kept = 2000
  /// Bytes kept of one command.
  private static let textBytes = 1000
  /// Commands kept of all shells.
  private static let keptInAll = 100_000

  private var commands: [String: [Command]] = [:]
  private var omitted: [String: Int] = [:]
  private var count = 0

  mutating func take(_ action: Action) {
    guard let parent = action.parentID, action.kind == "shell" else { return }
    guard count < Self.keptInAll, commands[parent, default: []].count < Self.kept else {
      omitted[parent, default: 0] += 1
      return
    }
    count += 1
    let text = Excerpt(action.text, limit: Self.textBytes)
    commands[parent, default: []].append(
      Command(
        actionID: action.id, at: action.startedAt, text: text.isCut ? text.text + "…" : String(text.text),
        isInferred: action.isInferred, confidence: Self.confidence(action), exitStatus: action.code,
        effect: action.effect))
  }

  /// Of a shell, in the order of time.
  func of(_ actionID: String) -> [Command] { commands[actionID] ?? [] }
  func omittedCount(of actionID: String) -> Int { omitted[actionID] ?? 0 }

  /// `confidence 0.95`, `confidence 95%` among the parameters or in the message.
  static func confidence(_ action: Action) -> Int? {
    let notes = (action.parameters.flatMap(ParameterValues.read) ?? []).compactMap(\.self) + [action.message ?? ""]
    for note in notes {
      guard let place = note.firstRange(of: "confidence ") else { continue }
      let digits = note[place.upperBound...].prefix { $0.isASCII && $0.isNumber || $0 == "." }.prefix(8)
      guard let number = Double(digits), number >= 0 else { continue }
      let isShare = !note[place.upperBound...].dropFirst(digits.count).hasPrefix("%")
      let percent = (isShare ? number * 100 : number).rounded()
      if percent <= 100 { return Int(percent) }
    }
    return nil
  }
}
