import Model

/// What is gathered of the effects of a command line while a shell's run goes through it.
struct EffectWatch: Sendable {
  /// Effects of one call.
  static let effectLimit = 2_000
  /// Bytes of their texts in all.
  static let textLimit = 16 << 20

  /// A file that a redirection writes.
  struct Target: Sendable {
    var path: String
    var isAppending: Bool
  }

  private(set) var effects: [ExpectedEffect] = []
  private var byteCount = 0
  var files = WrittenFiles()
  /// Addresses of git's remotes, by name.
  var remotes: [String: String] = [:]
  /// The number of the call.
  var call = 0
  /// Where the text that is gone through was found.
  var evidence = ExpectedEffect.Evidence.argument
  /// Conditions within each other.
  var doubts = 0
  /// Loops within each other.
  var repeats = 0
  /// Of the redirections that were read last.
  var targets: [Target] = []
  /// What goes on reading from a terminal when the line is done, the innermost last.
  var running: [RunningProgram] = []
  /// Variables that were exported.
  var exported: [String] = []
  /// Programs that were looked at.
  var programCount = 0
  /// Pipes that were given names, as files.
  private var pipes = 0

  mutating func add(_ effect: ExpectedEffect, isWritten: Bool = false) {
    byteCount += effect.text.utf8.count + (effect.body?.utf8.count ?? 0)
    guard effects.count < EffectWatch.effectLimit, byteCount <= EffectWatch.textLimit else { return }
    var effect = effect
    effect.evidence = isWritten && evidence == .argument ? .writtenFile : evidence
    effect.mayRepeat = effect.mayRepeat || repeats > 0
    effect.isConditional = effect.isConditional || doubts > 0
    effects.append(effect)
  }

  mutating func write(_ path: String, _ text: String) { files.write(path, text, call: call) }

  mutating func pipe() -> String {
    pipes += 1
    return "/dev/fd/\(62 + pipes)"
  }
}

/// A program that an earlier call has left running and that later calls type into.
struct RunningProgram: Sendable {
  enum Kind: Sendable, Hashable {
    case psql
    /// On this host, or on another.
    case shell(place: String?)
    case code(CodeLanguage)
    /// What is typed into it is nothing that is known.
    case other
  }

  /// Bytes that were typed and are not a whole statement yet.
  static let pendingLimit = 64 << 10

  var kind: Kind
  var program: String
  var target = EffectTarget()
  var pending = ""
  /// psql's variables.
  var variables: [String: String] = [:]
}

/// Where a program connects to, as far as the arguments say.
struct EffectTarget: Sendable, Hashable {
  var host: String?
  var port: UInt16?
  var user: String?
  var database: String?
  /// What the program's text holds beside its statements.
  var values: [String] = []

  func apply(to effect: inout ExpectedEffect) {
    (effect.host, effect.port, effect.user, effect.database) = (host, port, user, database)
    effect.values = values
  }
}
