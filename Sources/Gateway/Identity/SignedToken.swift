import Bytes
import Foundation
public import SSHKeys

/// Claims and the signature over them, as a client gives them for its password: `exs1.<claims>.<signature>`, both in base64,
/// of either alphabet, with padding or without. The signature is the body of what `ssh-keygen -Y sign` writes.
public struct SignedToken: Sendable, Hashable {
  /// Characters of one; a start-up packet of PostgreSQL takes no more.
  public static let lengthLimit = 8_192
  private static let prefix = "exs1."

  public let claims: TokenClaims
  public let signature: SSHSignature
  /// The bytes that are signed.
  let message: [UInt8]

  /// Of claims that were just signed.
  public init(_ claims: TokenClaims, _ signature: SSHSignature) {
    (self.claims, self.signature, message) = (claims, signature, Array(claims.text.utf8))
  }

  /// Whether a password means to be one.
  static func isMeant(_ secret: [UInt8]) -> Bool { secret.starts(with: prefix.utf8) }

  /// Reads what a client gave; the signature is not checked yet.
  ///
  /// - Throws: `DecodeError` for what is none.
  init(parsing secret: [UInt8]) throws(DecodeError) {
    guard secret.count <= Self.lengthLimit else {
      throw DecodeError(.overLimit, "token", offset: 0, expected: "\(Self.lengthLimit) bytes")
    }
    let parts = secret.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard Self.isMeant(secret), parts.count == 3, let message = Self.bytes(parts[1]), let blob = Self.bytes(parts[2])
    else { throw DecodeError(.mismatch, "token", offset: 0, expected: "exs1.<base64>.<base64>") }
    self.message = message
    claims = try TokenClaims(parsing: message)
    signature = try SSHSignature(blob: blob.span)
  }

  private static func bytes(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var digits = text.filter { $0 != UInt8(ascii: "=") }
    for index in digits.indices {
      switch digits[index] {
      case UInt8(ascii: "-"): digits[index] = UInt8(ascii: "+")
      case UInt8(ascii: "_"): digits[index] = UInt8(ascii: "/")
      default: break
      }
    }
    digits += [UInt8](repeating: UInt8(ascii: "="), count: (4 - digits.count % 4) % 4)
    return Data(base64Encoded: Data(digits)).map { Array($0) }
  }

  /// What a client gives for its password.
  public var text: String {
    func text(_ bytes: [UInt8]) -> String {
      Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
    return Self.prefix + text(message) + "." + text(signature.blob)
  }
}
