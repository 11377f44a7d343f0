public import Model

/// What a parser gives.
public enum ParserEvent: Sendable {
  /// Boxed, because it is large and is handed on several times.
  indirect case exchange(Exchange)
  /// Something new about the session as a whole.
  case facts(SessionFacts)
  case anomaly(Anomaly)
  /// A stream that runs inside this one.
  case tunnel(TunnelEvent)
}
