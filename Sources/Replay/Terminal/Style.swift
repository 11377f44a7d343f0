/// How a piece of a line looks. Nothing is told by colour alone: each has words or a sign beside it.
enum Style: Sendable, Hashable {
  case plain
  case faint
  case strong
  case prompt
  /// A statement that changes something.
  case change
  case error
  /// Incomplete, rolled back, not captured.
  case warning
  case null
  case good
  /// The status line.
  case bar
  case barStrong
  case found

  /// Parameters of SGR (ECMA-48 §8.3.117): the 16 colours, which follow the theme of the terminal.
  var code: StaticString {
    switch self {
    case .plain: ""
    case .faint: "2"
    case .strong: "1"
    case .prompt: "36"
    case .change: "1;35"
    case .error: "31"
    case .warning: "33"
    case .null: "2;3"
    case .good: "32"
    case .bar: "7"
    case .barStrong: "1;7"
    case .found: "30;43"
    }
  }
}
