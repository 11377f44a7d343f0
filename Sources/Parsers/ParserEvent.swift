public import Model

/// What a parser gives.
public enum ParserEvent: Sendable {
  case exchange(Exchange)
  /// Something new about the session as a whole.
  case facts(SessionFacts)
  case anomaly(Anomaly)
}
