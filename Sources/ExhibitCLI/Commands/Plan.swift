import ArgumentParser
import Foundation
import Model
import Policy
import Replay
import Store

/// `exhibit plan`
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write down the changes to approve: out of a migration's file, or of a rehearsal that was captured.",
    discussion: """
      The request is a text file. Others read it and sign it with ssh-keygen or exhibit approve; check then holds what \
      really ran against it.

        exhibit plan migrations/0042.sql --title "Risk scores" --requested-by lin@shop.example \\
          --target prod --use-by 2026-11-21T00:00:00Z --output approvals/0042.approval
        exhibit plan --case rehearsal.exhibit --title "Risk scores" --requested-by lin@shop.example \\
          --server 10.0.0.5:5432 --database shop --use-by 2026-11-21T00:00:00Z --output approvals/0042.approval
      """)

  @Argument(
    help: "SQL files, as psql -f takes them, in the order in which they run.", completion: .file(extensions: ["sql"]))
  var files: [String] = []
  @Option(
    name: .customLong("case"), help: ArgumentHelp("A rehearsal that was captured.", valueName: "file"),
    completion: .file())
  var casePath: String?
  @Option(help: ArgumentHelp("The session of the rehearsal, where there are several.", valueName: "id"))
  var session: String?
  @Option(help: "What it is for, in a few words.") var title: String
  @Option(help: "Who asks, as principal: lin@shop.example. He cannot approve it.") var requestedBy: String
  @Option(help: "The agent that will do it.") var agent: String?
  @Option(help: "Why.") var reason: String?
  @Option(help: "Where: a name under the policy's targets.") var target: String?
  @Option(help: "Where: host:port, as captures show it.") var server: String?
  @Option(help: "Which database.") var database: String?
  @Option(help: "As which user.") var user: String?
  @Option(help: "How often, all together.") var uses = 1
  @Option(help: ArgumentHelp("Signatures count until then (2026-11-20T02:14:03Z).", valueName: "time")) var decideBy:
    String?
  @Option(help: ArgumentHelp("It may run from then on.", valueName: "time")) var useFrom: String?
  @Option(help: ArgumentHelp("It may run until then.", valueName: "time")) var useBy: String
  @Option(
    help: ArgumentHelp("The policy: of a rehearsal, only what needs an approval by it is planned.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var policy: String?
  @Flag(help: "Void under any other policy than this one.") var bindPolicy = false
  @Flag(help: "Approve as many rows as the rehearsal touched, and no more.") var limitRows = false
  @Option(name: .shortAndLong, help: ArgumentHelp("The request's file.", valueName: "file"), completion: .file())
  var output: String

  func validate() throws {
    if files.isEmpty == (casePath == nil) { throw ValidationError("give SQL files, or --case with a rehearsal") }
    if target == nil, server == nil { throw ValidationError("say where: --target, or --server with --database") }
    if bindPolicy, policy == nil { throw ValidationError("--bind-policy needs --policy") }
    if !output.hasSuffix(".approval") { throw ValidationError("--output takes a name that ends in .approval") }
  }

  func run() throws {
    let document = try PolicyFile.read(policy)
    var planner = ApprovalPlanner()
    for file in files {
      guard let data = FileManager.default.contents(atPath: file) else { throw CommandError("\(file): cannot be read") }
      guard let text = String(validating: data, as: UTF8.self) else { throw CommandError("\(file): not UTF-8") }
      planner.add(script: text, file: file)
    }
    if let casePath { try rehearse(CaseFile(casePath, .read), document, &planner) }
    for omission in planner.omissions {
      StandardError.line("exhibit: not in the plan: \(TerminalText.oneLine(omission))")
    }
    guard !planner.changes.isEmpty else { throw CommandError("there is no change in it that could be approved") }
    let request = ApprovalRequest(
      title: title, requestedBy: requestedBy, agent: agent, reason: reason,
      place: .init(
        target: target, protocolName: planner.changes.allSatisfy { $0.kind == "sql" } ? "postgres" : nil,
        server: server, database: database, user: user),
      uses: uses, decideBy: try time(decideBy, "decide-by"), useFrom: try time(useFrom, "use-from"),
      useBy: try time(useBy, "use-by") ?? .epoch, policySHA256: bindPolicy ? document.sha256 : nil,
      settings: planner.settings, changes: planner.changes)
    let bytes = Array(request.text.utf8)
    // What cannot be read back is not worth a signature.
    _ = try ApprovalRequest(parsing: bytes, file: output)
    if let present = FileManager.default.contents(atPath: output), Array(present) != bytes {
      throw CommandError(
        "\(output): is there and asks for something else; signatures of it would be void; remove it first")
    }
    try ReportFile.write(bytes, to: output)
    RequestPage(request: request, file: output, domain: document.approvals.namespace).printPlan(
      isWhole: planner.omissions.isEmpty)
    if !planner.omissions.isEmpty { throw ExitCode(4) }
  }

  private func rehearse(_ file: CaseFile, _ document: PolicyDocument, _ planner: inout ApprovalPlanner) throws {
    let sessions = try file.sessions()
    let changed = sessions.filter { $0.changeCount > 0 }
    guard session != nil || changed.count <= 1 else {
      let ids = changed.prefix(8).map(\.id).joined(separator: ", ")
      throw CommandError("\(changed.count) sessions changed something; choose one with --session: \(ids)")
    }
    guard let id = session ?? changed.first?.id, let chosen = sessions.first(where: { $0.id == id }) else {
      throw CommandError("no session of the rehearsal changed anything; see: exhibit sessions --case \(file.path)")
    }
    let facts = try file.facts(ofSession: id)
    var reader = ActionFactReader(file)
    try file.forEachAction(session: id) { action in
      let outcome = try document.decide(action, in: chosen, prompt: nil, reading: &reader).outcome
      planner.add(
        action, isNeeded: outcome == .unapproved, facts: facts,
        body: action.hasRequestPayload ? try file.requestPayload(of: action.id)?.sha256 : nil, limitsRows: limitRows)
    }
  }

  private func time(_ text: String?, _ name: String) throws -> Timestamp? {
    guard let text else { return nil }
    guard let time = Timestamp(utc: text) else {
      throw ValidationError("--\(name) takes a time in UTC such as 2026-11-20T02:14:03Z")
    }
    return time
  }
}
