import Bytes

/// Ids of traces and spans, derived from what they stand for: the same evidence has the same ids in every export.
enum TraceIdentity {
  /// What has a trace or a span of its own.
  enum Kind: String {
    case conversation, prompt, call, session, action
  }

  /// 32 hexadecimal digits: the first 16 bytes of SHA-256, never all zero (W3C Trace Context §3.2.2.3).
  static func trace(_ kind: Kind, _ id: String) -> String { identifier("trace", kind, id, byteCount: 16) }

  /// 16 hexadecimal digits: the first 8 bytes of SHA-256, never all zero (§3.2.2.4).
  static func span(_ kind: Kind, _ id: String) -> String { identifier("span", kind, id, byteCount: 8) }

  private static func identifier(_ use: String, _ kind: Kind, _ id: String, byteCount: Int) -> String {
    var bytes = Array(SHA256.digest(of: "exhibit \(use) \(kind.rawValue)\n\(id)").bytes.prefix(byteCount))
    if bytes.allSatisfy({ $0 == 0 }) { bytes[byteCount - 1] = 1 }
    return bytes.hex
  }
}
