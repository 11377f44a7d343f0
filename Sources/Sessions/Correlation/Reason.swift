import Model

/// Why a call may be behind an action, as a value: of many candidates few are told, and only those are put into words.
enum Reason {
  /// The text is what the call should have, the same but for parts left open, or the same with other constants.
  case sameText(ExpectedEffect.Kind)
  case sameButForOpenParts(ExpectedEffect.Kind)
  case otherConstants(ExpectedEffect.Kind)
  case typed
  case writtenFile
  /// Its turn among so many equal texts.
  case turn(Int)
  /// Others sent the same when it might have been the call's.
  case rivals
  /// The call's result has one of the action's echoes in it, by its place among them.
  case echo(Int)
  case sameBody
  case parameters
  case carriedID(CarriedID, isOfConnection: Bool)
  /// What the connection has that the call's arguments ask for.
  case fits([String])
  case agentsHost
  case openedWhileRunning

  /// An id says so, and not only what was done and when.
  var isID: Bool {
    if case .carriedID = self { true } else { false }
  }

  /// In words; `action` is the one that was weighed.
  func words(for action: WireAction) -> String {
    switch self {
    case .sameText(let kind): "the same \(kind.noun)"
    case .sameButForOpenParts(let kind): "the \(kind.noun) but for parts left open"
    case .otherConstants(let kind): "the same \(kind.noun) with other constants"
    case .typed: "typed into a program that was running"
    case .writtenFile: "from a file that the agent had written"
    case .turn(let count): "its turn among \(count) equal texts"
    case .rivals: "others sent the same at that time"
    case .echo(let place): "its result repeats “\(action.echoes.dropFirst(place).first?.prefix(60) ?? "")”"
    case .sameBody: "with the same body"
    case .parameters: "its parameters stand in the program"
    case .carriedID(let id, let isOfConnection):
      "\(isOfConnection ? "the connection" : "the statement or request") carries the \(id.scope.noun)'s id \(id.text.prefix(40))"
    case .fits(let agreements): "\(agreements.joined(separator: ", ")) fit"
    case .agentsHost: "from the agent's host"
    case .openedWhileRunning: "opened while the call ran"
    }
  }
}

extension CarriedID.Scope {
  fileprivate var noun: String {
    switch self {
    case .call: "call"
    case .turn: "turn"
    case .conversation: "conversation"
    }
  }
}

extension ExpectedEffect.Kind {
  fileprivate var noun: String {
    switch self {
    case .sql: "statement"
    case .http: "request"
    case .command: "command line"
    case .file: "file"
    case .repository: "repository"
    case .connection: "connection"
    }
  }
}
