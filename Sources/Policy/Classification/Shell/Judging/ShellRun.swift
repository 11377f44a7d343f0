import Bytes
import Model

/// Walks a script as a shell would run it, and notes what each command does.
struct ShellRun {
  /// A text that is gone through: the line itself, or one within it.
  struct Level {
    var source: [UInt8]
    /// What it was made of; nil for the line itself.
    var origin: ShellValue?
    /// Secrets.
    var hidden: [Range<Int>] = []
  }

  /// What was found of one simple command.
  struct Found {
    var level: Int
    var range: Range<Int>
    var words: [ShellValue]
    var judgement: ShellJudgement
    var place: String?
  }

  var levels: [Level] = []
  /// The text that is gone through now.
  var level = 0
  var found: [Found] = []
  var mask: SecretMask
  var sql = SQLClassifier()

  // MARK: What the shell knows

  var variables: [String: ShellValue] = [:]
  /// Names in the order in which they were set, so that what a branch sets can be forgotten.
  var assigned: [String] = []
  var functions: [String: (body: ShellCommand, level: Int, script: Int)] = [:]
  /// Names of functions in the order in which they were defined.
  var defined: [String] = []
  /// Functions that may have been defined or not: their names may mean programs.
  var uncertain: Set<String> = []
  /// Functions that are running.
  var calls: [String] = []
  /// Known since a `cd`; nil is where the shell began, empty is somewhere unknown.
  var directory: String?
  /// The host or container where commands run; nil is where the line runs.
  var place: String?
  /// The user whom sudo and the like gave.
  var user: String?
  /// Bodies of here-documents of the scripts that are gone through.
  var documents: [[ShellWord]] = []
  var script = 0

  // MARK: Limits

  var lineDepth = 0
  /// Programs that run programs, within each other: `sudo nice env …`.
  var wrapDepth = 0
  var commandCount = 0
  var expandedByteCount = 0
  var rounds = 1
  /// Why something was not looked at.
  var cuts: [String] = []
  /// The range of the simple command that is judged, and its level.
  var current: (level: Int, range: Range<Int>) = (0, 0..<0)

  /// Whether the grammar is asked what statements for databases do; false where only secrets are looked for.
  var judgesStatements = true

  /// Gathers what is expected on the wire; nil where only the commands' effects are asked for.
  var watch: EffectWatch?

  init(secrets: SecretHasher) { mask = SecretMask(hasher: secrets) }

  // MARK: Texts within texts

  /// Reads a text in this shell and runs it.
  mutating func run(text given: ShellValue, input: ShellOutput = .unknown) -> ShellOutput {
    guard lineDepth < ShellLimits.lines, spend(given.bytes.count) else {
      cut("command lines within command lines beyond the limit")
      return .unknown
    }
    // What is not known within it stays so, and does not become an asterisk.
    let text = watch == nil || given.isKnown ? given : ShellValue(given.marked)
    lineDepth += 1
    defer { lineDepth -= 1 }
    let outer = (level, script)
    level = begin(text.bytes, origin: text)
    defer { (level, script) = outer }
    let read = ShellParser.parse(text.bytes)
    if !text.isKnown { cut("parts of a command line are put together when it runs") }
    return run(script: read, input: input)
  }

  mutating func run(script read: ShellScript, input: ShellOutput = .unknown) -> ShellOutput {
    documents.append(read.hereDocuments)
    let outer = script
    script = documents.count - 1
    defer { script = outer }
    let output = run(read.list, input: input)
    if let failure = read.failure { cut("does not parse at byte \(failure.offset): \(failure.reason)") }
    return output
  }

  /// Makes a text known, and finds the secrets in it by their shape and name.
  mutating func begin(_ source: [UInt8], origin: ShellValue?) -> Int {
    let number = levels.count
    levels.append(Level(source: source, origin: origin))
    // Nothing of an expectation is shown.
    if watch != nil { return number }
    for range in SecretScan.find(in: source) where !isShellSyntax(source[range]) { hide(range, of: number) }
    return number
  }

  /// `TOKEN=$OTHER` and `TOKEN=$(…)` hold no secret.
  private func isShellSyntax(_ text: ArraySlice<UInt8>) -> Bool {
    let rest = text.drop { $0 == Byte.doubleQuote || $0 == Byte.quote }
    return rest.first == Byte.dollar || rest.first == Byte.backtick || rest.isEmpty
  }

  // MARK: Secrets

  /// Hides part of a value wherever it comes from.
  mutating func hide(_ value: ShellValue) {
    guard watch == nil, !value.bytes.isEmpty, value.isKnown else { return }
    mask.keep(value.bytes)
    cover(value)
  }

  private mutating func cover(_ value: ShellValue) {
    for piece in value.pieces {
      let range = piece.verbatim.map { $0..<($0 + piece.bytes.count) } ?? piece.source
      cover(range, of: piece.level)
    }
  }

  private mutating func hide(_ range: Range<Int>, of number: Int) {
    guard levels.indices.contains(number) else { return }
    mask.keep(Array(levels[number].source[range.clamped(to: 0..<levels[number].source.count)]))
    cover(range, of: number)
  }

  private mutating func cover(_ range: Range<Int>, of number: Int) {
    guard levels.indices.contains(number) else { return }
    levels[number].hidden.append(range)
    if let origin = levels[number].origin { cover(origin.part(range)) }
  }

  // MARK: Limits

  /// Counts bytes that were put together; false beyond the limit.
  mutating func spend(_ count: Int) -> Bool {
    expandedByteCount += count
    return expandedByteCount <= ShellLimits.expansionSize
  }

  mutating func cut(_ reason: String) { if !cuts.contains(reason), cuts.count < 8 { cuts.append(reason) } }
}
