import Bytes
import Foundation
import Testing

@testable import SSHKeys

@Suite(.enabled(if: SSHPeer.isPresent, SSHPeer.absence)) struct CertificateDraftTests {
  private static let message = Array("approve\n".utf8)

  @Test(arguments: ["ed25519", "ecdsa256", "ecdsa521", "rsa2048"])
  func `ssh-keygen takes what a certified key signs, in its time and for its name alone`(_ name: String) throws {
    let (key, authority) = (try PeerKeys.key("ecdsa256"), try PeerKeys.key(name == "ecdsa256" ? "ed25519" : name))
    let valid: Range<UInt64> = 1_748_779_200..<1_748_782_800
    let draft = try CertificateDraft(
      of: try key.key, keyID: "page", principal: "alice", valid: valid, authority: try authority.key)
    let certificate = try authority.privateKey.certify(draft)
    #expect(certificate.certificate?.principals == ["alice"])
    #expect(try certificate.plain == key.key)
    #expect(try certificate.certificate?.authority == authority.key)
    let signature = try key.privateKey.sign(Self.message, namespace: "file", certificate: certificate)
    try SSHPeer.with { peer in
      try peer.write(Self.message, to: "message")
      try peer.write(signature.armored, to: "signature")
      try peer.write("* cert-authority \(authority.publicLine)\n", to: "allowed")
      try peer.write("\(certificate) page\n", to: "page-cert.pub")
      #expect(try peer.keygen("-L", "-f", "page-cert.pub").contains("Key ID: \"page\""))
      func check(_ name: String, _ time: String) -> ([String], String) {
        (
          [
            "-Y", "verify", "-f", "allowed", "-I", name, "-n", "file", "-s", "signature", "-Overify-time=\(time)",
          ], "message"
        )
      }
      let codes = try peer.exits([
        check("alice", "20250601120000Z"), check("alice", "20250601125959Z"), check("bob", "20250601120000Z"),
        check("alice", "20250601115959Z"), check("alice", "20250601130000Z"),
      ])
      #expect(codes.map { $0 == 0 } == [true, true, false, false, false])
    }
  }

  @Test func `a certificate is signed by its authority and nobody else`() throws {
    let (key, authority) = (try PeerKeys.key("ecdsa256"), try PeerKeys.key("ed25519"))
    let draft = try CertificateDraft(
      of: try key.key, keyID: "page", principal: "alice", valid: 1..<2, authority: try authority.key)
    #expect(throws: SigningError.self) { try key.privateKey.certify(draft) }
    let other = try key.privateKey.sign(Self.message, namespace: "file").raw.blob
    #expect(throws: SigningError.self) { try draft.certificate(answer: other) }
    #expect(throws: SigningError.self) {
      try CertificateDraft(
        of: try key.certificate, keyID: "", principal: "a", valid: 1..<2, authority: try authority.key)
    }
    #expect(throws: SigningError.self) {
      try CertificateDraft(of: try key.key, keyID: "", principal: "", valid: 1..<2, authority: try authority.key)
    }
    // A nonce, so no two are alike.
    let again = try CertificateDraft(
      of: try key.key, keyID: "page", principal: "alice", valid: 1..<2, authority: try authority.key)
    #expect(again.signedData != draft.signedData)
  }
}
