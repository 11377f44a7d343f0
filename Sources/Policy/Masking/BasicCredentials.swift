/// User and password of `Authorization: Basic` (RFC 7617).
struct BasicCredentials {
  var user: [UInt8]
  var password: [UInt8]

  init?(_ coded: some StringProtocol) {
    guard let plain = Base64.decode(coded), let colon = plain.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    user = Array(plain[..<colon])
    password = Array(plain[(colon + 1)...])
  }

  /// Some services take an API key as the user, with a password that says nothing.
  var isKey: Bool {
    let isEmpty = password.isEmpty || password.elementsEqual("x-oauth-basic".utf8) || password.elementsEqual("x".utf8)
    return isEmpty && user.count >= 16
  }
}
