import Model

/// What one simple command does.
struct ShellJudgement: Sendable {
  var verb: String
  var effect: Effect
  var resources: [Resource] = []
  var notes: [String] = []
  var nested: ShellPart.Nested?
  /// An UPDATE or DELETE without WHERE in it.
  var isUnfiltered = false
  /// The program and its arguments after unwrapping; nil when they are those of the command.
  var words: [ShellValue]?
  /// It only runs others, which are parts of their own.
  var isWrapper = false
  var output = ShellOutput.unknown

  init(_ verb: String, _ effect: Effect) {
    self.verb = verb
    self.effect = effect
  }

  mutating func add(_ access: String, _ kind: String, _ name: String) {
    guard !name.isEmpty, resources.count < ShellLimits.resources else { return }
    let resource = Resource(access, kind, name)
    if !resources.contains(resource) { resources.append(resource) }
  }

  mutating func note(_ text: String) { if !notes.contains(text) { notes.append(text) } }

  /// Variables that are set for the program and by which it takes up code.
  mutating func loads(_ names: [String]) {
    for name in names {
      raise(.execute)
      note("\(name) has code loaded into the program")
    }
  }

  /// The stronger of both.
  mutating func raise(_ other: Effect) { if other.weight > effect.weight { effect = other } }
}

extension Effect {
  /// Which of two effects says more of a line that has both.
  var weight: Int {
    switch self {
    case .session: 0
    case .read: 1
    case .write: 2
    case .transfer: 3
    case .schema: 4
    case .execute: 5
    case .unknown: 6
    case .privilege: 7
    }
  }
}
