/// Something that a tool call should do on the wire, as read from its arguments.
public struct ExpectedEffect: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A statement for PostgreSQL.
    case sql
    /// A request; `text` is `METHOD URL`.
    case http
    /// A command line that another host's shell runs.
    case command
    /// A file that moves: `text` is `put PATH` or `get PATH`, with the path on the other host.
    case file
    /// git's exchange with a repository: `text` is `push REPOSITORY` or `fetch REPOSITORY`.
    case repository
    /// A connection whose content the arguments do not tell: a migration tool, a program of its own, `psql` without input.
    case connection
  }

  /// Where the text was found.
  public enum Evidence: String, Sendable, Hashable, CaseIterable {
    /// In the call's own arguments.
    case argument
    /// In a file that an earlier call wrote and this one runs.
    case writtenFile
    /// Typed into a program that an earlier call had started.
    case typed
    /// An argument of a tool that is not a shell: MCP and the like.
    case toolArgument
  }

  /// A piece of the text: what it is, or that anything may stand there.
  public enum Piece: Sendable, Hashable {
    case literal(String)
    /// A variable, a substitution, what a loop puts there.
    case anything
  }

  public var kind: Kind
  /// As it should be seen, unknown parts as `…`; of a connection the program's name.
  public var pieces: [Piece]
  /// The literals among them, joined; unknown parts as `…`.
  public var text: String
  public var evidence: Evidence
  /// Of SQL: libpg_query's fingerprint of each statement, as actions have it; none where a part is unknown.
  public var fingerprint: String?
  /// `psql`, `curl`, `ssh`, `git`, `alembic`, …: the program that speaks on the wire.
  public var program: String?
  /// As named in the arguments, not resolved.
  public var host: String?
  public var port: UInt16?
  public var user: String?
  /// A database's name.
  public var database: String?
  /// Of requests: the body's literal text, where the arguments hold it.
  public var body: String?
  /// Of what a program sends: the numbers and texts that stand in the program, of which the parameters may be some.
  public var values: [String] = []
  /// It may happen any number of times: within a loop, `xargs`, a retry.
  public var mayRepeat: Bool
  /// It may not happen at all: behind `&&`, `||`, `if`.
  public var isConditional: Bool

  public init(_ kind: Kind, _ pieces: [Piece], evidence: Evidence) {
    self.kind = kind
    self.pieces = pieces
    self.evidence = evidence
    text = pieces.map { if case .literal(let text) = $0 { text } else { "…" } }.joined()
    mayRepeat = false
    isConditional = false
  }
}
