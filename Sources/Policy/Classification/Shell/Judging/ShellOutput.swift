/// What a command writes to its output, as far as the text says it.
struct ShellOutput: Sendable {
  /// Nil when it depends on something else.
  var value: ShellValue?
  /// The URL that it comes from.
  var remote: String?

  static let nothing = ShellOutput(value: ShellValue())
  static let unknown = ShellOutput()
}
