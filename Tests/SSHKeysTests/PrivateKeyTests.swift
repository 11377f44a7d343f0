import Foundation
import Testing

@testable import SSHKeys

@Suite(.enabled(if: SSHPeer.isPresent, SSHPeer.absence)) struct PrivateKeyTests {
  private func code(_ file: [UInt8]) -> SigningError.Code? {
    do {
      _ = try SSHPrivateKey(file: file)
      return nil
    } catch {
      return error.code
    }
  }

  @Test func `a key with a passphrase is left to ssh-agent`() throws {
    let file = try PeerKeys.shared().encrypted
    #expect { try SSHPrivateKey(file: file) } throws: {
      guard let error = $0 as? SigningError else { return false }
      return error.code == .encrypted && error.detail.contains("ssh-add") && error.detail.contains("SHA256:")
    }
  }

  @Test func `older forms are named as such`() throws {
    try SSHPeer.with { peer in
      try peer.write(try PeerKeys.key("rsa2048").file, to: "key")
      try peer.keygen("-q", "-p", "-m", "PEM", "-N", "", "-f", "key")
      #expect(code(try peer.read("key")) == .notPrivateKey)
      #expect(code([]) == .notPrivateKey)
      #expect(code(Array(try PeerKeys.key("rsa2048").publicLine.utf8)) == .notPrivateKey)
    }
  }

  @Test func `a certificate is carried, of this key only`() throws {
    let key = try PeerKeys.key("ed25519")
    let message = Array("approve\n".utf8)
    let made = try key.privateKey.sign(message, namespace: "file", certificate: try key.certificate)
    #expect(made.key.isCertificate)
    #expect(made.isValid(over: message))
    let other = try PeerKeys.key("other").certificate
    #expect { try key.privateKey.sign(message, namespace: "file", certificate: other) } throws: {
      ($0 as? SigningError)?.code == .otherKey
    }
    #expect(try key.privateKey.comment == "ed25519 of alice")
  }

  @Test func `files with CRLF`() throws {
    let key = try PeerKeys.key("ecdsa256")
    let text = String(decoding: key.file, as: UTF8.self).replacing("\n", with: "\r\n")
    let plain = try key.key
    #expect(try SSHPrivateKey(file: Array(text.utf8)).publicKey == plain)
  }

  @Test func `what libcrypto says of a failure is in the error`() throws {
    let key = try PeerKeys.key("rsa2048").key
    let secret = KeySecret.rsa(exponent: [3], p: [7], q: [11], coefficient: [2])
    #expect { try PrivateKeyHandle(secret, key).sign([1], hash: "no such hash") } throws: {
      guard let error = $0 as? SigningError else { return false }
      return error.code == .libcrypto && error.detail.contains("error:")
    }
  }
}
