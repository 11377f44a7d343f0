import Foundation
import Model
import Policy
import Testing

/// One way to get around an approval, and what must be said of it.
struct ApprovalAttack: CustomTestStringConvertible, Sendable {
  typealias Change = @Sendable (inout ApprovalBench) -> Void

  let testDescription: String
  /// The state that some signature gets; nil when the request itself is refused.
  let state: Approval.State?
  let change: Change

  init(_ name: String, _ state: Approval.State?, _ change: @escaping Change) {
    testDescription = name
    self.state = state
    self.change = change
  }

  static let all = statements + places + settings + people + keys + times + files + classes

  /// What ran is not what was signed.
  private static let statements = [
    ApprovalAttack("a byte of the statement", .mismatch) { $0.actions[0].text = ApprovalBench.alter + "0" },
    ApprovalAttack("a letter's case", .mismatch) { $0.actions[0].text.replace("risk_score", with: "risk_Score") },
    ApprovalAttack("a blank within", .mismatch) { $0.actions[0].text.replace("ADD COLUMN", with: "ADD  COLUMN") },
    ApprovalAttack("a comment within", .mismatch) { $0.actions[0].text.replace("ADD", with: "/**/ADD") },
    ApprovalAttack("a line break for a blank", .mismatch) { $0.actions[0].text.replace(" int", with: "\nint") },
    ApprovalAttack("a letter of another script", .mismatch) { $0.actions[0].text.replace("orders", with: "оrders") },
    ApprovalAttack("a character without width", .mismatch) {
      $0.actions[0].text.replace("orders", with: "orders\u{200B}")
    },
    ApprovalAttack("a mark that turns text round", .mismatch) { $0.actions[0].text += " \u{202E}" },
    ApprovalAttack("the same letter composed in another way", .mismatch) {
      $0.request.changes[0] = ApprovalChange(kind: "sql", text: "ALTER TABLE caf\u{E9} ADD COLUMN a int")
      $0.actions[0].text = "ALTER TABLE cafe\u{301} ADD COLUMN a int"
    },
    ApprovalAttack("a second statement behind it", .mismatch) { $0.actions[0].text += "; DROP TABLE customers" },
    ApprovalAttack("less than the statement", .mismatch) { $0.actions[0].text.removeLast(4) },
    ApprovalAttack("another parameter", .mismatch) { $0.actions[1].parameters = #"["50","8"]"# },
    ApprovalAttack("a parameter that is NULL", .mismatch) { $0.actions[1].parameters = #"["50",null]"# },
    ApprovalAttack("a parameter more", .mismatch) { $0.actions[1].parameters = #"["50","7","1"]"# },
    ApprovalAttack("no parameters", .mismatch) { $0.actions[1].parameters = nil },
    ApprovalAttack("another kind of action with the same text", nil) { $0.actions[0].kind = "exec" },
    ApprovalAttack("a text that was only inferred", nil) { $0.actions[0].isInferred = true },
    ApprovalAttack("more rows", .mismatch) {
      $0.request.changes[1].rowsAtMost = 1
      $0.actions[1].rowCount = 400
    },
    ApprovalAttack("rows that nobody counted", .mismatch) {
      $0.request.changes[1].rowsAtMost = 1
      $0.actions[1].rowCount = nil
    },
    ApprovalAttack("data where none was approved", .mismatch) {
      $0.request.changes[0].bodySHA256 = String(repeating: "0", count: 64)
    },
    ApprovalAttack("the second change first", .mismatch) { $0.actions.swapAt(0, 1) },
    ApprovalAttack("the second change after the first failed", .mismatch) {
      $0.actions[0].status = .error
      $0.actions[0].transaction = nil
    },
    ApprovalAttack("twice", .spent) { $0.actions += $0.actions },
    ApprovalAttack("three times where two were approved", .spent) {
      $0.request.uses = 2
      $0.actions += $0.actions + $0.actions
    },
  ]

  /// It ran elsewhere or as somebody else.
  private static let places = [
    ApprovalAttack("another server", .mismatch) { $0.session.server = "10.0.0.6:5432" },
    ApprovalAttack("another port", .mismatch) { $0.session.server = "10.0.0.5:5433" },
    ApprovalAttack("another database", .mismatch) { bench in
      for index in bench.actions.indices { bench.actions[index].identity.target = "billing" }
    },
    ApprovalAttack("another user", .mismatch) { bench in
      for index in bench.actions.indices { bench.actions[index].identity.user = "postgres" }
    },
    ApprovalAttack("approved for another target", .mismatch) { $0.request.place.target = "stage" },
    ApprovalAttack("approved for a target that there is not", .mismatch) { $0.request.place.target = "moon" },
    ApprovalAttack("approved for a server named with a pattern", .mismatch) {
      $0.request.place.target = nil
      $0.request.place.server = "*"
    },
    ApprovalAttack("another agent", .mismatch) {
      $0.request.agent = "claude-code"
      $0.prompt = PromptFacts(promptID: "p", human: nil, agent: "codex", confidence: 0.9, isAmbiguous: false)
    },
    ApprovalAttack("no agent that is known", .mismatch) { $0.request.agent = "claude-code" },
    ApprovalAttack("under another policy", .mismatch) { $0.request.policySHA256 = String(repeating: "0", count: 64) },
  ]

  /// What stood before it gave it another meaning.
  private static let settings = [
    ApprovalAttack("another search_path", .mismatch) {
      $0.actions.insert(set("SET search_path = evil, public", "search_path"), at: 0)
    },
    ApprovalAttack("another search_path by a function", .mismatch) {
      $0.actions.insert(set("SELECT set_config('search_path', 'evil', false)", "search_path", "SELECT"), at: 0)
    },
    ApprovalAttack("another role", .mismatch) { $0.actions.insert(set("SET ROLE postgres", "role"), at: 0) },
    ApprovalAttack("triggers switched off", .mismatch) {
      $0.actions.insert(set("SET session_replication_role = replica", "session_replication_role"), at: 0)
    },
    ApprovalAttack("a search_path for the transaction alone", .mismatch) {
      $0.actions.insert(set("SET LOCAL search_path = evil", "search_path"), at: 0)
    },
    ApprovalAttack("without the search_path that was approved with it", .mismatch) {
      $0.request.changes.insert(ApprovalChange(kind: "sql", text: "SET search_path = app"), at: 0)
    },
    ApprovalAttack("options of the connection", .mismatch) { $0.facts["options"] = "-c search_path=evil" },
    ApprovalAttack("a search_path the connection began with", .mismatch) { $0.facts["search_path"] = "evil" },
    ApprovalAttack("strings that mean something else", .mismatch) { $0.facts["standard_conforming_strings"] = "off" },
    ApprovalAttack("EXECUTE of something else", .mismatch) {
      $0.request.changes = [ApprovalChange(kind: "sql", text: "EXECUTE p")]
      $0.actions = [
        ApprovalBench.action("PREPARE p AS DELETE FROM orders", "PREPARE", .session),
        ApprovalBench.action("EXECUTE p", "EXECUTE", .write),
      ]
    },
    ApprovalAttack("EXECUTE of what nobody saw prepared", .mismatch) {
      $0.request.changes = [ApprovalChange(kind: "sql", text: "EXECUTE p")]
      $0.actions = [ApprovalBench.action("EXECUTE p", "EXECUTE", .write)]
    },
  ]

  private static func set(_ text: String, _ name: String, _ verb: String = "SET") -> Action {
    ApprovalBench.action(text, verb, .session, resources: [Resource("alter", "setting", name)])
  }

  /// The wrong people signed.
  private static let people = [
    ApprovalAttack("nobody signed", nil) { $0.signatures = [] },
    ApprovalAttack("who asked for it signed", .excluded) { $0.signatures = [.init(key: "lin")] },
    ApprovalAttack("who asked for it may approve, and signed", .own) { $0.request.requestedBy = "omar@shop.example" },
    ApprovalAttack("who asked for it signed with a second key", .own) {
      $0.request.requestedBy = "omar@shop.example"
      $0.signatures = [.init(key: "omar2")]
    },
    ApprovalAttack("who asked for it has the key under another name too", .own) {
      $0.signers.append(("lin@shop.example", "", "omar"))
    },
    ApprovalAttack("who asked for it, in capital letters", .own) { $0.request.requestedBy = "OMAR@shop.example" },
    ApprovalAttack("who ran it signed", .own) { bench in
      bench.request.place.user = nil
      for index in bench.actions.indices { bench.actions[index].identity.user = "omar" }
    },
    ApprovalAttack("who ran it under a name of his signed", .own) { bench in
      bench.request.place.user = nil
      for index in bench.actions.indices { bench.actions[index].identity.user = "omar_admin" }
    },
    ApprovalAttack("who told the agent to do it signed", .own) {
      $0.prompt = PromptFacts(
        promptID: "p", human: "omar@shop.example", agent: "codex", confidence: 0.9, isAmbiguous: false)
    },
    ApprovalAttack("two needed, one signed twice with two keys", .valid) {
      $0.policy.replace("{ from: dba }", with: "{ from: dba, count: 2 }")
      $0.signatures = [.init(key: "omar"), .init(key: "omar2")]
    },
    ApprovalAttack("two needed, one key under two names", .valid) {
      $0.policy.replace("{ from: dba }", with: "{ from: dba, count: 2 }")
      $0.signers.append(("ines@shop.example", "", "omar"))
      $0.signatures = [.init(key: "omar"), .init(key: "omar")]
    },
    ApprovalAttack("two needed, the same signature twice", .valid) {
      $0.policy.replace("{ from: dba }", with: "{ from: dba, count: 2 }")
      $0.signatures = [.init(key: "omar"), .init(key: "omar")]
    },
    ApprovalAttack("a name that looks like an administrator's", .excluded) {
      $0.signers.append(("оmar@shop.example", "", "eve"))
      $0.signatures = [.init(key: "eve")]
    },
    ApprovalAttack("somebody rejected it", .valid) { $0.signatures.append(.init(key: "ines", stance: .reject)) },
    ApprovalAttack("the signer took it back", .valid) { $0.signatures.append(.init(key: "omar", stance: .revoke)) },
    ApprovalAttack("an emergency that nobody may declare", .excluded) {
      $0.signatures = [.init(key: "omar", stance: .breakGlass)]
    },
    ApprovalAttack("an emergency without a review", .valid) { emergency(&$0, []) },
    ApprovalAttack("an emergency that the one who declared it reviews", .excluded) { emergency(&$0, ["oncall"]) },
    ApprovalAttack("an emergency that the one who asked reviews", .excluded) { emergency(&$0, ["lin"]) },
    ApprovalAttack("a review where there was no emergency", .excluded) {
      $0.signatures = [.init(key: "omar", stance: .review)]
    },
    ApprovalAttack("a key without a PIN where one is wanted", .excluded) {
      $0.policy.replace("{ from: dba }", with: "{ from: dba, verified: true }")
    },
  ]

  static func emergency(_ bench: inout ApprovalBench, _ reviewers: [String]) {
    bench.policy.replace(
      "namespace: shop.example }",
      with: "namespace: shop.example, time: unproven, break-glass: { from: duty, review-within: 24h } }")
    bench.asOf = nil
    bench.signatures =
      [.init(key: "oncall", stance: .breakGlass)] + reviewers.map { .init(key: $0, stance: .review) }
  }

  /// The keys are not what they should be.
  private static let keys = [
    ApprovalAttack("a key that nobody knows", .untrusted) { $0.signatures = [.init(key: "eve")] },
    ApprovalAttack("a revoked key", .revoked) { $0.revoked = ["omar"] },
    ApprovalAttack("a key that was out of its time", .expired) { $0.signers[1].options = #"valid-before="20261101Z""# },
    ApprovalAttack("a key that was not yet in force", .early) { $0.signers[1].options = #"valid-after="20261201Z""# },
    ApprovalAttack("a key for other namespaces", .untrusted) { $0.signers[1].options = #"namespaces="git""# },
    ApprovalAttack("a signature for git", .untrusted) { $0.signatures = [.init(key: "omar", namespace: "git")] },
    ApprovalAttack("a signature for another company", .untrusted) {
      $0.signatures = [.init(key: "omar", namespace: "approval@other.example")]
    },
    ApprovalAttack("a signature of another request", .untrusted) { bench in
      bench.edit = { text in text.replacing("title: Risk scores", with: "title: Risk score!") }
    },
  ]

  /// It was signed or used at the wrong time.
  private static let times = [
    ApprovalAttack("nothing says when it was signed", .undated) { $0.asOf = nil },
    ApprovalAttack("it was seen only after the action", .undated) { $0.asOf = Timestamp(utc: "2026-11-20T10:05:00Z") },
    ApprovalAttack("decided too late", .late) { $0.request.decideBy = Timestamp(utc: "2026-11-20T09:00:00Z") },
    ApprovalAttack("used too late", .expired) {
      $0.request.useBy = Timestamp(utc: "2026-11-20T09:59:59Z") ?? .epoch
    },
    ApprovalAttack("used too early", .early) { $0.request.useFrom = Timestamp(utc: "2026-11-20T11:00:00Z") },
    ApprovalAttack("used long after it was given", .expired) {
      $0.policy.replace("{ from: dba }", with: "{ from: dba, within: 5m }")
    },
    ApprovalAttack("without proof where a false date is claimed in its reason", .undated) {
      $0.request.reason = "approved on 2026-11-19"
      $0.asOf = nil
    },
  ]

  /// The file was changed.
  private static let files = [
    ApprovalAttack("the statement edited in the file", nil) {
      $0.edit = { $0.replacing("DEFAULT 0", with: "DEFAULT 1") }
    },
    ApprovalAttack("the number of uses edited", nil) { $0.edit = { $0.replacing("uses: 1", with: "uses: 9") } },
    ApprovalAttack("the file cut", nil) { $0.edit = { String($0.prefix(300)) } },
    ApprovalAttack("the last line cut", nil) { $0.edit = { String($0.dropLast(30)) + "\n" } },
    ApprovalAttack("the second change taken out", nil) { bench in
      bench.edit = { text in
        text.components(separatedBy: "\nchange 2").first ?? ""
      }
    },
    ApprovalAttack("a line that is not known", nil) {
      $0.edit = { $0.replacing("uses: 1", with: "uses: 1\nalso: all") }
    },
    ApprovalAttack("the user given twice", nil) {
      $0.edit = { $0.replacing("uses: 1", with: "user: postgres\nuses: 1") }
    },
    ApprovalAttack("line ends of Windows", nil) { $0.edit = { $0.replacing("\n", with: "\r\n") } },
    ApprovalAttack("blank lines at the end", nil) { $0.edit = { $0 + "\n\n" } },
    ApprovalAttack("the signature cut", nil) { $0.editSignatures = { String($0.prefix(150)) } },
    ApprovalAttack("a byte of the signature changed", nil) { bench in
      bench.editSignatures = { text in
        var lines = text.components(separatedBy: "\n")
        lines[2] = String(lines[2].reversed())
        return lines.joined(separator: "\n")
      }
    },
    ApprovalAttack("an empty signature", nil) { $0.editSignatures = { _ in "" } },
  ]

  /// Approvals of a shape.
  private static let classes = [
    ApprovalAttack("a shape where the policy takes none", .excluded) { shape(&$0, takes: false) },
    ApprovalAttack("another shape", nil) {
      shape(&$0, takes: true)
      $0.actions[0].fingerprint = "ffffffffffffffff"
      $0.actions[0].text = "DELETE FROM orders WHERE id = 7 OR true"
    },
    ApprovalAttack("a shape without a fingerprint on the action", nil) {
      shape(&$0, takes: true)
      $0.actions[0].fingerprint = nil
    },
  ]

  static func shape(_ bench: inout ApprovalBench, takes: Bool) {
    if takes { bench.policy.replace("namespace: shop.example }", with: "namespace: shop.example, classes: true }") }
    bench.request.changes = [
      ApprovalChange(kind: "sql", text: "DELETE FROM orders WHERE id = 1", fingerprint: "0123456789abcdef")
    ]
    bench.actions = [ApprovalBench.action("DELETE FROM orders WHERE id = 2", "DELETE", .write)]
    bench.actions[0].fingerprint = "0123456789abcdef"
  }
}
