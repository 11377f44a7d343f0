import Evidence

/// Where the checkpoints of the evidence log are given to, so that who holds its key cannot write it anew.
public struct AnchorRules: Sendable {
  struct Witness: Sendable {
    var key: NoteKey
    /// Gets a checkpoint on its standard input, and answers with it cosigned, or with the cosignature's lines.
    var command: [String]
  }

  struct TimeStamping: Sendable {
    /// Gets a request of RFC 3161 on its standard input, and answers with the reply.
    var command: [String]
    /// PEM.
    var authoritiesFile: String
  }

  /// Between two rounds.
  var seconds: Int64 = 300
  /// Folders on another disk or host.
  var mirrors: [String] = []
  /// A file that holds the newest checkpoint, for a build or a commit to take.
  var artefact: String?
  var timeStamping: TimeStamping?
  var witnesses: [Witness] = []
  /// For one program.
  var patience: Int64 = 30
}
