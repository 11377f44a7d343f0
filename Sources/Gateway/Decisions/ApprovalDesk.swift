import Foundation
import Model
import Policy
import SSHKeys
import Synchronization

/// The approvals of the gateway's folder, for all its sessions: what is used up by one is used up for all.
final class ApprovalDesk: Sendable {
  /// The approvals of a folder as they are now.
  typealias Load =
    @Sendable (_ policy: PolicyDocument, _ seen: ([UInt8]) -> Timestamp?) throws -> (
      approvals: StandingApprovals, problems: [String]
    )

  /// What approvals say of a statement, all its parts together.
  struct Answer: Sendable {
    var isApproved: Bool
    /// Of the first part that is not approved; or who approved.
    var reason: String?
    /// Waiting does not help.
    var isFinal = false
    var uses: [ApprovalUse] = []
    /// The signatures that decided, or that are there so far.
    var voices: [ApprovalVoice] = []
  }

  private struct State {
    var approvals: StandingApprovals?
    var ledger: ApprovalLedger
    /// What the folder was like when it was read last.
    var mark: String?
    /// Why somebody rejected something, by his signature in armour.
    var reasons: [String: String] = [:]
  }

  private let folder: String
  /// What the policy's names of files are relative to.
  private let policyFolder: URL
  private let load: Load
  private let state: Mutex<State>

  /// - Throws: when what was used before cannot be read: it would count again.
  init(folder: String, policyFile: String, ledger: ApprovalLedger, load: @escaping Load) {
    self.folder = folder
    policyFolder = URL(filePath: policyFile).deletingLastPathComponent()
    self.load = load
    state = Mutex(State(approvals: nil, ledger: ledger, mark: nil))
  }

  /// Reads the folder again if anything in it, the policy, or who its signers are is not as it was.
  ///
  /// - Returns: what could not be used, when it was read.
  /// - Throws: what reading throws; then no approval counts until it can be read.
  func refresh(_ policy: PolicyDocument, at time: Timestamp) throws -> [String]? {
    let trusted = [
      policy.approvals.signersFile, policy.approvals.revokedFile, policy.approvals.timeStampFile,
    ].compactMap { $0.map { policyFolder.appending(path: $0) } }
    let mark = policy.sha256 + Self.mark(of: folder, and: trusted)
    return try state.withLock { state -> [String]? in
      guard state.mark != mark else { return nil }
      let spent = state.approvals?.spent ?? state.ledger.spent
      state.ledger.keep(spent)
      state.approvals = nil
      var ledger = state.ledger
      defer { state.ledger = ledger }
      var (approvals, problems) = try load(policy) { ledger.firstSeen($0, at: time) }
      approvals.restore(ledger.spent)
      state.approvals = approvals
      state.mark = mark
      return problems
    }
  }

  /// Asks for statements that need an approval, each with its rule; those of one request are approved together or not at all.
  func ask(
    _ judged: [StatementJudge.Judged], in session: Session, before: StandingApprovals.Before
  ) -> Answer {
    state.withLock { state in
      guard var trial = state.approvals else {
        return Answer(isApproved: false, reason: "the approvals cannot be read")
      }
      var answer = Answer(isApproved: true)
      var before = before
      for one in judged {
        if one.decision.outcome == .unapproved {
          let ruling = trial.ruling(
            one.action, in: session, rule: one.decision.rule, before: before, bodySHA256: one.bodySHA256)
          guard ruling.isApproved, let use = ruling.use else {
            // What waits is laid out as a request; that nobody signed it yet says no more than that there is none.
            return Answer(
              isApproved: false, reason: ruling.isUnsigned ? nil : ruling.reason, isFinal: ruling.isFinal,
              voices: ruling.voices)
          }
          answer.reason = ruling.reason
          answer.voices += ruling.voices
          answer.uses.append(use)
        } else {
          trial.pass(one.action)
        }
        before.add(one.action)
      }
      // On disk before it is used: what cannot be noted would count twice.
      guard state.ledger.note(answer.uses, 1) else {
        return Answer(isApproved: false, reason: "its use cannot be noted in the state folder")
      }
      state.approvals = trial
      return answer
    }
  }

  /// Reasons that are kept; each came with a signature that counts.
  private static let reasonLimit = 10_000

  func note(reason: String, of armored: String) {
    state.withLock { state in
      guard state.reasons.count < Self.reasonLimit else { return }
      state.reasons[armored] = reason
    }
  }

  /// What somebody who rejected something said besides.
  func reason(of voice: ApprovalVoice) -> String? { state.withLock { $0.reasons[voice.armored] } }

  /// Whose a signature is and what it says; nil while the approvals cannot be read.
  func signer(of signature: SSHSignature, over message: [UInt8], at time: Timestamp) -> StandingApprovals.Signer? {
    standing { $0.signer(of: signature, over: message, at: time) }
  }

  /// What the approvals of now say of something; nil while they cannot be read.
  func standing<Value: Sendable>(_ body: @Sendable (StandingApprovals) -> Value) -> Value? {
    state.withLock { $0.approvals.map(body) }
  }

  /// Lays a request where people sign it: `held/NAME.approval` in the folder.
  ///
  /// - Returns: its path; nil when the folder does not take it.
  func post(_ request: ApprovalRequest, name: String) -> String? {
    let held = folder + "/held"
    let path = "\(held)/\(name).approval"
    do {
      try FileManager.default.createDirectory(atPath: held, withIntermediateDirectories: true)
      try Data(request.text.utf8).write(to: URL(filePath: path), options: .atomic)
      return path
    } catch {
      return nil
    }
  }

  /// Takes a request away that nobody waits for any more; one that somebody signed stays, as evidence.
  func withdraw(_ path: String) {
    let file = URL(filePath: path)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path)) ?? []
    let isSigned = names.contains { $0.hasPrefix(file.lastPathComponent + ".") && $0.hasSuffix(".sig") }
    if !isSigned { try? FileManager.default.removeItem(at: file) }
  }

  /// Takes note of what needed no approval: changes that come after it in a request need not wait for it.
  func pass(_ judged: [StatementJudge.Judged]) {
    state.withLock { state in
      for one in judged { state.approvals?.pass(one.action) }
    }
  }

  func pass(sql text: String) { state.withLock { $0.approvals?.pass(sql: text) } }

  /// What was approved failed.
  func giveBack(_ uses: [ApprovalUse]) {
    guard !uses.isEmpty else { return }
    state.withLock { state in
      _ = state.ledger.note(uses, -1)
      for use in uses { state.approvals?.giveBack(use) }
    }
  }

  /// Names, sizes and times of the folder's files and of others.
  private static func mark(of folder: String, and others: [URL]) -> String {
    var lines: [String] = []
    let walk = FileManager.default.enumerator(
      at: URL(filePath: folder), includingPropertiesForKeys: [.contentModificationDateKey, .fileSizeKey])
    func add(_ url: URL) {
      let values = try? url.resourceValues(forKeys: [.contentModificationDateKey, .fileSizeKey])
      let time = values?.contentModificationDate?.timeIntervalSince1970 ?? 0
      lines.append("\(url.path) \(values?.fileSize ?? 0) \(time)")
    }
    while let url = walk?.nextObject() as? URL, lines.count < 200_000 { add(url) }
    // URLs keep what they once told.
    for other in others { add(URL(filePath: other.path)) }
    return lines.sorted().joined(separator: "\n")
  }
}
