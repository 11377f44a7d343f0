import Bytes

/// Tells quickly that a body can hold no secret that the scans would find: most bodies hold none, and a scan of names and
/// shapes costs many times what reading them once does.
///
/// Each name of `SecretNames` and each shape of `SecretScan` contains one of these fragments, in capitals or not. It errs to
/// one side only: a body that it lets through is scanned.
enum SecretTriggers {
  private static let fragments: [[UInt8]] = [
    // Names
    "pass", "pwd", "secret", "token", "key", "auth", "cookie", "sig", "code", "otp", "credential", "asserti",
    "verifier",
    "sess", "connecti", "saml", "hmac", "ticket", "sas", "identified by",
    // Shapes
    "akia", "asia", "eyj", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "sk-", "xox", "aiza",
    "npm_",
    "hvs.", "hvb.", "pypi-", "ya29.", "dop_v1_", "sk_live_", "rk_live_", "sg.", "-----begin", "bearer ", "basic ",
    // A name that is spelled with escapes
    "\\u00",
  ].map { Array($0.utf8) }

  /// For each first two bytes, which fragments may begin there.
  private static let beginnings: [UInt16: [[UInt8]]] = {
    var table: [UInt16: [[UInt8]]] = [:]
    for fragment in fragments {
      for first in cases(fragment[0]) {
        for second in cases(fragment[1]) { table[UInt16(first) << 8 | UInt16(second), default: []].append(fragment) }
      }
    }
    return table
  }()

  private static let marks: [Bool] = {
    var marks = [Bool](repeating: false, count: 1 << 16)
    for pair in beginnings.keys { marks[Int(pair)] = true }
    // `://`, behind which credentials may stand.
    marks[0x3A2F] = true
    return marks
  }()

  private static func cases(_ byte: UInt8) -> [UInt8] {
    (0x61...0x7A).contains(byte) ? [byte, byte & 0xDF] : [byte]
  }

  /// Whether a scan of `bytes` could find anything.
  static func mayHold(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count > 1 else { return false }
    let marks = marks
    let table = marks.span
    var pair = Int(bytes[0])
    for index in 1..<bytes.count {
      pair = (pair & 0xFF) << 8 | Int(bytes[index])
      if table[pair], isTrigger(bytes, index - 1, UInt16(truncatingIfNeeded: pair)) { return true }
    }
    return false
  }

  private static func isTrigger(_ bytes: Span<UInt8>, _ start: Int, _ pair: UInt16) -> Bool {
    if pair == 0x3A2F { return hasUserInfo(bytes, start) }
    return beginnings[pair]?.contains { fragment in
      guard bytes.count - start >= fragment.count else { return false }
      for offset in 2..<fragment.count {
        let byte = bytes[start + offset]
        let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        if lower != fragment[offset] { return false }
      }
      return true
    } ?? false
  }

  /// `://user:password@`
  private static func hasUserInfo(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
    var index = start + 2
    guard index < bytes.count, bytes[index] == UInt8(ascii: "/") else { return false }
    index += 1
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "@"): return true
      case 0...0x20, UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "\""), UInt8(ascii: "<"):
        return false
      default: index += 1
      }
    }
    return false
  }
}
