import Bytes
import Foundation
import Testing

@testable import SSHKeys

/// Keys of security tokens, with a key in a file where the token would be.
struct SoftToken {
  let file: PeerKey
  let key: SSHPublicKey

  /// `ed25519` or `ecdsa256`.
  init(_ name: String, application: String = "ssh:") throws {
    file = try PeerKeys.key(name)
    switch try file.key.material {
    case .ed25519(let bytes, _):
      key = SSHPublicKey(type: .tokenEd25519, material: .ed25519(bytes, application: application))
    case .ecdsa(let point, _):
      key = SSHPublicKey(type: .tokenECDSA, material: .ecdsa(point: point, application: application))
    case .rsa: throw SSHPeer.Failure(description: "no token signs so")
    }
  }

  /// As PROTOCOL.u2f says of what a token signs.
  func sign(
    _ message: [UInt8], namespace: String = "file", flags: UInt8, counter: UInt32 = 7, as carried: SSHPublicKey? = nil
  ) throws -> SSHSignature {
    let request = try SigningRequest(message, namespace: namespace, key: carried ?? key)
    var writer = ByteWriter()
    writer.write(SHA256.digest(of: key.application ?? "").bytes)
    writer.write(flags)
    writer.write(counter)
    writer.write(SHA256.digest(of: request.signedData.span).bytes)
    let isECDSA = key.type == .tokenECDSA
    let handle = try PrivateKeyHandle(try file.privateKey.secret, try file.key)
    let made = try handle.sign(writer.bytes, hash: isECDSA ? "SHA256" : nil)
    let content = isECDSA ? ECDSASignature(der: made)?.blob ?? [] : made
    let raw = RawSignature(
      algorithm: isECDSA ? .tokenECDSA : .tokenEd25519, content: content,
      token: TokenUse(flags: flags, counter: counter))
    return SSHSignature(key: request.key, namespace: namespace, hash: request.hash, raw: raw)
  }
}

@Suite(.enabled(if: SSHPeer.isPresent, SSHPeer.absence)) struct TokenSignatureTests {
  private static let message = Array("approve\n".utf8)

  private func verdict(
    _ signature: SSHSignature, _ signers: String, _ demands: SignatureDemands = SignatureDemands()
  ) throws -> SignatureVerdict {
    let verifier = SignatureVerifier(allowedSigners: try AllowedSigners(Array(signers.utf8)), demands: demands)
    return verifier.verify(
      Self.message, signature: Array(signature.armored.utf8), principal: "alice", namespace: "file", at: 1_748_779_200)
  }

  @Test(arguments: ["ed25519", "ecdsa256"]) func `ssh-keygen and we accept the same`(_ name: String) throws {
    let token = try SoftToken(name)
    try SSHPeer.with { peer in
      try peer.write(Self.message, to: "message")
      try peer.write("alice \(token.key)\n", to: "allowed")
      try peer.write("\(token.key) comment\n", to: "key.pub")
      let words = try peer.keygen("-l", "-f", "key.pub").split(separator: " ")
      #expect(words.dropFirst().first == token.key.fingerprint[...])
      let right = try token.sign(Self.message, flags: 0x01)
      func changed(_ flags: UInt8, _ counter: UInt32) -> SSHSignature {
        let raw = RawSignature(
          algorithm: right.raw.algorithm, content: right.raw.content, token: TokenUse(flags: flags, counter: counter))
        return SSHSignature(key: token.key, namespace: "file", hash: .sha512, raw: raw)
      }
      let other = try SoftToken(name, application: "ssh:elsewhere")
      let moved = SSHSignature(key: other.key, namespace: "file", hash: .sha512, raw: right.raw)
      let signatures = [
        right, try token.sign(Self.message, flags: 0x05), try token.sign(Self.message, flags: 0x00),
        try token.sign(Self.message, flags: 0x01, counter: .max), changed(0x05, 7), changed(0x01, 8), changed(0x00, 7),
        try other.sign(Self.message, flags: 0x01), moved,
      ]
      for (index, signature) in signatures.enumerated() {
        #expect(try SSHSignature(armored: Array(signature.armored.utf8)) == signature)
        try peer.write(signature.armored, to: "signature-\(index)")
      }
      let codes = try peer.exits(
        signatures.indices.map {
          (["-Y", "verify", "-f", "allowed", "-I", "alice", "-n", "file", "-s", "signature-\($0)"], "message")
        })
      #expect(codes.map { $0 == 0 } == [true, true, true, true, false, false, false, false, false])
      for (index, signature) in signatures.enumerated() {
        let verdict = try verdict(signature, "alice \(token.key)\n", .none)
        #expect(verdict.isValid == (codes[index] == 0), "\(index): \(verdict)")
      }
    }
  }

  @Test(arguments: ["ed25519", "ecdsa256"]) func `presence and verification are told and demanded`(_ name: String)
    throws
  {
    let token = try SoftToken(name)
    let signers = "alice \(token.key)\n"
    for flags: UInt8 in [0x00, 0x01, 0x04, 0x05] {
      let signature = try token.sign(Self.message, flags: flags)
      let use = TokenUse(flags: flags, counter: 7)
      #expect(use.isUserPresent == (flags & 1 != 0))
      #expect(use.isUserVerified == (flags & 4 != 0))
      guard case .valid(let valid) = try verdict(signature, signers, .none) else {
        Issue.record("\(flags)")
        continue
      }
      #expect(valid.token == use)
      let present = try verdict(signature, signers)
      #expect(use.isUserPresent ? present.isValid : present == .userPresenceMissing(use))
      let verified = try verdict(signature, signers, SignatureDemands(userPresence: false, userVerification: true))
      #expect(use.isUserVerified ? verified.isValid : verified == .userVerificationMissing(use))
    }
  }

  @Test(arguments: ["ed25519", "ecdsa256"]) func `a certificate may excuse from touching`(_ name: String) throws {
    let token = try SoftToken(name)
    try SSHPeer.with { peer in
      let authority = try PeerKeys.key("authority")
      try peer.write(authority.file, to: "CA")
      try peer.write(authority.publicLine + "\n", to: "CA.pub")
      try peer.write(Self.message, to: "message")
      let signers = "* cert-authority \(authority.publicLine)\n"
      try peer.write(signers, to: "allowed")
      for excuses in [false, true] {
        try peer.write("\(token.key) comment\n", to: "key.pub")
        let options = excuses ? ["-O", "no-touch-required"] : []
        let run = (["-q", "-s", "CA", "-I", "token", "-n", "alice"] + options + ["key.pub"], "message")
        #expect(try peer.exits([run]) == [0])
        let certificate = try SSHPublicKey(line: try peer.readText("key-cert.pub"))
        #expect(certificate.plain == token.key)
        for flags: UInt8 in [0x00, 0x01] {
          let signature = try token.sign(Self.message, flags: flags, as: certificate)
          try peer.write(signature.armored, to: "signature")
          let check = (["-Y", "verify", "-f", "allowed", "-I", "alice", "-n", "file", "-s", "signature"], "message")
          #expect(try peer.exits([check]) == [0])
          #expect(try verdict(signature, signers, .none).isValid)
          #expect(try verdict(signature, signers).isValid == (excuses || flags == 1))
        }
      }
    }
  }
}
