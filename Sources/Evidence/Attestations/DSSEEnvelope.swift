import Bytes
import Foundation

/// A signed payload (DSSE 1.0.2): what other people's tools verify without us.
public struct DSSEEnvelope: Sendable, Hashable {
  /// One signature over `DSSEEnvelope.signedBytes`.
  public struct Signature: Sendable, Hashable {
    /// A hint to the key, which proves nothing.
    public var keyID: String
    public var bytes: [UInt8]

    public init(keyID: String, bytes: [UInt8]) {
      self.keyID = keyID
      self.bytes = bytes
    }
  }

  /// Bytes of an envelope.
  public static let byteLimit = 64 << 20
  /// Signatures of one.
  public static let signatureLimit = 100

  public var payloadType: String
  public var payload: [UInt8]
  public var signatures: [Signature]

  public init(payloadType: String, payload: [UInt8], signatures: [Signature] = []) {
    self.payloadType = payloadType
    self.payload = payload
    self.signatures = signatures
  }

  /// What a signature is over: the pre-authentication encoding, lengths in bytes.
  public var signedBytes: [UInt8] {
    Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
  }

  /// The envelope as JSON, one line.
  public var json: [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.key("payload")
      json.value(Data(payload).base64EncodedString())
      json.key("payloadType")
      json.value(payloadType)
      json.key("signatures")
      json.array { json in
        for signature in signatures {
          json.object { json in
            json.key("keyid")
            json.value(signature.keyID)
            json.key("sig")
            json.value(Data(signature.bytes).base64EncodedString())
          }
        }
      }
    }
    return Array((json.text + "\n").utf8)
  }

  /// Reads an envelope; base64 may be standard or URL-safe, as the specification wants.
  ///
  /// - Throws: `AttestationError` for what is none, or says a thing twice.
  public init(parsing bytes: [UInt8]) throws(AttestationError) {
    guard bytes.count <= DSSEEnvelope.byteLimit else {
      throw AttestationError("envelope over \(DSSEEnvelope.byteLimit >> 20) MiB")
    }
    guard let document = JSONValue.document(in: bytes) else { throw AttestationError("envelope is no JSON") }
    let names = document.members.map(\.name)
    guard Set(names).count == names.count else { throw AttestationError("envelope says a thing twice") }
    guard let type = document["payloadType"]?.string, let payload = document["payload"]?.string.flatMap(Self.base64),
      let list = document["signatures"]?.elements, list.count <= DSSEEnvelope.signatureLimit
    else { throw AttestationError("envelope lacks payloadType, payload or signatures") }
    var signatures: [Signature] = []
    for item in list {
      guard let bytes = item["sig"]?.string.flatMap(Self.base64) else {
        throw AttestationError("a signature of the envelope is no base64")
      }
      signatures.append(Signature(keyID: item["keyid"]?.string ?? "", bytes: bytes))
    }
    self.init(payloadType: type, payload: payload, signatures: signatures)
  }

  private static func base64(_ text: String) -> [UInt8]? {
    var text = text.replacing("-", with: "+").replacing("_", with: "/")
    while text.utf8.count % 4 != 0 { text += "=" }
    return Data(base64Encoded: text).map { Array($0) }
  }
}

/// An attestation that cannot be read.
public struct AttestationError: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
