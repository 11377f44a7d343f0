public import Evidence
public import Model
public import SSHKeys

/// Whose signatures count: allowed signers, revoked keys, time stamping authorities.
public struct ApprovalTrust {
  /// What a key is worth at a time.
  enum Standing: Equatable {
    /// It is that of these principals.
    case holds(Set<String>)
    case expired(String)
    case early(String)
    case revoked(String)
    case untrusted(String)
  }

  let signers: AllowedSigners
  let revoked: RevokedKeys
  let authorities: TimeStampAuthorities?
  let domain: String
  /// When all files were there, by the word of whoever checks.
  let asOf: Timestamp?
  private let people: PeopleIndex

  public init(
    signers: AllowedSigners, revoked: RevokedKeys, authorities: TimeStampAuthorities?, settings: ApprovalSettings,
    asOf: Timestamp?
  ) {
    self.signers = signers
    self.revoked = revoked
    self.authorities = authorities
    self.asOf = asOf
    domain = settings.namespace
    people = PeopleIndex(signers)
  }

  /// All names of the person who has one of these: who has a key under two names is one person.
  func person(_ names: Set<String>) -> Set<String> { people.person(names) }

  /// What a signature is worth at a time, and whose it is.
  func standing(of ballot: Ballot, at time: Timestamp, demands: SignatureDemands) -> Standing {
    let key = ballot.signature.key
    let verifier = SignatureVerifier(allowedSigners: signers, revoked: revoked, demands: demands)
    var names: Set<String> = []
    var refusal: Standing?
    for name in candidates(key) {
      let verdict = verifier.verify(
        ballot.message, signature: ballot.signature, principal: name, namespace: ballot.signature.namespace,
        at: time.seconds)
      if verdict.isValid { names.insert(name.lowercased()) } else { refusal = Self.worse(refusal, verdict) }
    }
    if !names.isEmpty { return .holds(names) }
    return refusal ?? .untrusted("nobody among the signers has the key \(ballot.key)")
  }

  /// The principals that a key may stand for: those that its lines name, and those that its certificate does.
  private func candidates(_ key: SSHPublicKey) -> [String] {
    var names: Set<String> = []
    for signer in signers.signers {
      if signer.isAuthority {
        if key.certificate?.authority == signer.key { names.formUnion(key.certificate?.principals ?? []) }
      } else if signer.key == key || signer.key == key.plain {
        names.formUnion(PeopleIndex.names(of: signer))
      }
    }
    return names.sorted()
  }

  /// Of two refusals the one that says more.
  private static func worse(_ known: Standing?, _ verdict: SignatureVerdict) -> Standing {
    let next: Standing =
      switch verdict {
      case .valid: .untrusted("")
      case .revoked: .revoked("the key was revoked")
      case .expired: .expired("the key was out of its time")
      case .notYetValid: .early("the key was not yet in force")
      case .badSignature: .untrusted("the signature is not of these bytes: the file was changed, or it is of another")
      case .malformed(let detail): .untrusted("the signature cannot be read: \(detail)")
      case .wrongNamespace(let found): .untrusted("the signature was made for \(found)")
      case .untrustedKey, .principalMismatch: .untrusted("nobody among the signers has the key")
      case .notForNamespace: .untrusted("the signer may not sign for this namespace")
      case .certificate(.expired, _): .expired("the certificate was out of its time")
      case .certificate(.notYetValid, _): .early("the certificate was not yet in force")
      case .certificate: .untrusted("the certificate is not one of the signer's")
      case .userPresenceMissing: .untrusted("nobody touched the security key")
      case .userVerificationMissing: .untrusted("the security key asked for no PIN and no finger")
      }
    guard let known else { return next }
    return rank(next) > rank(known) ? next : known
  }

  private static func rank(_ standing: Standing) -> Int {
    switch standing {
    case .holds: 4
    case .revoked: 3
    case .expired: 2
    case .early: 1
    case .untrusted: 0
    }
  }
}
