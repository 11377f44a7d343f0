/// How much of a command line is read: scripts of people are far below, and hostile ones end here.
enum ShellLimits {
  /// Bytes of one text.
  static let textSize = 4 << 20
  /// Compound commands, substitutions and quotations within each other. Each level takes several frames of the stack.
  static let depth = 48
  /// Words, parts of words and commands, those that were read in vain included.
  static let nodes = 400_000
  /// Words that brace expansion makes of one.
  static let braceWords = 256
  /// Rounds of a loop over constant words that are looked at one by one.
  static let rounds = 32
  /// Simple commands that are judged, rounds and calls of functions counted each time.
  static let commands = 2_000
  /// Command lines within command lines: `ssh a "sudo bash -c '…'"` has three.
  static let lines = 16
  /// Bytes that the value of a variable or the output of a substitution may have to be followed.
  static let valueSize = 64 << 10
  /// Bytes of values that are put together in all.
  static let expansionSize = 16 << 20
  /// Resources of one command, and of the whole.
  static let resources = 1_000
}
