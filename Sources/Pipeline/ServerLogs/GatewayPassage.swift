import Model

/// How a session went on behind a gateway that recorded it: what its target's own log names it by.
struct GatewayPassage {
  /// The gateway's end of its connection to the target; nil over a socket of the machine.
  private let source: String?
  private let process: String?
  /// The user by which the gateway went.
  let user: String?

  init(_ facts: [(name: String, value: String)]) {
    func fact(_ name: String) -> String? { facts.first { $0.name == "gateway.\(name)" }?.value }
    (source, process, user) = (fact("source"), fact("process"), fact("user"))
  }

  /// Where the target sees its client; nil where the recording does not tell.
  var end: String? { source ?? processEnd }

  /// What stands for it where the target's log has no address, for it came over a socket of its machine.
  var processEnd: String? { source == nil ? process.map { "process \($0)" } : nil }

  /// The same of a record's session: `%c` of PostgreSQL is when the process began and its id, in hexadecimal, and lines
  /// without it are known by the id alone.
  static func end(ofLogged session: String?) -> String? {
    guard let session else { return nil }
    let parts = session.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 2, let process = UInt32(parts[1], radix: 16) { return "process \(process)" }
    return UInt32(session).map { "process \($0)" }
  }
}
