/// Which fields hold secrets, by their names.
enum SecretNames {
  /// Where a name stands: some words are secrets only there.
  enum Place { case json, form, header, text }

  private static let anywhere: Set<String> = [
    "authorization", "proxyauthorization", "password", "passwd", "pwd", "pass", "passphrase", "passcode", "secret",
    "clientsecret", "secretkey", "secretstring", "secretbinary", "sessiontoken", "token", "privatekey", "codeverifier",
    "assertion", "clientassertion", "devicecode", "signingkey", "encryptionkey", "accesskey", "apikey", "secretid",
    "otp", "totp", "mfacode", "cookie", "setcookie", "xamzsignature", "credentials", "passworddata", "plaintextkey",
    "jsessionid", "phpsessid", "xregistryauth", "unsealkey", "rootpassword", "bindpassword", "connectionstring",
    "xfunctionskey", "ocpapimsubscriptionkey", "sharedaccesskey", "accountkey", "samlresponse", "samlassertion",
  ]
  private static let inForms: Set<String> = ["key", "code", "sig", "signature", "sas", "auth", "hmac", "ticket"]
  private static let endings = [
    "password", "passwd", "passphrase", "secret", "token", "apikey", "privatekey", "secretkey", "accesskey", "authkey",
  ]
  /// Authentication schemes, the words before credentials (RFC 9110 §11.1).
  static let schemes: Set<String> = [
    "basic", "bearer", "digest", "negotiate", "ntlm", "token", "apikey", "key", "oauth", "splunk", "sharedkey", "dpop",
    "hawk", "mac", "googlelogin", "privatetoken", "jwt", "scram-sha-256", "bot", "genie-key",
  ]
  /// Tokens that open nothing: places in a list, and names given by clients so that a repetition is recognised.
  private static let harmless: Set<String> = [
    "nexttoken", "continuationtoken", "nextcontinuationtoken", "pagetoken", "nextpagetoken", "clientrequesttoken",
    "starttoken", "paginationtoken", "nextforwardtoken", "nextbackwardtoken", "synctoken", "nextsynctoken",
    "progresstoken", "continuetoken", "automountserviceaccounttoken", "imagepullsecret",
  ]

  /// The last two letters or digits of all names above.
  private static let lastPairs: BytePairs = {
    var pairs = BytePairs()
    for name in anywhere.union(inForms).union(endings) {
      let last = Array(name.utf8.suffix(2))
      if last.count == 2 { pairs.insert(last[0], last[1]) }
    }
    return pairs
  }()

  /// Whether a name ends as one that tells secrets; of most names this is all there is to know.
  static func mayBeSecret(_ name: Span<UInt8>) -> Bool {
    var last: UInt8?
    var index = name.count
    while index > 0 {
      index -= 1
      let byte = name[index]
      let small: UInt8
      switch byte {
      case 0x41...0x5A: small = byte | 0x20
      case 0x61...0x7A, 0x30...0x39: small = byte
      default: continue
      }
      guard let second = last else {
        last = small
        continue
      }
      return lastPairs.contains(small, second)
    }
    return false
  }

  static func isSecret(_ name: some StringProtocol, in place: Place) -> Bool {
    guard name.utf8.count <= 128 else { return false }
    var plain: [UInt8] = []
    for byte in name.utf8 {
      switch byte {
      case 0x41...0x5A: plain.append(byte | 0x20)
      case 0x61...0x7A, 0x30...0x39: plain.append(byte)
      default: break
      }
    }
    guard mayBeSecret(plain.span) else { return false }
    let word = String(decoding: plain, as: UTF8.self)
    if harmless.contains(word) { return false }
    if anywhere.contains(word) || endings.contains(where: { word.hasSuffix($0) }) { return true }
    return place == .form && inForms.contains(word)
  }
}
