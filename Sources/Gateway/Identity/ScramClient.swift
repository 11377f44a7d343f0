import Bytes
import Foundation

/// The client's part of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802 §5, RFC 7677), towards a target.
struct ScramClient {
  /// Whether the login is tied to the TLS that it comes by.
  enum Binding {
    /// There is nothing to tie it to.
    case none
    /// It could be, and the server does not offer it: one that does offer it refuses this (RFC 5802 §6), so that nobody in
    /// between can take the offer out.
    case notOffered
    case endPoint([UInt8])
  }

  /// A server that asks for more wants to keep us busy.
  static let iterationLimit = 1_000_000

  private let password: [UInt8]
  private let nonce: String
  private let binding: Binding
  private var serverSignature: [UInt8] = []

  init(password: String, nonce: [UInt8], binding: Binding = .none) {
    self.password = Array(password.utf8)
    self.nonce = Data(nonce).base64EncodedString()
    self.binding = binding
  }

  var mechanism: String {
    if case .endPoint = binding { ChannelBinding.mechanism } else { "SCRAM-SHA-256" }
  }

  private var header: String {
    switch binding {
    case .none: "n,,"
    case .notOffered: "y,,"
    case .endPoint: ChannelBinding.header
    }
  }

  private var bindingText: String {
    var bytes = Array(header.utf8)
    if case .endPoint(let hash) = binding { bytes += hash }
    return Data(bytes).base64EncodedString()
  }

  private var bare: String { "n=,r=\(nonce)" }
  var first: [UInt8] { Array("\(header)\(bare)".utf8) }

  /// Takes the server's challenge; nil when it is none.
  mutating func answer(challenge: [UInt8]) -> [UInt8]? {
    guard let text = String(validating: challenge, as: UTF8.self) else { return nil }
    let fields = text.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count >= 3, fields[0].hasPrefix("r=\(nonce)"), fields[0].count > nonce.count + 2,
      fields[1].hasPrefix("s="), fields[2].hasPrefix("i="),
      let salt = Data(base64Encoded: String(fields[1].dropFirst(2))),
      !salt.isEmpty, let iterations = Int(fields[2].dropFirst(2)), (1...Self.iterationLimit).contains(iterations),
      let salted = PasswordHashing.stretched(password, salt: Array(salt), iterations: iterations),
      let clientKey = PasswordHashing.hmac(salted, Array("Client Key".utf8)),
      let serverKey = PasswordHashing.hmac(salted, Array("Server Key".utf8))
    else { return nil }
    let final = "c=\(bindingText),\(fields[0])"
    let message = Array("\(bare),\(text),\(final)".utf8)
    let storedKey = SHA256.digest(of: clientKey.span).bytes
    guard let signature = PasswordHashing.hmac(storedKey, message),
      let expected = PasswordHashing.hmac(serverKey, message)
    else { return nil }
    serverSignature = expected
    let proof = zip(clientKey, signature).map { $0 ^ $1 }
    return Array("\(final),p=\(Data(proof).base64EncodedString())".utf8)
  }

  /// Whether the server knows the password too.
  func accepts(final message: [UInt8]) -> Bool {
    guard let text = String(validating: message, as: UTF8.self), text.hasPrefix("v="),
      let signature = Data(base64Encoded: String(text.dropFirst(2)))
    else { return false }
    return !serverSignature.isEmpty && PasswordHashing.isEqual(Array(signature), serverSignature)
  }
}
