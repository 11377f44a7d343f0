import Bytes
public import Model

/// Ids that derive from evidence: the same packets give the same id in every case.
public enum SessionID {
  /// `ses-` and 12 hexadecimal digits of SHA-256 over both ends and the time of the first packet; of a stream inside a flow,
  /// also of the place where it begins.
  public static func make(_ flow: Flow) -> String {
    var text = "flow\n\(flow.client)\n\(flow.server)\n\(flow.openedAt.nanoseconds)\n"
    if let name = flow.serverName { text += "inner\n\(name)\n\(flow.origin.packet)\n\(flow.origin.offset)\n" }
    return "ses-" + SHA256.digest(of: text).bytes.prefix(6).hex
  }
}
