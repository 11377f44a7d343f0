public import Model

/// What earlier statements of a session mean for later ones.
public struct SQLContext: Sendable {
  /// Statements prepared by SQL (`PREPARE`) that are remembered.
  static let preparedLimit = 1_000

  /// What the statements that were prepared by SQL do, by name.
  var prepared: [String: Classification] = [:]

  public init() {}
}

/// One statement of a text.
public struct ClassifiedStatement: Sendable {
  /// UTF-8 offsets of the statement in the text, without blanks around it and the semicolon.
  public var range: Range<Int>
  public var form: StatementForm
  /// UTF-8 offsets of secrets, in order: a password's literal, or the part of a connection string after `password=`.
  public var redactions: [Range<Int>]
  /// The constants, with spaces between.
  public var constants: [UInt8]

  public var classification: Classification { form.classification }
}
