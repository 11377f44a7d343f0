import Model

/// One thing that a case is told. What is found out on one thread is written on another.
///
/// What is large lies behind a reference: a batch is moved and copied as a whole.
enum CaseWrite: Sendable {
  case opened(Int64, proposedID: String)
  indirect case action(ActionDraft, session: Int64)
  indirect case session(SessionDraft, number: Int64)
  indirect case gap(Gap, session: Int64, from: Direction, at: Timestamp, until: Timestamp?)
  indirect case anomaly(Anomaly, session: Int64?)
  case segment(UInt32, session: Int64, outcome: Action.Transaction)
  indirect case conversation(ConversationEvent)
  indirect case serverRecord(ServerRecordPart)
  indirect case masked(MaskRecord)
  indirect case verdict(RecordedVerdict)
  indirect case secret(hash: String, kind: String, session: Int64?, sequence: Int?)

  func apply(to writer: some CaseWriting) throws {
    switch self {
    case .opened(let number, let id): try writer.open(session: number, proposedID: id)
    case .action(let draft, let session): try writer.write(draft, session: session)
    case .session(let draft, let number): try writer.finish(draft, number: number)
    case .gap(let gap, let session, let direction, let at, let until):
      try writer.write(gap, session: session, direction: direction, at: at, until: until)
    case .anomaly(let anomaly, let session): try writer.write(anomaly, session: session)
    case .segment(let segment, let session, let outcome):
      try writer.write(segment: segment, of: session, outcome: outcome)
    case .conversation(let event): try writer.write(event)
    case .serverRecord(let part): try writer.write(part)
    case .masked(let record): try writer.write(record)
    case .verdict(let verdict): try writer.write(verdict)
    case .secret(let hash, let kind, let session, let sequence):
      try writer.write(secretHash: hash, kind: kind, session: session, sequence: sequence)
    }
  }
}
