/// How a key exchange method puts its exchange hash together.
struct KeyExchangeMethod: Sendable, Hashable {
  enum Family: Sendable, Hashable {
    /// RFC 4253 §8: numbers e and f in a group that both know.
    case group(number: Int)
    /// RFC 4419: the server chooses the group.
    case groupExchange
    /// RFC 5656 and RFC 8731: points; the curve's name.
    case curve(String)
    /// A post-quantum KEM beside a curve: octets, and K is a `string`.
    case hybrid
  }

  let family: Family
  let hash: HashAlgorithm

  /// K goes into hashes as a `string` instead of an `mpint`.
  var hasOctetSecret: Bool { family == .hybrid }

  /// Nil for a method whose transcript is not known here, such as those of GSS-API.
  init?(_ name: String) {
    switch name {
    case "curve25519-sha256", "curve25519-sha256@libssh.org": (family, hash) = (.curve("x25519"), .sha256)
    case "curve448-sha512": (family, hash) = (.curve("x448"), .sha512)
    case "ecdh-sha2-nistp256": (family, hash) = (.curve("nistp256"), .sha256)
    case "ecdh-sha2-nistp384": (family, hash) = (.curve("nistp384"), .sha384)
    case "ecdh-sha2-nistp521": (family, hash) = (.curve("nistp521"), .sha512)
    case "diffie-hellman-group1-sha1": (family, hash) = (.group(number: 1), .sha1)
    case "diffie-hellman-group14-sha1": (family, hash) = (.group(number: 14), .sha1)
    case "diffie-hellman-group14-sha256", "diffie-hellman-group14-sha256@ssh.com":
      (family, hash) = (.group(number: 14), .sha256)
    case "diffie-hellman-group15-sha512": (family, hash) = (.group(number: 15), .sha512)
    case "diffie-hellman-group16-sha512": (family, hash) = (.group(number: 16), .sha512)
    case "diffie-hellman-group17-sha512": (family, hash) = (.group(number: 17), .sha512)
    case "diffie-hellman-group18-sha512": (family, hash) = (.group(number: 18), .sha512)
    case "diffie-hellman-group-exchange-sha1": (family, hash) = (.groupExchange, .sha1)
    case "diffie-hellman-group-exchange-sha256": (family, hash) = (.groupExchange, .sha256)
    case "mlkem768x25519-sha256", "mlkem768nistp256-sha256": (family, hash) = (.hybrid, .sha256)
    case "mlkem1024nistp384-sha384": (family, hash) = (.hybrid, .sha384)
    case "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com": (family, hash) = (.hybrid, .sha512)
    default: return nil
    }
  }
}
