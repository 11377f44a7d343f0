import Bytes
import Testing

@testable import SSHKeys

/// Nothing that is read traps, whatever it is; what is read is written as it was.
@Suite(.enabled(if: SSHPeer.isPresent, SSHPeer.absence)) struct MalformedTests {
  /// Every prefix, and every byte with each bit changed; of long ones with one bit changed.
  private func damage(_ bytes: [UInt8], _ body: ([UInt8]) throws -> Void) rethrows {
    for count in bytes.indices { try body(Array(bytes[..<count])) }
    for place in bytes.indices {
      for bit in bytes.count > 400 ? [place % 8] : Array(0..<8) {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        try body(changed)
      }
    }
    try body(bytes + [0])
  }

  @Test(arguments: ["ed25519", "ecdsa256", "ecdsa521", "rsa1024"]) func `blobs of signatures`(_ name: String) throws {
    let key = try PeerKeys.key(name)
    let message = Array("approve\n".utf8)
    let plain = try key.privateKey.sign(message, namespace: "file")
    var acceptedCount = 0
    damage(plain.blob) { bytes in
      guard let read = try? SSHSignature(blob: bytes.span), read.isValid(over: message) else { return }
      acceptedCount += 1
      // Only the version 0 and what is in the reserved field are not signed; the latter is empty here.
      #expect(read == plain, "\(bytes)")
    }
    #expect(acceptedCount <= 1)
    for count in plain.blob.indices {
      #expect(throws: DecodeError.self) { try SSHSignature(blob: plain.blob.span.extracting(0..<count)) }
    }
  }

  @Test(arguments: ["ed25519", "rsa1024"]) func `certificates`(_ name: String) throws {
    let certificate = try PeerKeys.key(name).certificate
    damage(certificate.blob) { bytes in
      #expect((try? SSHPublicKey(blob: bytes.span)) == nil, "\(bytes)")
    }
    #expect(try SSHPublicKey(blob: certificate.blob.span) == certificate)
  }

  @Test(arguments: ["ed25519", "ecdsa384", "rsa1024"]) func `keys`(_ name: String) throws {
    let key = try PeerKeys.key(name).key
    damage(key.blob) { bytes in
      guard let read = try? SSHPublicKey(blob: bytes.span) else { return }
      #expect(read != key)
      #expect((try? SSHPublicKey(blob: read.blob.span)) == read)
    }
  }

  @Test(arguments: ["ed25519", "ecdsa256", "rsa1024"]) func `private key files`(_ name: String) throws {
    let key = try PeerKeys.key(name)
    let message = Array("approve\n".utf8)
    for count in key.file.indices {
      let cut = Array(key.file[..<count])
      guard let read = try? SSHPrivateKey(file: cut) else { continue }
      #expect(key.file.count - count == 1, "only the last line break may be missing")
      #expect(read.publicKey == (try? key.key))
    }
    for place in key.file.indices {
      var changed = key.file
      changed[place] ^= 1
      guard let read = try? SSHPrivateKey(file: changed) else { continue }
      // A private number that is another one signs nothing: what is signed is checked.
      guard let made = try? read.sign(message, namespace: "file") else { continue }
      #expect(made.isValid(over: message))
    }
  }

  @Test func `lines of allowed signers`() throws {
    let key = try PeerKeys.key("ed25519").publicLine
    let line = Array("al*,!bob cert-authority,namespaces=\"fi\\\"le\",valid-after=\"20200101Z\" \(key)\n".utf8)
    damage(line) { bytes in
      guard let signers = try? AllowedSigners(bytes) else {
        Issue.record("\(bytes)")
        return
      }
      #expect(signers.signers.count <= 1)
      #expect(signers.signers.count + signers.problems.filter { $0.severity == .error }.count <= 2)
    }
  }

  @Test func `lists of revoked keys`() throws {
    try SSHPeer.with { peer in
      let certificate = try PeerKeys.key("ed25519").certificateLine
      try peer.write(try PeerKeys.key("authority").publicLine + "\n", to: "CA.pub")
      let lines = (1...40).map { "serial: \($0 * 2)\n" }.joined()
      try peer.write(
        lines + "serial: 1000-2000\nserial: 5000000000\nid: one\nid: two\nkey: \(certificate)\nsha1: \(certificate)\n"
          + "sha256: \(certificate)\n", to: "specification")
      try peer.keygen("-q", "-k", "-f", "list", "-s", "CA.pub", "-z", "99", "specification")
      let bytes = try peer.read("list")
      let key = try PeerKeys.key("ed25519").certificate
      damage(bytes) { _ = (try? RevokedKeys($0))?.revocation(of: key) }
      guard case .list(let list) = try RevokedKeys(bytes) else {
        Issue.record("not recognised")
        return
      }
      #expect(list.version == 99)
      #expect(list.revocation(of: key) != nil)
      let numbers = try #require(list.certificates.first).serials
      #expect(numbers.contains(2) && numbers.contains(80) && !numbers.contains(81) && !numbers.contains(3))
      #expect(numbers.contains(1000) && numbers.contains(1500) && numbers.contains(2000) && !numbers.contains(2001))
      #expect(numbers.contains(5_000_000_000))
    }
  }

  @Test func `answers of an agent`() throws {
    let key = try PeerKeys.key("ed25519")
    var writer = ByteWriter()
    writer.write(AgentMessage.identitiesAnswer)
    writer.write(UInt32(2))
    for blob in [try key.key.blob, [0, 0, 0, 1, 0x78]] {
      writer.writeSSHString(blob)
      writer.writeSSHString("comment")
    }
    let expected = AgentAnswer.identities([AgentIdentity(key: try key.key, comment: "comment")])
    #expect(try AgentAnswer(body: writer.bytes.span) == expected)
    damage(writer.bytes) { _ = try? AgentAnswer(body: $0.span) }
    for count in writer.bytes.indices {
      #expect(throws: DecodeError.self) { try AgentAnswer(body: writer.bytes.span.extracting(0..<count)) }
    }
    #expect(try AgentAnswer(body: [5].span) == .failure)
    #expect(throws: DecodeError.self) { try AgentAnswer(body: [6].span) }
    #expect(throws: DecodeError.self) { try AgentAnswer.bodyLength(parsing: [0, 4, 0, 1].span) }
    #expect(throws: DecodeError.self) { try AgentAnswer.bodyLength(parsing: [0, 0, 0, 0].span) }
    #expect(try AgentAnswer.bodyLength(parsing: [0, 4, 0, 0].span) == AgentMessage.byteLimit)
    let request = try SigningRequest([], namespace: "file", key: try key.key)
    var answer = ByteWriter()
    answer.write(AgentMessage.signResponse)
    answer.writeSSHString(try key.privateKey.sign([], namespace: "file").raw.blob)
    damage(answer.bytes) { bytes in
      guard case .signature(let blob) = try? AgentAnswer(body: bytes.span) else { return }
      #expect((try? request.signature(answer: blob)) == nil)
    }
  }
}
