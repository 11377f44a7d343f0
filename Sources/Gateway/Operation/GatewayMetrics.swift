import Model
import Synchronization

/// What the gateway counts, in the text format of Prometheus (version 0.0.4).
final class GatewayMetrics: Sendable {
  enum Counter: Int, CaseIterable, Sendable {
    case statement, allowedChange, approved, held, refused, refusedLogin, session, recordingFailure, cancel, agentEvent
    case notice, noticeFailure, anchor, anchorFailure
    case maskingFailure, recordingRestart
    case relay, relayRefused

    fileprivate var line: (name: String, help: String) {
      switch self {
      case .statement: ("exhibit_gateway_statements_total", "Requests that were judged.")
      case .allowedChange: ("exhibit_gateway_changes_allowed_total", "Changes that the policy allowed.")
      case .approved: ("exhibit_gateway_changes_approved_total", "Requests that people had approved.")
      case .held: ("exhibit_gateway_held_total", "Requests that had to wait for people.")
      case .refused: ("exhibit_gateway_refused_total", "Requests that were refused.")
      case .refusedLogin: ("exhibit_gateway_logins_refused_total", "Clients that were not let in.")
      case .session: ("exhibit_gateway_sessions_total", "Sessions that reached a target.")
      case .recordingFailure: ("exhibit_gateway_recording_failures_total", "Times that recording failed.")
      case .agentEvent: ("exhibit_gateway_agent_events_total", "Events that hooks of agents told.")
      case .notice: ("exhibit_gateway_notices_total", "Times that people were told of what waits.")
      case .noticeFailure: ("exhibit_gateway_notice_failures_total", "Times that they could not be told.")
      case .anchor: ("exhibit_gateway_anchors_total", "Checkpoints of the evidence log that others have.")
      case .anchorFailure: ("exhibit_gateway_anchor_failures_total", "Anchors of the evidence log that failed.")
      case .recordingRestart: ("exhibit_gateway_recording_restarts_total", "Times that it went on after that.")
      case .cancel: ("exhibit_gateway_cancels_total", "Cancel requests with a key that was known.")
      case .relay: ("exhibit_gateway_relay_connections_total", "Times that a relay connected.")
      case .relayRefused:
        ("exhibit_gateway_relays_refused_total", "Connections to the relays' listener that were not taken.")
      case .maskingFailure:
        ("exhibit_gateway_masking_failures_total", "Sessions that could not be masked, and so ended.")
      }
    }
  }

  private let counters = Mutex([UInt64](repeating: 0, count: Counter.allCases.count))
  // What changes with each message.
  private let statements = Atomic<UInt64>(0)
  private let bytesIn = Atomic<UInt64>(0)
  private let bytesOut = Atomic<UInt64>(0)
  private let masked = Atomic<UInt64>(0)

  func count(_ counter: Counter) {
    if counter == .statement {
      statements.wrappingAdd(1, ordering: .relaxed)
    } else {
      counters.withLock { $0[counter.rawValue] &+= 1 }
    }
  }

  func counted(_ counter: Counter) -> Int {
    let count = counter == .statement ? statements.load(ordering: .relaxed) : counters.withLock { $0[counter.rawValue] }
    return Int(clamping: count)
  }

  func add(masked count: Int) { masked.wrappingAdd(UInt64(clamping: count), ordering: .relaxed) }

  func add(bytes: Int, from direction: Direction) {
    let count = UInt64(clamping: bytes)
    if direction == .fromClient {
      bytesIn.wrappingAdd(count, ordering: .relaxed)
    } else {
      bytesOut.wrappingAdd(count, ordering: .relaxed)
    }
  }

  func text(sessions: Int, holds: Int, relays: [String: Int] = [:], isRecording: Bool) -> String {
    var counters = counters.withLock { $0 }
    counters[Counter.statement.rawValue] = statements.load(ordering: .relaxed)
    var text = ""
    func add(_ name: String, _ kind: String, _ help: String, _ samples: [(String, UInt64)]) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
      for (labels, value) in samples { text += "\(name)\(labels) \(value)\n" }
    }
    for counter in Counter.allCases {
      add(counter.line.name, "counter", counter.line.help, [("", counters[counter.rawValue])])
    }
    add(
      "exhibit_gateway_bytes_total", "counter", "Bytes of sessions, on the client's side.",
      [
        ("{direction=\"in\"}", bytesIn.load(ordering: .relaxed)),
        ("{direction=\"out\"}", bytesOut.load(ordering: .relaxed)),
      ])
    add(
      "exhibit_gateway_masked_values_total", "counter", "Values that were masked.",
      [("", masked.load(ordering: .relaxed))])
    add("exhibit_gateway_sessions", "gauge", "Sessions that are open.", [("", UInt64(max(0, sessions)))])
    add("exhibit_gateway_holds", "gauge", "Requests that wait for people.", [("", UInt64(max(0, holds)))])
    add("exhibit_gateway_recording", "gauge", "1 while everything is recorded.", [("", isRecording ? 1 : 0)])
    if !relays.isEmpty {
      add(
        "exhibit_gateway_relays", "gauge", "Connections of a relay.",
        relays.sorted { $0.key < $1.key }.map { ("{relay=\"\($0.key)\"}", UInt64(max(0, $0.value))) })
    }
    return text
  }
}
