import Bytes
import Foundation
import Testing

@testable import SSHKeys

/// What ssh-keygen accepts and we do not: all of it is in docs/formats/approval-signatures.md.
@Suite(.enabled(if: SSHPeer.isPresent, SSHPeer.absence)) struct StricterTests {
  private static let message = Array("approve\n".utf8)

  private func compare(_ signers: String, _ signature: String) throws -> (ours: SignatureVerdict, theirs: Bool) {
    try SSHPeer.with { peer in
      try peer.write(Self.message, to: "message")
      try peer.write(signers, to: "allowed")
      try peer.write(signature, to: "signature")
      let run = (["-Y", "verify", "-f", "allowed", "-I", "alice", "-n", "file", "-s", "signature"], "message")
      let code = try peer.exits([run])[0]
      let verifier = SignatureVerifier(allowedSigners: try AllowedSigners(Array(signers.utf8)))
      let ours = verifier.verify(
        Self.message, signature: Array(signature.utf8), principal: "alice", namespace: "file", at: 1_748_779_200)
      return (ours, code == 0)
    }
  }

  private func armor(_ blob: [UInt8]) -> String {
    "-----BEGIN SSH SIGNATURE-----\n\(Base64.encode(blob))\n-----END SSH SIGNATURE-----\n"
  }

  @Test func `NUL at the end of a namespace or of the armor`() throws {
    let key = try PeerKeys.key("ed25519")
    let blob = try key.privateKey.sign(Self.message, namespace: "file").blob
    let name = Array("\0\0\0\u{4}file".utf8)
    let place = try #require(TextPattern.end(of: name, in: blob[...]))
    let longer = Array(blob[..<(place - name.count)]) + Array("\0\0\0\u{5}file\0".utf8) + Array(blob[place...])
    let first = try compare("alice \(key.publicLine)\n", armor(longer))
    #expect(first.theirs)
    guard case .malformed = first.ours else {
      Issue.record("\(first.ours)")
      return
    }
    let second = try compare(
      "alice \(key.publicLine)\n", armor(blob).replacing("\n-----END", with: "\u{0}\n-----END"))
    #expect(second.theirs)
    #expect(!second.ours.isValid)
  }

  @Test func `certificates that an authority signed with SHA-1`() throws {
    try SSHPeer.with { peer in
      let authority = try PeerKeys.key("rsa2048")
      let key = try PeerKeys.key("ed25519")
      try peer.write(authority.file, to: "CA")
      try peer.write(authority.publicLine + "\n", to: "CA.pub")
      for (algorithm, isAccepted) in [("rsa-sha2-256", true), ("rsa-sha2-512", true), ("ssh-rsa", false)] {
        try peer.write(key.publicLine + "\n", to: "key.pub")
        try peer.keygen("-q", "-s", "CA", "-t", algorithm, "-I", "x", "-n", "alice", "key.pub")
        let line = try peer.readText("key-cert.pub")
        let error: DecodeError?
        do throws(DecodeError) {
          _ = try SSHPublicKey(line: line)
          error = nil
        } catch let refusal {
          error = refusal
        }
        #expect((error == nil) == isAccepted, "\(algorithm)")
        #expect(isAccepted || error?.found.contains("ssh-rsa") == true)
      }
    }
  }

  @Test func `local time counts as UTC and is told`() throws {
    let key = try PeerKeys.key("ed25519")
    let signers = try AllowedSigners(
      Array("# x\nalice valid-after=\"20200101\",valid-before=\"20300101Z\" \(key.publicLine)\nbob rubbish\n".utf8))
    #expect(signers.signers.map(\.validAfter) == [1_577_836_800])
    #expect(signers.signers.map(\.line) == [2])
    #expect(signers.problems.map(\.line) == [2, 3])
    #expect(signers.problems.map(\.severity) == [.warning, .error])
    #expect(signers.problems.first?.description == "line 2: time without Z is local time to ssh-keygen, UTC here")
  }
}
