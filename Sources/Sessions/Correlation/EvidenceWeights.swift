/// What each piece of evidence is worth, in natural logarithms of odds; docs/formats/attribution.md has the table.
///
/// Start values are those of the design; `Benchmarks/attribution/fit.py` fits them on labelled data.
public struct EvidenceWeights: Sendable {
  /// An id of the call itself on the wire. An id is attribution, not authentication: confidence stays below `idCap`.
  public var callID = 12.0
  public var turnID = 8.0
  public var conversationID = 5.0
  /// The same text.
  public var exactText = 7.0
  /// The same text but for parts that the arguments leave open.
  public var pattern = 5.0
  /// The same statement with other constants.
  public var fingerprint = 3.0
  /// The text stands in a file that the agent wrote before and this call runs.
  public var writtenText = -1.0
  /// The call runs a program that speaks this protocol, with content that it does not tell.
  public var connection = 1.5
  /// A command tag, an error or a status of this action stands in the call's result.
  public var echo = 1.5
  public var host = 1.0
  public var user = 0.7
  public var database = 0.7
  public var program = 1.0
  /// Host, user or database are others than the arguments say.
  public var contradiction = -4.0
  /// Within the call's execution.
  public var inside = 1.0
  /// For each ten seconds before or behind it.
  public var outside = -1.0
  /// Of many equal texts, the one whose turn it is.
  public var turn = 2.0
  /// The text is expected once and was seen elsewhere already.
  public var taken = -5.0
  /// On a connection, going on with the same call.
  public var stay = 1.5
  /// Going on with a later one.
  public var next = 0.0
  /// Going back to an earlier one.
  public var back = -3.0
  /// What speaks for a human, a cron job or an application instead: the prior of everything else.
  public var nobody = 4.0

  /// Confidence that ids on the wire may give at most.
  public var idCap = 0.99
  /// A best candidate below this is ambiguous, or nobody's.
  public var certain = 0.88
  /// Candidates are named until they have so much together.
  public var containment = 0.99

  public init() {}

  /// Fitted on the laboratory's labelled runs.
  public static let fitted = EvidenceWeights()
}
