import Bytes
import Model
import Policy

/// Statements as if they had been captured: classified, with the outcome that transactions gave them.
struct MigrationScript {
  private(set) var actions: [Action] = []
  /// What psql is to run.
  private(set) var text = ""

  /// Takes statements, one each; BEGIN, SAVEPOINT and ROLLBACK decide what stays.
  init(_ statements: [String], session: String = "ses-1", user: String = "postgres") {
    var classifier = SQLClassifier()
    var context = SQLContext()
    /// Where the open transaction and its savepoints began.
    var open: Int?
    var savepoints: [(name: String, at: Int)] = []
    for (index, statement) in statements.enumerated() {
      text += statement + ";\n"
      guard let found = classifier.classify(statement, in: &context).first?.classification else { continue }
      var action = Action(
        id: "\(session).\(index + 1)", sessionID: session, sequence: index + 1,
        startedAt: Timestamp(nanoseconds: Int64(index) * 1_000_000_000),
        endedAt: Timestamp(nanoseconds: Int64(index) * 1_000_000_000 + 1_000_000), kind: "sql", verb: found.verb,
        text: statement, resources: found.resources, effect: found.effect, status: .ok, transaction: .committed)
      action.identity.user = user
      actions.append(action)
      func undo(from start: Int) {
        for number in start..<actions.count where actions[number].effect != .session || actions[number].verb == "SET" {
          actions[number].transaction = .rolledBack
        }
      }
      switch found.transactionControl {
      case .begin: open = actions.count
      case .commit: (open, savepoints) = (nil, [])
      case .rollback:
        if let open { undo(from: open) }
        (open, savepoints) = (nil, [])
      case .savepoint(let name): savepoints.append((name, actions.count))
      case .rollbackTo(let name): if let point = savepoints.last(where: { $0.name == name }) { undo(from: point.at) }
      default: continue
      }
    }
  }

  /// What they made of a database.
  func history(known: [SchemaObject] = []) -> SchemaHistory {
    var history = SchemaHistory(known: known)
    for action in actions { history.receive(action) }
    history.finish()
    return history
  }
}
