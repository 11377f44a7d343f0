import Model
import Synchronization

/// What the gateway counts, in the text format of Prometheus (version 0.0.4).
final class GatewayMetrics: Sendable {
  enum Counter: Int, CaseIterable, Sendable {
    case statement, allowedChange, approved, held, refused, refusedLogin, session, recordingFailure, cancel, agentEvent

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
      case .cancel: ("exhibit_gateway_cancels_total", "Cancel requests with a key that was known.")
      }
    }
  }

  private struct Values {
    var counters = [UInt64](repeating: 0, count: Counter.allCases.count)
    var bytesIn: UInt64 = 0
    var bytesOut: UInt64 = 0
  }

  private let values = Mutex(Values())

  func count(_ counter: Counter) { values.withLock { $0.counters[counter.rawValue] &+= 1 } }

  func add(bytes: Int, from direction: Direction) {
    values.withLock { values in
      if direction == .fromClient { values.bytesIn &+= UInt64(bytes) } else { values.bytesOut &+= UInt64(bytes) }
    }
  }

  func text(sessions: Int, holds: Int, isRecording: Bool) -> String {
    let values = values.withLock { $0 }
    var text = ""
    func add(_ name: String, _ kind: String, _ help: String, _ samples: [(String, UInt64)]) {
      text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
      for (labels, value) in samples { text += "\(name)\(labels) \(value)\n" }
    }
    for counter in Counter.allCases {
      add(counter.line.name, "counter", counter.line.help, [("", values.counters[counter.rawValue])])
    }
    add(
      "exhibit_gateway_bytes_total", "counter", "Bytes of sessions, on the client's side.",
      [("{direction=\"in\"}", values.bytesIn), ("{direction=\"out\"}", values.bytesOut)])
    add("exhibit_gateway_sessions", "gauge", "Sessions that are open.", [("", UInt64(max(0, sessions)))])
    add("exhibit_gateway_holds", "gauge", "Requests that wait for people.", [("", UInt64(max(0, holds)))])
    add("exhibit_gateway_recording", "gauge", "1 while everything is recorded.", [("", isRecording ? 1 : 0)])
    return text
  }
}
