import Evidence
public import Foundation
public import Model
public import Policy
import SSHKeys

/// The approvals of a folder: requests `*.approval`, signatures `NAME.approval.sig` and `NAME.approval.*.sig` beside them,
/// and time stamps `….sig.tsr` of those. Read once, judged by `ApprovalBook`.
public struct ApprovalFolder {
  /// Bytes of one file of signatures.
  static let signatureByteLimit = 1 << 20
  /// Bytes of a list of keys or certificates.
  static let keyByteLimit = 64 << 20

  public let shelf: ApprovalShelf
  public let trust: ApprovalTrust
  /// What was not read, or not as it stands: one line each.
  public let problems: [String]

  /// - Parameters:
  ///   - folder: where the requests lie; files in folders below it too.
  ///   - policy: what it says of approvals.
  ///   - base: what the file names of the policy are relative to.
  ///   - signersFile: takes the place of the policy's.
  ///   - asOf: when all files were there, by the word of whoever asks.
  ///   - seen: when whoever asks saw a file of signatures with these bytes first; they are no later.
  /// - Throws: `ApprovalFolderError` for what the policy names and is not there or cannot be read: without it, nothing counts.
  public init(
    _ folder: URL, policy: PolicyDocument, base: URL, signersFile: URL? = nil, asOf: Timestamp?,
    seen: (([UInt8]) -> Timestamp?)? = nil
  ) throws(ApprovalFolderError) {
    let settings = policy.approvals
    guard let signersURL = signersFile ?? settings.signersFile.map({ base.appending(path: $0) }) else {
      throw ApprovalFolderError(
        "\(policy.name): names no signers; write approvals: { signers: allowed_signers }, or give --allowed-signers")
    }
    let signers: AllowedSigners
    var revoked = RevokedKeys.none
    do {
      signers = try AllowedSigners(try Self.bytes(signersURL, limit: Self.keyByteLimit))
      if let name = settings.revokedFile {
        revoked = try RevokedKeys(try Self.bytes(base.appending(path: name), limit: Self.keyByteLimit))
      }
    } catch let error as ApprovalFolderError {
      throw error
    } catch {
      throw ApprovalFolderError("\(signersURL.lastPathComponent), or the revoked keys: \(error)")
    }
    var authorities: TimeStampAuthorities?
    if let name = settings.timeStampFile {
      let bytes = try Self.bytes(base.appending(path: name), limit: TimeStampAuthorities.byteLimit)
      guard let read = TimeStampAuthorities(pem: bytes) else {
        throw ApprovalFolderError("\(name): no certificate in it; give those of the time stamping authority in PEM")
      }
      authorities = read
    }
    trust = ApprovalTrust(
      signers: signers, revoked: revoked, authorities: authorities, settings: settings, asOf: asOf)
    var shelf = ApprovalShelf(trust: trust)
    var problems = signers.problems.map { "\(signersURL.lastPathComponent): \($0)" }
    let files = try Self.files(folder)
    for (path, url) in files where path.hasSuffix(".approval") {
      do {
        let bytes = try Self.bytes(url, limit: 8 << 20)
        shelf.add(bytes, file: path, signatures: try Self.signatures(of: path, files, &problems, seen))
      } catch {
        problems.append("\(error)")
      }
    }
    self.shelf = shelf
    self.problems = problems + shelf.problems
  }

  /// Path relative to the folder, and place, in the order of paths.
  private static func files(_ folder: URL) throws(ApprovalFolderError) -> [(path: String, url: URL)] {
    guard (try? folder.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true,
      let walk = FileManager.default.enumerator(atPath: folder.path)
    else { throw ApprovalFolderError("\(folder.path): is no folder that can be read; give that of the approvals") }
    var found: [(path: String, url: URL)] = []
    while let path = walk.nextObject() as? String {
      found.append((path, folder.appending(path: path)))
      guard found.count <= 200_000 else { throw ApprovalFolderError("\(folder.path): more than 200,000 files in it") }
    }
    return found.sorted { $0.path < $1.path }
  }

  private static func signatures(
    of path: String, _ files: [(path: String, url: URL)], _ problems: inout [String], _ seen: (([UInt8]) -> Timestamp?)?
  ) throws(ApprovalFolderError) -> [ApprovalShelf.SignatureFile] {
    var found: [ApprovalShelf.SignatureFile] = []
    for (name, url) in files where name.hasPrefix(path + ".") && name.hasSuffix(".sig") {
      let stamp = files.first { $0.path == name + ".tsr" }
      let content = try bytes(url, limit: signatureByteLimit)
      found.append(
        ApprovalShelf.SignatureFile(
          name: name, bytes: content,
          timeStamp: try stamp.map { file throws(ApprovalFolderError) in
            try bytes(file.url, limit: TimeStampToken.byteLimit)
          }, seenAt: seen?(content)))
    }
    return found
  }

  private static func bytes(_ url: URL, limit: Int) throws(ApprovalFolderError) -> [UInt8] {
    guard let handle = FileHandle(forReadingAtPath: url.path), let data = try? handle.read(upToCount: limit + 1) else {
      // An empty file gives nothing.
      if FileManager.default.isReadableFile(atPath: url.path) { return [] }
      throw ApprovalFolderError("\(url.path): cannot be read; check the path and its permissions")
    }
    guard data.count <= limit else { throw ApprovalFolderError("\(url.path): over \(limit >> 10) KiB") }
    return Array(data)
  }
}

/// Approvals that cannot be used: one line.
public struct ApprovalFolderError: Error, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
