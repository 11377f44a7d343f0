/// What was typed in one recording.
public struct TypedReading: Sendable {
  /// In the order in which they were entered.
  public var commands: [TypedCommand] = []
  /// Input that was typed while nothing of it was shown (passwords): the number of the record among all that were
  /// received, and the bytes in it. Never part of a command, and to be erased from what is kept.
  public var hiddenInput: [(record: Int, range: Range<Int>)] = []
  /// What limits the reading; empty when nothing does.
  public var note = ""

  public init() {}
}
