import Bytes
public import Model

/// Ids that derive from evidence: the same packets give the same id in every case.
public enum SessionID {
  /// `ses-` and 12 hexadecimal digits of SHA-256 over both ends and the time of the first packet.
  public static func make(_ flow: Flow) -> String {
    let text = "flow\n\(flow.client)\n\(flow.server)\n\(flow.openedAt.nanoseconds)\n"
    return "ses-" + SHA256.digest(of: text).bytes.prefix(6).hex
  }
}
