import Model
import Parsers

/// What travels from the thread that reads evidence to the thread that fills the case.
enum FlowEvent: Sendable {
  /// The first bytes of a flow; `protocolName` is what it was recognised as.
  case opened(Flow, protocolName: String, isDecoded: Bool)
  case parsed(FlowID, [ParserEvent])
  case gap(FlowID, Gap, from: Direction, at: Timestamp, until: Timestamp?)
  /// A gateway's event of this connection.
  case recorded(FlowID, RecordedEvent, Origin)
  /// What an agent's hook told a gateway; of no connection.
  case told(AgentEvent, at: Timestamp, Origin)
  case closed(FlowID, FlowSummary)
  case anomaly(Anomaly)
}

/// What is known of a flow when it is over.
struct FlowSummary: Sendable {
  var end: FlowEnd
  var endedAt: Timestamp
  var bytesFromClient: UInt64
  var bytesFromServer: UInt64
  var missingBytes: UInt64
}
