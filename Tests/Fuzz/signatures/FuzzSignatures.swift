import Bytes
import SSHKeys

/// The first byte says what the rest is: 0 a blob of a signature, 1 an armored one, 2 allowed signers, 3 revoked keys, 4 a
/// key, 5 a line with a key, 6 a private key file, 7 an agent's answer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSignatures(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
  let all = unsafe Array(UnsafeBufferPointer(start: data, count: size))
  guard let kind = all.first else { return 0 }
  let bytes = Array(all.dropFirst())
  switch kind & 7 {
  case 0: if let signature = try? SSHSignature(blob: bytes.span) { check(signature) }
  case 1: if let signature = try? SSHSignature(armored: bytes) { check(signature) }
  case 2: checkSigners(bytes)
  case 3: if let revoked = try? RevokedKeys(bytes), let key { _ = revoked.revocation(of: key) }
  case 4: if let key = try? SSHPublicKey(blob: bytes.span) { check(key) }
  case 5: if let key = try? SSHPublicKey(line: String(decoding: bytes, as: UTF8.self)) { check(key) }
  case 6: checkPrivate(bytes)
  default: checkAnswer(bytes)
  }
  return 0
}

let message = Array("fuzz".utf8)
let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOBplxT5zHwAAYDF+6FNLzzl390Sa4EKITQ6PiV3Pj1/"
let key = try? SSHPublicKey(line: line)

func check(_ signature: SSHSignature) {
  check(signature.key)
  precondition((try? SSHSignature(blob: signature.blob.span)) == signature, "a blob that is not read as written")
  let armored = Array(signature.armored.utf8)
  precondition((try? SSHSignature(armored: armored)) == signature, "an armor that is not read as written")
  guard let signers = try? AllowedSigners(Array("* \(signature.key)\n* cert-authority \(line)\n".utf8)) else {
    preconditionFailure("signers that are not read")
  }
  precondition(signers.problems.isEmpty, "a key that is not read as written")
  let verifier = SignatureVerifier(allowedSigners: signers, demands: .none)
  let verdict = verifier.verify(message, signature: signature, principal: "a", namespace: signature.namespace, at: 1)
  precondition(verdict.isValid == signature.isValid(over: message), "the verdict is not that of the signature")
  precondition(!verifier.principals(for: signature, at: 1).isEmpty, "the line of the key is not found")
}

func check(_ key: SSHPublicKey) {
  precondition((try? SSHPublicKey(blob: key.blob.span)) == key, "a key that is not read as written")
  precondition((try? SSHPublicKey(line: key.description)) == key, "a line that is not read as written")
  precondition(!key.plain.isCertificate && key.plain.fingerprint == key.fingerprint, "another fingerprint")
}

func checkSigners(_ bytes: [UInt8]) {
  guard let signers = try? AllowedSigners(bytes) else { return }
  var last = 0
  for signer in signers.signers {
    precondition(signer.line > last, "lines out of order")
    last = signer.line
    check(signer.key)
    _ = signer.allows(principal: "alice@example.com")
    _ = signer.allows(namespace: "file")
  }
  let faulty = Set(signers.problems.filter { $0.severity == .error }.map(\.line))
  precondition(faulty.isDisjoint(with: signers.signers.map(\.line)), "a line that counts and does not")
}

func checkPrivate(_ bytes: [UInt8]) {
  guard let file = try? SSHPrivateKey(file: bytes) else { return }
  guard let made = try? file.sign(message, namespace: "file") else { return }
  precondition(made.isValid(over: message), "a signature that is not valid")
}

func checkAnswer(_ bytes: [UInt8]) {
  _ = try? AgentAnswer.bodyLength(parsing: bytes.span)
  guard let answer = try? AgentAnswer(body: bytes.span) else { return }
  switch answer {
  case .identities(let identities): identities.forEach { check($0.key) }
  case .signature(let blob):
    guard let key, let request = try? SigningRequest(message, namespace: "file", key: key) else { return }
    precondition((try? request.signature(answer: blob)) == nil, "a signature from nowhere")
  case .failure: break
  }
}
