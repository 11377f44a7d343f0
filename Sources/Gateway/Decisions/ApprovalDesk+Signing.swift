import Foundation
import Model
import Policy
import SSHKeys

/// Signatures that come by the gateway's socket.
extension ApprovalDesk {
  /// A signature that was taken.
  struct Signed: Sendable {
    var stance: Approval.Stance
    var name: String
    /// Fingerprint.
    var key: String
  }

  /// Why one was not.
  struct SigningProblem: Error {
    var reason: String
    /// It is the gateway that cannot.
    var isOurs = false
  }

  /// Signatures under one request that come by the socket.
  private static let signatureLimit = 64

  /// Puts a signature beside the request, if it is of somebody among the signers and over exactly that request.
  func take(
    _ armored: [UInt8], reason: String, under posted: HeldRequest.Posted, at time: Timestamp
  ) throws(SigningProblem) -> Signed {
    let signature: SSHSignature
    do { signature = try SSHSignature(armored: armored) } catch {
      throw SigningProblem(reason: "the signature cannot be read: \(error)")
    }
    let signed = try weigh(signature, under: posted, at: time)
    guard signed.stance != .reject || !reason.isEmpty else {
      throw SigningProblem(reason: "a rejection needs a reason")
    }
    if signed.stance == .reject { note(reason: reason, of: signature.armored) }
    let place = place(of: signed, under: posted)
    guard !FileManager.default.fileExists(atPath: place) else { return signed }
    let file = URL(filePath: posted.file)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path)) ?? []
    guard names.count(where: { $0.hasPrefix(file.lastPathComponent) && $0.hasSuffix(".sig") }) < Self.signatureLimit
    else { throw SigningProblem(reason: "there are \(Self.signatureLimit) signatures under it already") }
    do {
      try Data(signature.armored.utf8).write(to: URL(filePath: place), options: .atomic)
    } catch {
      throw SigningProblem(reason: "the folder of approvals does not take it: \(error)", isOurs: true)
    }
    return signed
  }

  private func weigh(
    _ signature: SSHSignature, under posted: HeldRequest.Posted, at time: Timestamp
  ) throws(SigningProblem) -> Signed {
    guard let standing = signer(of: signature, over: posted.message, at: time) else {
      throw SigningProblem(reason: "the approvals cannot be read; see the gateway's log", isOurs: true)
    }
    switch standing {
    case .refused(let why): throw SigningProblem(reason: why)
    case .holds(let stance, let name): return Signed(stance: stance, name: name, key: signature.key.plain.fingerprint)
    }
  }

  /// The signatures beside a request that count for something, in the order of their names.
  func signatures(under posted: HeldRequest.Posted, at time: Timestamp) -> [Signed] {
    let file = URL(filePath: posted.file)
    let folder = file.deletingLastPathComponent()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let own = names.filter { $0.hasPrefix(file.lastPathComponent + ".") && $0.hasSuffix(".sig") }.sorted()
    return own.prefix(Self.signatureLimit).compactMap { name in
      guard let data = FileManager.default.contents(atPath: folder.appending(path: name).path),
        let signature = try? SSHSignature(armored: Array(data)),
        case .holds(let stance, let person)? = signer(of: signature, over: posted.message, at: time)
      else { return nil }
      return Signed(stance: stance, name: person, key: signature.key.plain.fingerprint)
    }
  }

  /// Where the signature lies: one place for each key and what it says.
  func place(of signed: Signed, under posted: HeldRequest.Posted) -> String {
    let digits = signed.key.dropFirst(7).filter { $0.isLetter || $0.isNumber }.prefix(16)
    return "\(posted.file).\(signed.stance.rawValue)-\(digits).sig"
  }
}
