import Bytes
import Foundation

/// The server's part of SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802 §5, RFC 7677), as PostgreSQL speaks it.
struct ScramServer {
  /// Bytes of one of the client's messages.
  static let messageLimit = 4096

  private let verifier: ScramVerifier
  /// The name is nobody's: everything goes on as if it were somebody's, and fails at the end.
  private let isDecoy: Bool
  private let ownNonce: String
  /// What the client's TLS is tied to; nil where none was offered.
  private let endPoint: [UInt8]?
  private var gs2Header = ""
  private var authMessage = ""
  private var nonce = ""

  init(_ verifier: ScramVerifier, isDecoy: Bool, nonce: [UInt8], endPoint: [UInt8]? = nil) {
    self.verifier = verifier
    self.isDecoy = isDecoy
    self.endPoint = endPoint
    ownNonce = Data(nonce).base64EncodedString()
  }

  /// What a client may choose.
  var mechanisms: [String] { (endPoint == nil ? [] : [ChannelBinding.mechanism]) + ["SCRAM-SHA-256"] }

  /// Takes `n,,n=,r=…` and gives `r=…,s=…,i=…`; nil when it is no such message.
  mutating func answer(first message: [UInt8], mechanism: String) -> [UInt8]? {
    guard message.count <= Self.messageLimit, let text = String(validating: message, as: UTF8.self) else { return nil }
    let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
    guard mechanisms.contains(mechanism), parts.count == 3, parts[1].isEmpty || parts[1].hasPrefix("a=") else {
      return nil
    }
    switch parts[0] {
    case "n": guard mechanism == "SCRAM-SHA-256" else { return nil }
    // The client could bind the channel and thinks that we cannot: if we can, somebody took our offer out.
    case "y": guard mechanism == "SCRAM-SHA-256", endPoint == nil else { return nil }
    case "p=tls-server-end-point": guard mechanism == ChannelBinding.mechanism else { return nil }
    default: return nil
    }
    let bare = String(parts[2])
    let fields = bare.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count >= 2, fields[0].hasPrefix("n="), fields[1].hasPrefix("r="), fields[1].count > 2 else {
      return nil
    }
    gs2Header = parts[0] + "," + parts[1] + ","
    nonce = fields[1].dropFirst(2) + ownNonce
    let reply = "r=\(nonce),s=\(Data(verifier.salt).base64EncodedString()),i=\(verifier.iterations)"
    authMessage = "\(bare),\(reply)"
    return Array(reply.utf8)
  }

  /// Takes `c=…,r=…,p=…` and gives `v=…`; nil when the proof does not hold.
  mutating func answer(final message: [UInt8]) -> [UInt8]? {
    guard message.count <= Self.messageLimit, let text = String(validating: message, as: UTF8.self),
      let proofPlace = text.range(of: ",p=", options: .backwards),
      let proof = Data(base64Encoded: String(text[proofPlace.upperBound...])), proof.count == 32
    else { return nil }
    let bare = String(text[..<proofPlace.lowerBound])
    let hash = gs2Header.hasPrefix("p") ? endPoint ?? [] : []
    let binding = Data(Array(gs2Header.utf8) + hash).base64EncodedString()
    guard bare == "c=\(binding),r=\(nonce)" else { return nil }
    authMessage += ",\(bare)"
    guard let signature = PasswordHashing.hmac(verifier.storedKey, Array(authMessage.utf8)) else { return nil }
    let clientKey = zip(proof, signature).map { $0 ^ $1 }
    let isProven = PasswordHashing.isEqual(SHA256.digest(of: clientKey.span).bytes, verifier.storedKey)
    guard isProven, !isDecoy, let own = PasswordHashing.hmac(verifier.serverKey, Array(authMessage.utf8)) else {
      return nil
    }
    return Array("v=\(Data(own).base64EncodedString())".utf8)
  }
}
