import Bytes
import Foundation
import Testing

@testable import SSHKeys

/// Signatures of tokens that a browser asked, with a key in a file where the token would be.
@Suite(.enabled(if: SSHPeer.isPresent, SSHPeer.absence)) struct WebAuthnSignatureTests {
  private static let message = Array("approve\n".utf8)
  private static let origin = "https://gateway.example"

  /// As W3C Web Authentication §6.3.3 says of what an authenticator signs; `change` is what the browser says.
  private func sign(
    _ token: SoftToken, flags: UInt8 = 0x05, origin: String = Self.origin, extensions: [UInt8] = [],
    change: (String) -> String = { $0 }
  ) throws -> SSHSignature {
    let request = try SigningRequest(Self.message, namespace: "file", hash: .sha256, key: token.key)
    let challenge = Data(request.signedData).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
    let client = Array(
      change(
        #"{"type":"webauthn.get","challenge":"\#(challenge)","origin":"\#(Self.origin)","crossOrigin":false}"#
      ).utf8)
    var writer = ByteWriter()
    writer.write(SHA256.digest(of: token.key.application ?? "").bytes)
    writer.write(flags)
    writer.write(UInt32(9))
    writer.write(extensions)
    writer.write(SHA256.digest(of: client.span).bytes)
    let handle = try PrivateKeyHandle(try token.file.privateKey.secret, try token.file.key)
    let content = ECDSASignature(der: try handle.sign(writer.bytes, hash: "SHA256"))?.blob ?? []
    let raw = RawSignature(
      algorithm: .webauthnECDSA, content: content, token: TokenUse(flags: flags, counter: 9),
      webauthn: WebAuthnUse(origin: origin, clientData: client, extensions: extensions))
    return SSHSignature(key: token.key, namespace: "file", hash: .sha256, raw: raw)
  }

  @Test func `ssh-keygen and we accept the same`() throws {
    let token = try SoftToken("ecdsa256", application: "gateway.example")
    let other = try SoftToken("ecdsa256", application: "elsewhere.example")
    let right = try sign(token)
    func with(_ use: WebAuthnUse?, flags: UInt8 = 0x05) -> SSHSignature {
      SSHSignature(
        key: token.key, namespace: "file", hash: .sha256,
        raw: RawSignature(
          algorithm: .webauthnECDSA, content: right.raw.content, token: TokenUse(flags: flags, counter: 9),
          webauthn: use))
    }
    let use = try #require(right.raw.webauthn)
    let cases: [(SSHSignature, Bool)] = [
      (right, true), (try sign(token, flags: 0x01), true), (try sign(token, flags: 0x00), true),
      (try sign(token, flags: 0x85, extensions: [0xa0]), true),
      // What the browser says is not what was signed, or not of this page, or not in the order that it has.
      (try sign(token, origin: "https://elsewhere.example"), false),
      (try sign(token) { $0.replacing("webauthn.get", with: "webauthn.create") }, false),
      (try sign(token) { $0.replacing(#""challenge":""#, with: #""challenge":"A"#) }, false),
      (try sign(token) { " " + $0 }, false), (try sign(token, flags: 0x45), false),
      (try sign(token, flags: 0x85), false), (try sign(token, extensions: [0xa0]), false),
      (with(WebAuthnUse(origin: use.origin, clientData: use.clientData + [0x20])), false),
      (with(use, flags: 0x01), false),
      (SSHSignature(key: other.key, namespace: "file", hash: .sha256, raw: right.raw), false),
    ]
    try SSHPeer.with { peer in
      try peer.write(Self.message, to: "message")
      try peer.write("alice \(token.key)\nalice \(other.key)\n", to: "allowed")
      for (index, one) in cases.enumerated() { try peer.write(one.0.armored, to: "signature-\(index)") }
      let codes = try peer.exits(
        cases.indices.map {
          (["-Y", "verify", "-f", "allowed", "-I", "alice", "-n", "file", "-s", "signature-\($0)"], "message")
        })
      #expect(codes.map { $0 == 0 } == cases.map(\.1))
    }
    let signers = try AllowedSigners(Array("alice \(token.key)\nalice \(other.key)\n".utf8))
    let verifier = SignatureVerifier(allowedSigners: signers, demands: .none)
    for (index, one) in cases.enumerated() {
      let read = try SSHSignature(armored: Array(one.0.armored.utf8))
      #expect(read == one.0)
      let verdict = verifier.verify(
        Self.message, signature: read, principal: "alice", namespace: "file", at: 1_748_779_200)
      #expect(verdict.isValid == one.1, "\(index): \(verdict)")
    }
  }

  @Test func `each byte that is missing makes it unreadable, and none that is changed makes it valid`() throws {
    let token = try SoftToken("ecdsa256", application: "gateway.example")
    let right = try sign(token).blob
    for end in right.indices {
      let part = Array(right[..<end])
      let read = try? SSHSignature(blob: part.span)
      #expect(read == nil, "\(end)")
    }
    for index in right.indices {
      var changed = right
      changed[index] ^= 0x01
      guard let read = try? SSHSignature(blob: changed.span), read.key == token.key, read.namespace == "file" else {
        continue
      }
      // The reserved field and a lower version count for nothing.
      if read.blob == right { continue }
      #expect(!read.isValid(over: Self.message), "\(index)")
    }
  }
}
