public import Model

/// One line, or one statement over several lines, that somebody entered at a prompt.
public struct TypedCommand: Sendable, Hashable {
  /// Whose prompt it was entered at.
  public enum Program: Sendable, Hashable {
    case shell
    case psql
    case python
    case mysql
    case other(String)

    /// `shell`, `psql`, or the name of another program.
    public var name: String {
      switch self {
      case .shell: "shell"
      case .psql: "psql"
      case .python: "python"
      case .mysql: "mysql"
      case .other(let name): name
      }
    }
  }

  /// As the program read it; lines of one command are joined by line feeds.
  public var text: String
  /// When the Enter was typed; without recorded input, when the program took the line.
  public var at: Timestamp
  /// When the next prompt of the same program came.
  public var endedAt: Timestamp?
  /// 0…1; 1 only where the shell itself told the line.
  public var confidence: Double
  /// The shell told the line by a mark, and the screen or the keys say the same.
  public var isCertain: Bool
  public var program: Program
  /// From OSC 133;D and 633;D.
  public var exitStatus: Int?
  /// From OSC 7 and its kin, as it was sent: an address or a path.
  public var directory: String?
  /// What the text rests on, in a few words: `screen and keys`, `marks`.
  public var basis: String

  public init(
    text: String, at: Timestamp, endedAt: Timestamp? = nil, confidence: Double, isCertain: Bool = false,
    program: Program, exitStatus: Int? = nil, directory: String? = nil, basis: String
  ) {
    self.text = text
    self.at = at
    self.endedAt = endedAt
    self.confidence = confidence
    self.isCertain = isCertain
    self.program = program
    self.exitStatus = exitStatus
    self.directory = directory
    self.basis = basis
  }
}
