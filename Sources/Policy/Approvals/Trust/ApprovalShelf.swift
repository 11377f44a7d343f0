import Bytes
import Evidence
public import Model
import SSHKeys

/// All requests of a folder with their signatures, read and not yet judged.
public struct ApprovalShelf {
  /// Requests that are read.
  public static let requestLimit = 10_000
  /// Signatures under one request.
  public static let signatureLimit = 1_000

  public private(set) var requests: [SignedRequest] = []
  /// What could not be read: one line each, beginning with the file's name.
  public private(set) var problems: [String] = []

  private let trust: ApprovalTrust

  public init(trust: ApprovalTrust) { self.trust = trust }

  /// A file of signatures: SSHSIG in armour, one or several; and the time stamp of exactly its bytes.
  public struct SignatureFile {
    public var name: String
    public var bytes: [UInt8]
    public var timeStamp: [UInt8]?
    /// When whoever judges saw it first.
    public var seenAt: Timestamp?

    public init(name: String, bytes: [UInt8], timeStamp: [UInt8]?, seenAt: Timestamp? = nil) {
      self.name = name
      self.bytes = bytes
      self.timeStamp = timeStamp
      self.seenAt = seenAt
    }
  }

  /// Takes one request and the signature files that lie beside it. What cannot be read is told in `problems`, and counts
  /// for nothing.
  public mutating func add(_ bytes: [UInt8], file: String, signatures: [SignatureFile]) {
    guard requests.count < ApprovalShelf.requestLimit else {
      problems.append("\(file): not read: more than \(ApprovalShelf.requestLimit) requests")
      return
    }
    let request: ApprovalRequest
    do {
      request = try ApprovalRequest(parsing: bytes, file: file)
    } catch {
      problems.append("\(error)")
      return
    }
    let sha256 = SHA256.digest(of: bytes.span).hex
    guard !requests.contains(where: { $0.sha256 == sha256 }) else {
      problems.append("\(file): the same as another file here; it counts once")
      return
    }
    var ballots: [Ballot] = []
    for signature in signatures { ballots += read(signature, over: bytes) }
    requests.append(SignedRequest(file: file, sha256: sha256, request: request, ballots: ballots))
  }

  private mutating func read(_ file: SignatureFile, over message: [UInt8]) -> [Ballot] {
    let armours = Self.armours(file.bytes)
    if armours.isEmpty { problems.append("\(file.name): holds no SSH signature") }
    var stampedAt: Timestamp?
    var stampProblem: String?
    if let stamp = file.timeStamp {
      if let authorities = trust.authorities {
        do {
          stampedAt = try TimeStampToken.verify(stamp, of: file.bytes, by: authorities)
        } catch {
          stampProblem = "\(error)"
        }
      } else {
        stampProblem = "the policy names no time stamping authority"
      }
      if let stampProblem { problems.append("\(file.name): its time stamp proves nothing: \(stampProblem)") }
    }
    let provenAt = [stampedAt, trust.asOf, file.seenAt].compactMap(\.self).min()
    var ballots: [Ballot] = []
    for armour in armours.prefix(ApprovalShelf.signatureLimit) {
      do {
        let signature = try SSHSignature(armored: armour)
        ballots.append(
          Ballot(
            signature: signature, stance: Approval.Stance(namespace: signature.namespace, domain: trust.domain),
            stampedAt: stampedAt, stampProblem: stampProblem, provenAt: provenAt, seenAt: file.seenAt,
            message: message))
      } catch {
        problems.append("\(file.name): a signature cannot be read: \(error)")
      }
    }
    return ballots
  }

  /// The armoured signatures of a file, each from its first to its last line.
  private static func armours(_ bytes: [UInt8]) -> [[UInt8]] {
    let end = Array("-----END SSH SIGNATURE-----".utf8)
    var found: [[UInt8]] = []
    var current: [UInt8] = []
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: true) {
      current += line + [0x0A]
      if line.elementsEqual(end) || line.dropLast().elementsEqual(end) {
        found.append(current)
        current = []
      }
    }
    // Without its end it is still told that it cannot be read.
    if !current.isEmpty { found.append(current) }
    return found
  }
}
