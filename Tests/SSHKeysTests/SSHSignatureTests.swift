import Bytes
import Foundation
import TestKit
import Testing

@testable import SSHKeys

/// Signatures both ways between us and ssh-keygen.
@Suite(.enabled(if: SSHPeer.isPresent, SSHPeer.absence)) struct SSHSignatureTests {
  private static let message = Array("approve: DELETE FROM orders WHERE id = 1\n".utf8)

  private func verification(_ peer: SSHPeer, _ signature: String) -> (arguments: [String], input: String) {
    (["-Y", "verify", "-f", "allowed", "-I", "alice", "-n", "approval@example.com", "-s", signature], "message")
  }

  @Test(arguments: PeerKeys.names) func `ssh-keygen accepts what we sign`(_ name: String) throws {
    let key = try PeerKeys.key(name)
    try SSHPeer.with { peer in
      try peer.write(Self.message, to: "message")
      try peer.write("alice \(key.publicLine)\n", to: "allowed")
      var runs: [(arguments: [String], input: String)] = []
      for hash in SignatureHash.allCases {
        for (index, message) in [Self.message, Self.message + [0]].enumerated() {
          let made = try key.privateKey.sign(message, namespace: "approval@example.com", hash: hash)
          #expect(made.isValid(over: message))
          try peer.write(made.armored, to: "\(hash)-\(index)")
          runs.append(verification(peer, "\(hash)-\(index)"))
        }
      }
      #expect(try peer.exits(runs).map { $0 == 0 } == [true, false, true, false])
    }
  }

  @Test(arguments: PeerKeys.names) func `we accept what ssh-keygen signs, and write it as it does`(_ name: String)
    throws
  {
    let key = try PeerKeys.key(name)
    try SSHPeer.with { peer in
      try peer.write(key.file, to: "key")
      try peer.write(Self.message, to: "message")
      let plain = try key.key
      for hash in SignatureHash.allCases {
        let text = try peer.keygen(
          "-Y", "sign", "-f", "key", "-n", "approval@example.com", "-Ohashalg=\(hash)", input: "message")
        let signature = try SSHSignature(armored: Array(text.utf8))
        #expect(signature.key == plain)
        #expect(signature.namespace == "approval@example.com")
        #expect(signature.hash == hash)
        #expect(signature.isValid(over: Self.message))
        #expect(!signature.isValid(over: Self.message.dropLast()))
        #expect(signature.armored == text)
        let own = try key.privateKey.sign(Self.message, namespace: "approval@example.com", hash: hash)
        // ECDSA signs with a random number, the others give the same each time.
        #expect((own == signature) == !name.hasPrefix("ecdsa"))
        #expect(signature.algorithm == (name.hasPrefix("rsa") ? "rsa-sha2-512" : plain.type.rawValue))
      }
    }
  }

  @Test(arguments: PeerKeys.names) func `fingerprints, key ids and numbers are those of ssh-keygen`(_ name: String)
    throws
  {
    let key = try PeerKeys.key(name)
    try SSHPeer.with { peer in
      try peer.write(key.publicLine + "\n", to: "key.pub")
      let plain = try key.key
      let authority = try PeerKeys.key("authority").key
      let words = try peer.keygen("-l", "-f", "key.pub").split(separator: " ")
      #expect(words.dropFirst().first == plain.fingerprint[...])
      #expect(key.publicLine.hasPrefix(plain.description + " "))
      let certificate = try key.certificate
      #expect(certificate.fingerprint == plain.fingerprint)
      #expect(certificate.plain == plain)
      #expect(certificate != plain)
      let facts = try #require(certificate.certificate)
      #expect(facts.keyID == "\(name) of alice")
      #expect(facts.serial == 7)
      #expect(facts.role == .user)
      #expect(facts.principals == ["alice", "bob"])
      #expect(facts.validAfter == 1_577_836_800)
      #expect(facts.validBefore == 1_893_456_000)
      #expect(facts.criticalOptions.isEmpty)
      #expect(facts.extensions.map(\.name).contains("permit-pty"))
      #expect(facts.authority == authority)
      #expect(key.certificateLine.hasPrefix(certificate.description + " "))
    }
  }

  @Test func `a signature with another key, namespace or hash in it is not valid`() throws {
    let keys = try ["ed25519", "ecdsa256", "rsa2048"].map { try PeerKeys.key($0) }
    for key in keys {
      let made = try key.privateKey.sign(Self.message, namespace: "file")
      for other in keys where other.name != key.name {
        let moved = SSHSignature(key: try other.key, namespace: "file", hash: .sha512, raw: made.raw)
        #expect(!moved.isValid(over: Self.message))
        #expect(throws: DecodeError.self) { try SSHSignature(blob: moved.blob.span) }
      }
      for (namespace, hash) in [("git", SignatureHash.sha512), ("file", .sha256)] {
        let moved = SSHSignature(key: try key.key, namespace: namespace, hash: hash, raw: made.raw)
        #expect(try SSHSignature(blob: moved.blob.span) == moved)
        #expect(!moved.isValid(over: Self.message))
      }
    }
  }

  @Test func `namespaces that cannot be are not signed`() throws {
    let key = try PeerKeys.key("ed25519").privateKey
    for name in ["", "a\0", String(repeating: "n", count: SSHSignature.namespaceLimit + 1)] {
      #expect { try key.sign([], namespace: name) } throws: { ($0 as? SigningError)?.code == .badNamespace }
    }
  }

  @Test func `messages of any length`() throws {
    let key = try PeerKeys.key("ed25519").privateKey
    for count in [0, 1, 1 << 20] {
      let message = [UInt8](repeating: 0x61, count: count)
      let made = try key.sign(message, namespace: "file", hash: .sha256)
      #expect(made.isValid(over: message))
      #expect(!made.isValid(over: message + [0]))
    }
  }
}

/// Signatures of the corpus, made elsewhere.
@Suite(.enabled(if: Corpus.isPresent, "\(Corpus.absence)")) struct SignatureCorpusTests {
  private func read(_ name: String) throws -> [UInt8] {
    let folder = try #require(Corpus.root).appending(path: "tlog/vectors/sshsig")
    return Array(try Data(contentsOf: folder.appending(path: name)))
  }

  @Test func `the vector's approval is valid in its time and for its namespace`() throws {
    let signers = try AllowedSigners(try read("allowed_signers"))
    #expect(signers.problems.isEmpty)
    #expect(signers.signers.count == 1)
    let revoked = try RevokedKeys(try read("revoked_keys"))
    let message = try read("approval.json")
    let signature = try read("approval.json.sig")
    let verifier = SignatureVerifier(allowedSigners: signers)
    func verdict(_ namespace: String = "approval@replay.example", at time: Int64 = 1_767_225_600) -> SignatureVerdict {
      verifier.verify(message, signature: signature, principal: "alice@example.com", namespace: namespace, at: time)
    }
    #expect(verdict().isValid)
    #expect(verdict("file") == .wrongNamespace(found: "approval@replay.example"))
    #expect(verdict(at: 1_735_689_599) == .notYetValid(line: 1, validAfter: 1_735_689_600))
    #expect(verdict(at: 1_735_689_600).isValid)
    #expect(verdict(at: 1_893_456_000).isValid)
    #expect(verdict(at: 1_893_456_001) == .expired(line: 1, validBefore: 1_893_456_000))
    let strict = SignatureVerifier(allowedSigners: signers, revoked: revoked)
    #expect(
      strict.verify(
        message, signature: signature, principal: "alice@example.com", namespace: "approval@replay.example",
        at: 1_767_225_600) == .revoked(.key))
  }
}
