import Bytes

/// Tells quickly that a body can hold no secret that the scans would find: most bodies hold none, and a scan of names and
/// shapes costs many times what reading them once does.
///
/// Each name of `SecretNames` and each shape of `SecretScan` contains one of these fragments, in capitals or not. It errs to
/// one side only: a body that it lets through is scanned.
struct SecretTriggers {
  private static let fragments: [[UInt8]] = [
    // Names
    "pass", "pwd", "secret", "secure", "token", "key", "auth", "cookie", "sig", "code", "otp", "credential", "asserti",
    "verifier",
    "sess", "connecti", "saml", "hmac", "ticket", "sas", "identified by",
    // Shapes
    "akia", "asia", "eyj", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "sk-", "xox", "aiza",
    "npm_",
    "hvs.", "hvb.", "pypi-", "ya29.", "dop_v1_", "sk_live_", "rk_live_", "sg.", "-----begin", "bearer ", "basic ",
    // A name that is spelled with escapes
    "\\u00",
  ].map { Array($0.utf8) }

  private static let shared = SecretTriggers()

  /// For each two bytes, 0 where no fragment begins with them, else one more than the place of those that do.
  private let table: [UInt8]
  private let groups: [[[UInt8]]]

  private init() {
    var table = [UInt8](repeating: 0, count: 1 << 16)
    var groups: [[[UInt8]]] = []
    for (first, group) in Dictionary(grouping: SecretTriggers.fragments, by: { Array($0.prefix(2)) }) {
      groups.append(group)
      for one in SecretTriggers.cases(first[0]) {
        for other in SecretTriggers.cases(first[1]) { table[Int(one) << 8 | Int(other)] = UInt8(groups.count) }
      }
    }
    // `://`, behind which credentials may stand.
    table[0x3A2F] = .max
    (self.table, self.groups) = (table, groups)
  }

  private static func cases(_ byte: UInt8) -> [UInt8] {
    (0x61...0x7A).contains(byte) ? [byte, byte & 0xDF] : [byte]
  }

  /// Whether a scan of `bytes` could find anything.
  static func mayHold(_ bytes: Span<UInt8>) -> Bool { shared.mayHold(bytes) }

  private func mayHold(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count > 1 else { return false }
    let marks = table.span
    var pair = Int(bytes[0])
    for index in 1..<bytes.count {
      pair = (pair & 0xFF) << 8 | Int(bytes[index])
      let mark = marks[pair]
      if mark > 0, isTrigger(bytes, index - 1, mark) { return true }
    }
    return false
  }

  private func isTrigger(_ bytes: Span<UInt8>, _ start: Int, _ mark: UInt8) -> Bool {
    if mark == .max { return Self.hasUserInfo(bytes, start) }
    for fragment in groups[Int(mark) - 1] where bytes.count - start >= fragment.count {
      var offset = 2
      while offset < fragment.count {
        let byte = bytes[start + offset]
        let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        if lower != fragment[offset] { break }
        offset += 1
      }
      if offset == fragment.count { return true }
    }
    return false
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
