import Bytes
import SSHKeys

/// The public keys of an issuer (RFC 7517 §5). What is no key for signatures, or one that is not known, is left out, as its
/// §5 wants.
struct JSONWebKeySet: Sendable, Hashable {
  /// Bytes of a set.
  static let byteLimit = 1 << 20
  private static let countLimit = 256

  private struct Key: Sendable, Hashable {
    var id: String?
    /// Nil means any that fits the key.
    var algorithm: VerificationKey.Algorithm?
    var key: VerificationKey
  }

  private let keys: [Key]

  /// - Throws: `DecodeError` for what is no set, or one without a key that can be used.
  init(parsing bytes: [UInt8]) throws(DecodeError) {
    guard bytes.count <= Self.byteLimit else {
      throw DecodeError(.overLimit, "key set", offset: 0, expected: "\(Self.byteLimit) bytes")
    }
    guard let set = JSONValue.document(in: bytes), let list = set["keys"], list.isArray else {
      throw DecodeError(.mismatch, "key set", offset: 0, expected: #"{"keys": […]}"#)
    }
    keys = list.elements.prefix(Self.countLimit).compactMap(Self.key)
    guard !keys.isEmpty else {
      throw DecodeError(.mismatch, "key set", offset: 0, expected: "a key for RS, PS, ES or EdDSA signatures")
    }
  }

  private static func key(_ value: JSONValue) -> Key? {
    guard value["use"]?.string ?? "sig" == "sig" else { return nil }
    let operations = value["key_ops"].map { $0.elements.compactMap(\.string) }
    guard operations?.contains("verify") ?? true else { return nil }
    func number(_ name: String) -> [UInt8] {
      value[name]?.string.flatMap { JSONWebToken.bytes($0.utf8) } ?? []
    }
    let key: VerificationKey? =
      switch (value["kty"]?.string, value["crv"]?.string) {
      case ("RSA", _): VerificationKey(modulus: number("n"), exponent: number("e"))
      case ("EC", let curve?): VerificationKey(curve: curve, x: number("x"), y: number("y"))
      case ("OKP", "Ed25519"): VerificationKey(ed25519: number("x"))
      default: nil
      }
    guard let key else { return nil }
    var algorithm: VerificationKey.Algorithm?
    if let name = value["alg"]?.string {
      guard let known = VerificationKey.Algorithm(rawValue: name), key.fits(known) else { return nil }
      algorithm = known
    }
    return Key(id: value["kid"]?.string, algorithm: algorithm, key: key)
  }

  enum Verdict: Sendable, Hashable {
    case signed
    /// No key of the set has that name, and may sign so.
    case unknownKey
    case wrongSignature
  }

  /// Whether one of the keys signed the token: the one that it names, where it names one.
  func verdict(on token: JSONWebToken) -> Verdict {
    let fitting = keys.filter { key in
      (token.keyID == nil || key.id == nil || key.id == token.keyID)
        && key.algorithm ?? token.algorithm == token.algorithm
        && key.key.fits(token.algorithm)
    }
    guard !fitting.isEmpty else { return .unknownKey }
    let isSigned = fitting.contains { $0.key.verifies(token.signature, over: token.message, token.algorithm) }
    return isSigned ? .signed : .wrongSignature
  }
}
