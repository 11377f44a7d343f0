public import Bytes

/// Says what a command line or a script does: POSIX shell and bash, with what it runs in other shells, on other hosts
/// and in databases.
public struct ShellClassifier: Sendable {
  private let secrets: SecretHasher

  public init(secrets: SecretHasher) { self.secrets = secrets }

  /// Total: any text has a reading. What does not parse has the effect `unknown`.
  public func classify(_ text: String) -> ShellReading {
    var run = ShellRun(secrets: secrets)
    let source = Array(text.utf8)
    run.level = run.begin(source, origin: nil)
    let script = ShellParser.parse(source)
    _ = run.run(script: script)
    return ShellReport(run, text: text, script: script).reading
  }

  /// Whether a shell wants more lines before it runs anything of what begins the text: quotes, compound commands,
  /// here-documents that are open, and a backslash at the end.
  public static func isIncomplete(_ text: String) -> Bool { ShellParser.parse(Array(text.utf8)).isIncomplete }

  /// The text without the secrets that its programs' options and variables tell; they are then known to `mask`.
  func text(_ text: String, _ mask: inout SecretMask) -> String {
    var run = ShellRun(secrets: secrets)
    run.mask = mask
    run.judgesStatements = false
    let source = Array(text.utf8)
    run.level = run.begin(source, origin: nil)
    let script = ShellParser.parse(source)
    _ = run.run(script: script)
    mask = run.mask
    return ShellReport(run, text: text, script: script).shownText
  }
}
