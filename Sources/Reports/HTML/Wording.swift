import Model
import Replay

/// The words of the report. Plain, exact, the same for the same fact everywhere.
enum Wording {
  /// What an effect means, in a legend or a detail.
  static func meaning(_ effect: Effect) -> String {
    switch effect {
    case .read: "reads data"
    case .write: "changes data"
    case .schema: "changes the schema"
    case .privilege: "changes privileges"
    case .execute: "runs code or a program"
    case .transfer: "moves data in or out"
    case .session: "concerns the session only"
    case .unknown: "effect unknown, so it counts as a change"
    }
  }

  /// A heading for a change.
  static func title(_ effect: Effect) -> String {
    switch effect {
    case .read: "Read"
    case .write: "Data changed"
    case .schema: "Schema changed"
    case .privilege: "Privileges changed"
    case .execute: "Code run"
    case .transfer: "Data moved"
    case .session: "Session"
    case .unknown: "Effect unknown"
    }
  }

  static func outcome(_ outcome: Decision.Outcome) -> String {
    switch outcome {
    case .allowed: "allowed"
    case .approved: "approved"
    case .unapproved: "not approved"
    case .denied: "forbidden"
    case .undecidable: "cannot be decided"
    }
  }

  /// What became of an action, in a cell.
  static func result(_ action: Action) -> String {
    if action.transaction == .notRun { return "did not run" }
    switch action.status {
    case .error: return "failed"
    case .denied: return "denied"
    case .incomplete: return "outcome missing"
    case .ok: break
    }
    switch action.transaction {
    case .rolledBack: return "rolled back"
    case .undecided: return "end of transaction missing"
    case .committed where action.isChange: return "committed"
    default: return "done"
    }
  }

  /// What became of an action, in a sentence; nil when it simply worked.
  static func consequence(_ action: Action) -> String? {
    if action.transaction == .notRun {
      return "Did not run: an earlier statement of the same request failed."
    }
    switch action.status {
    case .incomplete:
      return "The evidence of its outcome is missing" + reason(action.message) + "."
    case .denied:
      return "It was denied" + reason(action.message, code: action.code) + "."
    case .error:
      let failure = "It failed" + reason(action.message, code: action.code)
      if action.isCall {
        return action.isWithoutEffect && action.isChange ? failure + ". The server refused it." : failure + "."
      }
      return action.isWithoutEffect && action.isChange
        ? failure + ", and left no effect in the database." : failure + "."
    case .ok:
      switch action.transaction {
      case .rolledBack: return "Rolled back: left no effect in the database."
      case .undecided: return "It ran, but the evidence of how its transaction ended is missing."
      default: return nil
      }
    }
  }

  private static func reason(_ message: String?, code: String? = nil) -> String {
    let facts = [code, message].compactMap(\.self).filter { !$0.isEmpty }
    // What was said may be a sentence already; its full stop comes behind it.
    var text = facts.joined(separator: " ")
    while text.hasSuffix(".") { text.removeLast() }
    return text.isEmpty ? "" : ": " + text
  }

  /// The parameters in a line: values of a statement as they stand, notes of anything else one after another.
  static func parameters(_ action: Action) -> String? {
    guard let parameters = action.parameters, parameters != "[]" else { return nil }
    guard action.kind != "sql", let values = ParameterValues.read(parameters) else { return parameters }
    // How sure a reading is stands beside the word that it was inferred.
    let notes = values.map { $0 ?? "NULL" }.filter { !(action.isInferred && $0.hasPrefix("confidence ")) }
    return notes.isEmpty ? nil : notes.joined(separator: ", ")
  }

  /// What was done to a thing: `added`.
  static func past(_ access: String) -> String {
    switch access {
    case "add": "added"
    case "create": "created"
    case "drop": "dropped"
    case "alter": "altered"
    case "rename": "renamed"
    case "truncate": "emptied"
    case "write": "wrote to"
    case "execute": "ran"
    case "grant": "granted privileges on"
    case "revoke": "revoked privileges on"
    default: access
    }
  }

  /// Why bytes are missing.
  static func cause(_ reason: Gap.Reason) -> String {
    switch reason {
    case .notCaptured: "no captured packet holds them, though the receiver acknowledged them"
    case .snapLength: "the capture kept only the first part of each packet"
    case .bound: "they did not come before a limit on memory or waiting was reached"
    case .ended: "the capture or the connection ended before they were seen"
    }
  }

  static func sender(_ direction: Direction) -> String {
    direction == .fromClient ? "client to server" : "server to client"
  }

  static func integrity(_ value: String) -> String {
    switch value {
    case "unsigned": "not signed (captures never are)"
    case "intact": "intact: its signatures verify"
    case "broken": "broken: it does not verify"
    case "intact-but-open": "intact, and the recorder had not ended"
    case "unsigned-tail": "intact up to a tail that is not signed"
    default: value
    }
  }

  /// `tcp-overlap` as words.
  static func humanized(_ code: String) -> String {
    let names: Set<Substring> = ["tcp", "udp", "ip", "tls", "ssh", "http", "sql", "pcap", "gss", "dns", "id", "oid"]
    let words = code.split(separator: "-").map { names.contains($0) ? $0.uppercased() : String($0) }
      .joined(separator: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}

extension Session {
  /// The best name that the evidence gives for who acted.
  var actor: String { human ?? agent ?? user ?? "an unknown user" }

  /// The host without its port.
  var clientHost: String {
    guard let colon = client.lastIndex(of: ":") else { return client }
    return String(client[..<colon])
  }

  /// Nothing inside could be read.
  var isOpaque: Bool {
    (isEncrypted && !isDecrypted) || protocolName == "unknown" || (protocolName == "tls" && !isDecrypted)
  }

  /// `svc_migrate on shop`, or what the protocol is.
  var shortName: String {
    guard let name = human ?? agent ?? user else {
      return isOpaque ? "\(protocolName == "unknown" ? "unknown protocol" : protocolName) to \(server)" : client
    }
    return target.map { "\(name) on \($0)" } ?? name
  }

  /// Where its files are: the host by its name where that is known.
  var fileHost: String { target ?? server }

  /// What it carried, in a few words.
  var burden: String {
    isOpaque
      ? "opaque, \(Figures.bytes(byteCount))"
      : "\(Figures.count(actionCount, "action")), \(Figures.count(changeCount, "change"))"
  }

  var byteCount: UInt64 { bytesIn.addingReportingOverflow(bytesOut).partialValue }
}
