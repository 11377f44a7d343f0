import Bytes
public import Evidence
public import Foundation
public import SSHKeys

/// A folder of a case, its reports and approvals, with a signed statement of all their digests.
public enum EvidenceBundle {
  /// The statement, in a DSSE envelope.
  public static let statementName = "statement.dsse.json"
  /// Files of a bundle.
  static let fileLimit = 100_000

  /// Signs what lies in the folder.
  ///
  /// - Parameters:
  ///   - folder: everything in it but the statement becomes a subject.
  ///   - result: how the case was judged.
  ///   - configuration: the policy, and the sources of the case.
  ///   - failed: ids of changes that were not acceptable.
  ///   - key: of Ed25519.
  /// - Throws: `BundleError`, `SigningError`.
  public static func sign(
    _ folder: URL, result: InTotoStatement.Result, configuration: [InTotoStatement.Resource], failed: [String],
    key: SSHPrivateKey
  ) throws {
    var subjects: [InTotoStatement.Resource] = []
    for name in try files(folder) where name != statementName {
      subjects.append(.init(name: name, sha256: try digest(folder.appending(path: name), name)))
    }
    let statement = InTotoStatement(
      subjects: subjects, result: result, configuration: configuration, failed: failed)
    var envelope = DSSEEnvelope(payloadType: InTotoStatement.payloadType, payload: statement.json)
    envelope.signatures = [
      .init(keyID: key.publicKey.fingerprint, bytes: try key.ed25519Signature(of: envelope.signedBytes))
    ]
    try Data(envelope.json).write(to: folder.appending(path: statementName))
  }

  /// Holds a bundle against its statement, and the statement against the key of who is believed to have signed it.
  ///
  /// - Returns: the statement.
  /// - Throws: `BundleError`, which names the first file that is not what was signed.
  public static func verify(_ folder: URL, signedBy key: SSHPublicKey) throws -> InTotoStatement {
    guard (try? folder.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true else {
      throw BundleError(folder.lastPathComponent, "is no folder that can be read", isBroken: false)
    }
    let place = folder.appending(path: statementName)
    guard let data = try? Data(contentsOf: place), data.count <= DSSEEnvelope.byteLimit else {
      throw BundleError(statementName, "is missing, so nothing in the folder is vouched for", isBroken: true)
    }
    let statement: InTotoStatement
    do {
      let envelope = try DSSEEnvelope(parsing: Array(data))
      guard envelope.payloadType == InTotoStatement.payloadType,
        envelope.signatures.contains(where: { key.isEd25519Signature($0.bytes, over: envelope.signedBytes) })
      else {
        throw BundleError(statementName, "is not signed by \(key.fingerprint), or was changed since", isBroken: true)
      }
      statement = try InTotoStatement(parsing: envelope.payload)
    } catch let error as AttestationError {
      throw BundleError(statementName, "\(error)", isBroken: true)
    }
    let present = try files(folder).filter { $0 != statementName }
    let names = Set(statement.subjects.map(\.name))
    for subject in statement.subjects.sorted(by: { $0.name < $1.name }) {
      guard isPlain(subject.name) else { throw BundleError(subject.name, "leads out of the folder", isBroken: true) }
      guard present.contains(subject.name) else { throw BundleError(subject.name, "is missing", isBroken: true) }
      let found = try digest(folder.appending(path: subject.name), subject.name)
      guard found == subject.sha256 else {
        throw BundleError(
          subject.name, "is not what was signed: SHA-256 \(found), signed \(subject.sha256)", isBroken: true)
      }
    }
    if let extra = present.first(where: { !names.contains($0) }) {
      throw BundleError(extra, "is in the folder and was not signed", isBroken: true)
    }
    return statement
  }

  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
  }

  /// Paths of all files, relative to the folder, sorted. A link is refused: what it leads to may change.
  private static func files(_ folder: URL) throws -> [String] {
    guard let walk = FileManager.default.enumerator(atPath: folder.path) else {
      throw BundleError(folder.lastPathComponent, "is no folder that can be read", isBroken: false)
    }
    var found: [String] = []
    while let name = walk.nextObject() as? String {
      let values = try folder.appending(path: name).resourceValues(forKeys: [.isSymbolicLinkKey, .isDirectoryKey])
      if values.isSymbolicLink == true { throw BundleError(name, "is a link; a bundle has none", isBroken: true) }
      if values.isDirectory != true { found.append(name) }
      guard found.count <= fileLimit else {
        throw BundleError(name, "is one of over \(fileLimit) files", isBroken: true)
      }
    }
    return found.sorted()
  }

  private static func digest(_ url: URL, _ name: String) throws -> String {
    guard let handle = FileHandle(forReadingAtPath: url.path) else {
      throw BundleError(name, "cannot be read", isBroken: false)
    }
    defer { try? handle.close() }
    let hash = SHA256()
    while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty { hash.update(Array(part).span) }
    return hash.finish().hex
  }
}

/// A bundle that is not what was signed, or cannot be read.
public struct BundleError: Error, Sendable, CustomStringConvertible {
  public let file: String
  public let detail: String
  /// Whether it speaks against the evidence; otherwise it could not be looked at.
  public let isBroken: Bool

  init(_ file: String, _ detail: String, isBroken: Bool) {
    self.file = file
    self.detail = detail
    self.isBroken = isBroken
  }

  public var description: String { "\(file): \(detail)" }
}
