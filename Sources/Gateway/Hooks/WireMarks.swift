import Bytes

/// What a command of an agent's says on the wire of who it is: by the environment, which clients of databases and tracers read.
public struct WireMarks: Sendable, Hashable {
  /// PostgreSQL cuts longer names (NAMEDATALEN).
  private static let nameLimit = 63

  /// `application_name`: the agent, and the call's id, or else the conversation's.
  public let name: String
  /// W3C Trace Context: the trace is the conversation's, the span the call's.
  public let traceparent: String

  private let proxies: [MarkedProxy]

  init(agent: String, conversation: String, call: String?, proxies: [MarkedProxy] = []) {
    self.proxies = proxies
    let id = (call ?? conversation).filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
    let plain = "\(agent)/\(id)"
    // Half an id names nothing.
    name = plain.utf8.count <= Self.nameLimit ? plain : String(id.prefix(Self.nameLimit))
    let trace = SHA256.digest(of: "conversation \(conversation)").hex.prefix(32)
    let span = SHA256.digest(of: "call \(call ?? "") of \(conversation)").hex.prefix(16)
    traceparent = "00-\(trace)-\(span)-01"
  }

  /// For a shell. A trace that is there already is another tracer's, unless it is the conversation's own.
  public var exports: String {
    let own = traceparent.prefix(36)
    let marks =
      "export PGAPPNAME='\(name)'; case \"${TRACEPARENT:-}\" in ''|\(own)*) export TRACEPARENT='\(traceparent)';; esac"
    return ([marks] + proxies.map { $0.export(traceparent) }).joined(separator: "; ")
  }
}
