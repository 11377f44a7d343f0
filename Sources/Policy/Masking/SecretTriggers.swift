import Bytes

/// Tells quickly that a body can hold no secret that the scans would find: most bodies hold none, and a scan of names and
/// shapes costs many times what reading them once does.
///
/// Each name of `SecretNames` and each shape of `SecretScan` contains one of these fragments, in capitals or not. It errs to
/// one side only: a body that it lets through is scanned.
struct SecretTriggers {
  private static let classBits = 5

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
    // An address whose slashes are escaped, as some writers of JSON do
    ":\\/",
  ].map { Array($0.utf8) }

  /// In forms and grants it is a secret by itself; in a text only as the end of a longer name, and every shell tool writes it.
  private static let code = Array("code".utf8)

  /// Credentials may stand behind it.
  private static let address = Array("://".utf8)

  private static let shared = SecretTriggers()

  /// Letters, in capitals or not, and what else fragments begin with have a number each, digits share one; all other
  /// bytes are 0.
  private let classes: [UInt8]
  /// A bit for each three numbers with which a fragment begins.
  private let beginnings: [UInt64]
  /// Where in `groups` the fragments are that begin with three numbers.
  private let places: [UInt8]
  private let groups: [[[UInt8]]]

  private init() {
    var classes = [UInt8](repeating: 0, count: 256)
    var next: UInt8 = 1
    func number(_ byte: UInt8) -> Int {
      if classes[Int(byte)] == 0 {
        classes[Int(byte)] = next
        if (0x61...0x7A).contains(byte) { classes[Int(byte & 0xDF)] = next }
        if (0x30...0x39).contains(byte) { for digit in 0x30...0x39 { classes[digit] = next } }
        next += 1
      }
      return Int(classes[Int(byte)])
    }
    var beginnings = [UInt64](repeating: 0, count: 1 << (3 * SecretTriggers.classBits - 6))
    var places = [UInt8](repeating: 0, count: 1 << (3 * SecretTriggers.classBits))
    var groups: [[[UInt8]]] = []
    for fragment in SecretTriggers.fragments + [SecretTriggers.address] {
      let code = fragment.prefix(3).reduce(0) { $0 << SecretTriggers.classBits | number($1) }
      if beginnings[code >> 6] >> UInt64(code & 63) & 1 == 0 {
        places[code] = UInt8(groups.count)
        groups.append([])
      }
      groups[Int(places[code])].append(fragment)
      beginnings[code >> 6] |= 1 << UInt64(code & 63)
    }
    precondition(next <= 1 << SecretTriggers.classBits, "more kinds of bytes begin fragments than are told apart")
    (self.classes, self.beginnings, self.places, self.groups) = (classes, beginnings, places, groups)
  }

  /// Whether a scan of `bytes` could find anything; `isText`: one that takes them for a text, and not for a form or JSON.
  static func mayHold(_ bytes: Span<UInt8>, isText: Bool = false) -> Bool { shared.mayHold(bytes, isText) }

  private func mayHold(_ bytes: Span<UInt8>, _ isText: Bool) -> Bool {
    let (classes, beginnings) = (classes.span, beginnings.span)
    guard bytes.count > 2 else { return false }
    // No number depends on the one before it, so that several are made at a time.
    var (first, second) = (Int(classes[Int(bytes[0])]), Int(classes[Int(bytes[1])]))
    var index = 2
    while index < bytes.count {
      let third = Int(classes[Int(bytes[index])])
      let code = first << (2 * SecretTriggers.classBits) | second << SecretTriggers.classBits | third
      if beginnings[code >> 6] >> UInt64(code & 63) & 1 == 1, isTrigger(bytes, index - 2, code, isText) {
        return true
      }
      (first, second) = (second, third)
      index += 1
    }
    return false
  }

  private func isTrigger(_ bytes: Span<UInt8>, _ start: Int, _ code: Int, _ isText: Bool) -> Bool {
    for fragment in groups[Int(places[code])] where bytes.count - start >= fragment.count {
      var offset = 0
      while offset < fragment.count {
        let byte = bytes[start + offset]
        let lower = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
        if lower != fragment[offset] { break }
        offset += 1
      }
      guard offset == fragment.count else { continue }
      if fragment == Self.address {
        if Self.hasUserInfo(bytes, start) { return true }
      } else if !isText || fragment != Self.code || Self.endsLongerName(bytes, start) {
        return true
      }
    }
    return false
  }

  /// `mfa_code`, `device-code`: what stands before it is the end of `mfa` or `device`.
  private static func endsLongerName(_ bytes: Span<UInt8>, _ start: Int) -> Bool {
    var index = start
    while index > 0 {
      index -= 1
      switch bytes[index] {
      case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): continue
      case let byte: return byte | 0x20 == UInt8(ascii: "a") || byte | 0x20 == UInt8(ascii: "e")
      }
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
