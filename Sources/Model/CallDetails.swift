/// What an action has that is a call, secrets redacted. An object, because most actions have none and all are handed on.
public final class CallDetails: Sendable {
  public let head: CallHead?
  /// Messages with their times; layout `records`.
  public let records: Payload?

  public init(head: CallHead?, records: Payload?) {
    self.head = head
    self.records = records
  }
}
