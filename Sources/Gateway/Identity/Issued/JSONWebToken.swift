import Bytes
import Foundation
import SSHKeys

/// A signed JSON Web Token in compact form (RFC 7519, RFC 7515 §7.1), as a client gives it for its password.
struct JSONWebToken: Sendable {
  /// Characters of one; a start-up packet of PostgreSQL takes no more.
  static let lengthLimit = SignedToken.lengthLimit

  let algorithm: VerificationKey.Algorithm
  /// `kid` (RFC 7515 §4.1.4).
  let keyID: String?
  let claims: JSONValue
  /// The bytes that are signed.
  let message: [UInt8]
  let signature: [UInt8]

  /// Whether a password means to be one: an object in base64, and three parts.
  static func isMeant(_ secret: [UInt8]) -> Bool {
    secret.starts(with: "eyJ".utf8) && secret.count(where: { $0 == UInt8(ascii: ".") }) == 2
  }

  /// Reads what a client gave; nothing in it is believed yet. Keys that it names or carries are never used (`jku`, `jwk`,
  /// `x5u`, `x5c`), and what its header declares critical is not understood.
  ///
  /// - Throws: `DecodeError` for what is none.
  init(parsing secret: [UInt8]) throws(DecodeError) {
    guard secret.count <= Self.lengthLimit else {
      throw DecodeError(.overLimit, "token", offset: 0, expected: "\(Self.lengthLimit) bytes")
    }
    let parts = secret.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, let signature = Self.bytes(parts[2]) else {
      throw DecodeError(.mismatch, "token", offset: 0, expected: "header.claims.signature in base64url")
    }
    let header = try Self.object(parts[0], "header of the token")
    claims = try Self.object(parts[1], "claims of the token")
    self.signature = signature
    message = Array(secret[..<parts[1].endIndex])
    guard header["crit"] == nil else {
      throw DecodeError(.mismatch, "crit", offset: 0, expected: "a header without it")
    }
    let type = header["typ"]?.string?.lowercased()
    guard type == nil || type == "jwt" || type == "at+jwt" || type == "application/at+jwt" else {
      throw DecodeError(.mismatch, "typ", offset: 0, expected: "JWT or at+jwt", found: type ?? "")
    }
    let name = header["alg"]?.string ?? ""
    guard let algorithm = VerificationKey.Algorithm(rawValue: name) else {
      throw DecodeError(.mismatch, "alg", offset: 0, expected: "a signature with a public key", found: name)
    }
    self.algorithm = algorithm
    keyID = header["kid"]?.string
  }

  private static func object(_ part: ArraySlice<UInt8>, _ what: String) throws(DecodeError) -> JSONValue {
    guard let bytes = bytes(part), let value = JSONValue.document(in: bytes), value.isObject else {
      throw DecodeError(.mismatch, what, offset: part.startIndex, expected: "a JSON object in base64url")
    }
    // Two readers could take different ones (RFC 7519 §4).
    guard Set(value.members.map(\.name)).count == value.members.count else {
      throw DecodeError(.mismatch, what, offset: part.startIndex, expected: "each name once")
    }
    return value
  }

  /// base64url without padding (RFC 7515 §2), and no other way to write it.
  static func bytes(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var digits: [UInt8] = []
    for byte in text {
      switch byte {
      case UInt8(ascii: "-"): digits.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): digits.append(UInt8(ascii: "/"))
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
      default: digits.append(byte)
      }
    }
    guard digits.count % 4 != 1 else { return nil }
    digits += [UInt8](repeating: UInt8(ascii: "="), count: (4 - digits.count % 4) % 4)
    return Data(base64Encoded: Data(digits)).map { Array($0) }
  }

  /// The claim at a path of names with dots between them; a claim whose own name has dots goes before.
  func claim(_ path: String) -> JSONValue? {
    if let value = claims[path] { return value }
    var value: JSONValue? = claims
    for name in path.split(separator: ".") { value = value?[String(name)] }
    return value
  }

  /// A claim that is a text of which nothing is hidden.
  func word(_ path: String) -> String? {
    claim(path)?.string.flatMap { TokenClaims.isWord($0) ? $0 : nil }
  }

  /// All texts of a claim: of a list, or the only one.
  func words(_ path: String) -> [String] {
    guard let value = claim(path) else { return [] }
    return value.string.map { [$0] } ?? value.elements.compactMap(\.string)
  }

  /// Seconds since 1970 (RFC 7519 §2, NumericDate), without their fraction; nil when they are none that nanoseconds can tell.
  func seconds(_ name: String) -> Int64? {
    guard case .number(let text)? = claims[name]?.content, let value = Double(text), (0..<9e9).contains(value) else {
      return nil
    }
    return Int64(value)
  }
}
