/// What each piece of evidence is worth, in natural logarithms of odds; docs/formats/attribution.md has the table.
///
/// Times weigh by themselves: what began within a call of one second is likelier to be its own than what began within one of
/// ten minutes, and a text that the captures hold once says more than one that they hold a hundred times.
public struct EvidenceWeights: Sendable {
  /// An id of the call itself on the wire. An id is attribution, not authentication: confidence stays below `idCap`.
  public var callID = 12.0
  public var turnID = 8.0
  public var conversationID = 5.0
  /// Ids of agents are on the wire, and none of them is this call's.
  public var otherID = -6.0
  /// The same text, beside what its rarity and the time say.
  public var exactText = 0.0
  /// The same text but for parts that the arguments leave open.
  public var pattern = -2.0
  /// The same statement with other constants than the arguments have.
  public var fingerprint = -9.0
  /// The text stands in a file that the agent wrote before and this call runs.
  public var writtenText = -0.5
  /// The call runs a program that speaks this protocol, with content that it does not tell.
  public var connection = -1.0
  /// How often others send a text that only calls were seen to send, for each time of it.
  public var others = 0.05
  /// What every session says of its own: settings, transactions. Such texts tell next to nothing.
  public var housekeeping = 0.2
  /// The request's body is what the arguments have, or another.
  public var body = 3.0
  public var otherBody = -5.0
  /// Each parameter's value that stands in the program which the call runs, up to `valuesCap`; and where none does.
  public var value = 1.0
  public var valuesCap = 4.0
  public var otherValues = -1.0
  /// A command tag, an error or a status of this action stands in the call's result.
  public var echo = 1.5
  public var host = 1.0
  public var user = 0.7
  public var database = 0.7
  public var program = 1.0
  /// What a migration tool or a library says of its own on its connections.
  public var tells = 2.5
  /// The client's address is that of the host on which the agent runs, as other actions of it tell.
  public var home = 1.5
  /// It is another.
  public var elsewhere = -4.0
  /// Host, user or database are others than the arguments say.
  public var contradiction = -4.0
  /// Just outside of the call's execution, and for each second more where the clock is known, ten where it is not.
  public var justOutside = -2.5
  public var outside = -1.0
  /// Of many equal texts, the one whose turn it is.
  public var turn = 2.0
  /// The text is expected once and was seen elsewhere already.
  public var taken = -5.0
  /// Something on the call's connection that its arguments do not tell, where they tell all.
  public var untold = -1.0
  /// On a connection, going on with a later call of the same program.
  public var next = 0.0
  /// Going back to an earlier call.
  public var back = -3.0
  /// Leaving a call for nobody: who opened a connection mostly keeps it.
  public var leave = -6.0
  /// Coming into a connection that was open before the call began: only servers of tools have such.
  public var late = -9.0
  /// What types into a running program opens no connection of its own.
  public var opensNone = -6.0
  /// What speaks for a human, a cron job or an application instead: the prior of everything else.
  public var nobody = 1.0

  /// Confidence that ids on the wire may give at most.
  public var idCap = 0.99
  /// Below this an action is nobody's.
  public var claimed = 0.8
  /// A best candidate below this is ambiguous, if only against nobody.
  public var certain = 0.92
  /// Candidates are named until they have so much together.
  public var containment = 0.99

  /// What is not claimed is told as well, for whoever fits the weights.
  public var tellsAll = false

  /// Those in use: docs/formats/attribution.md tells where they come from.
  public init() {}
}
