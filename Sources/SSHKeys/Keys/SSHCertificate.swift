import Bytes

/// What an authority says of a key (OpenSSH PROTOCOL.certkeys). Its signature has been checked.
///
/// Critical options limit logins (a command, addresses); of signatures OpenSSH does not ask them, so callers see them
/// and decide.
public struct SSHCertificate: Hashable, Sendable {
  /// OpenSSH's `SSHKEY_CERT_MAX_PRINCIPALS`.
  static let principalLimit = 256
  /// OpenSSH defines fewer than ten of either kind.
  static let optionLimit = 256

  /// Whom a certificate is for.
  public enum Role: UInt32, Hashable, Sendable {
    case user = 1
    case host = 2
  }

  public let serial: UInt64
  public let role: Role
  /// Free text by which the authority knows it.
  public let keyID: String
  /// Empty stands for everyone where logins are meant; signatures are not accepted then.
  public let principals: [String]
  /// Seconds since 1970, the first at which it is valid.
  public let validAfter: UInt64
  /// Seconds since 1970, the first at which it is valid no more; `UInt64.max` for ever.
  public let validBefore: UInt64
  /// In order of the file; the content is as a rule a `string` of its own.
  public let criticalOptions: [Option]
  public let extensions: [Option]
  private let authorityType: SSHKeyType
  private let authorityMaterial: KeyMaterial

  /// A critical option or an extension.
  public struct Option: Hashable, Sendable {
    public let name: String
    public let content: [UInt8]
  }

  /// Who signed it.
  public var authority: SSHPublicKey { SSHPublicKey(type: authorityType, material: authorityMaterial) }

  /// ```
  /// string  type, nonce, then the key      read before
  /// uint64  serial
  /// uint32  role
  /// string  key id
  /// string  principals, each a string
  /// uint64  valid after, valid before
  /// string  critical options, each a name and its content
  /// string  extensions, each a name and its content
  /// string  reserved
  /// string  authority's key
  /// string  signature over all before it
  /// ```
  init(parsing reader: inout ByteReader, whole: Span<UInt8>) throws(DecodeError) {
    serial = try reader.readUInt64("serial")
    let number = try reader.readUInt32("certificate type")
    guard let role = Role(rawValue: number) else {
      throw DecodeError(.outOfRange, "certificate type", offset: reader.offset, expected: "1 or 2", found: "\(number)")
    }
    self.role = role
    keyID = try reader.readSSHText("key id")
    var names = ByteReader(try reader.readSSHString("principals"))
    var principals: [String] = []
    while !names.isAtEnd {
      guard principals.count < Self.principalLimit else {
        throw DecodeError(.overLimit, "principals", offset: reader.offset, expected: "\(Self.principalLimit)")
      }
      principals.append(try names.readSSHText("principal"))
    }
    self.principals = principals
    validAfter = try reader.readUInt64("valid after")
    validBefore = try reader.readUInt64("valid before")
    var critical = ByteReader(try reader.readSSHString("critical options"))
    criticalOptions = try Self.options(parsing: &critical)
    var others = ByteReader(try reader.readSSHString("extensions"))
    extensions = try Self.options(parsing: &others)
    _ = try reader.readSSHString("reserved")
    let authority = try SSHPublicKey(
      blob: try reader.readSSHString("authority"), allowsCertificate: false)
    (authorityType, authorityMaterial) = (authority.type, authority.material)
    let signed = whole.extracting(0..<reader.offset)
    let signature = try RawSignature(blob: try reader.readSSHString("certificate signature"))
    try reader.expectEnd("certificate")
    guard signature.algorithm != .rsaSHA1 else {
      throw DecodeError(
        .unsupported, "certificate signature", offset: signed.count, found: signature.algorithm.rawValue)
    }
    guard signature.isValid(over: signed.array, by: authority) else {
      throw DecodeError(.badCertificate, "certificate signature", offset: signed.count)
    }
  }

  private static func options(parsing reader: inout ByteReader) throws(DecodeError) -> [Option] {
    var options: [Option] = []
    while !reader.isAtEnd {
      guard options.count < optionLimit else {
        throw DecodeError(.overLimit, "options", offset: reader.offset, expected: "\(optionLimit)")
      }
      let name = try reader.readSSHText("option name")
      options.append(Option(name: name, content: try reader.readSSHString("option").array))
    }
    return options
  }

  /// What keeps it from standing for the principal at that time; any of its principals if none is asked for.
  public func problem(principal: String?, at time: UInt64) -> CertificateProblem? {
    if role != .user { return .notForUsers }
    if time < validAfter { return .notYetValid(validAfter: validAfter) }
    if time >= validBefore { return .expired(validBefore: validBefore) }
    if principals.isEmpty { return .withoutPrincipals }
    if let principal, !principals.contains(principal) { return .principalMissing }
    return nil
  }

  /// Whether signatures of the token count although nobody touched it.
  var excusesPresence: Bool { extensions.contains { $0.name == "no-touch-required" } }
}

extension DecodeError.Code {
  /// The authority did not sign the certificate.
  static let badCertificate: Self = "bad-certificate"
}
