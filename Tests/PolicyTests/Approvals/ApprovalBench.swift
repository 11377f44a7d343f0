import Bytes
import Foundation
import Model
import Policy
import SSHKeys
import TestKit

/// A migration that was asked for, signed and run, in memory; a test changes what it likes before it is judged.
struct ApprovalBench {
  /// When the first action runs; each runs a second after the one before.
  static let start = Timestamp(utc: "2026-11-20T10:00:00Z") ?? .epoch
  static let alter = "ALTER TABLE orders ADD COLUMN risk_score int NOT NULL DEFAULT 0"
  static let update = "UPDATE orders SET risk_score = $1 WHERE id = $2"
  static let domain = "shop.example"
  static let people = ["lin", "omar", "omar2", "ines", "eve", "oncall"]

  struct Signature {
    var key: String
    var stance = Approval.Stance.approve
    var namespace: String?
  }

  var policy = """
    version: 1
    targets:
      prod: { protocol: postgres, database: shop, server: "10.0.0.5:5432" }
      stage: { protocol: postgres, database: shop_stage }
    people:
      omar@shop.example: { users: ["omar_*"] }
    groups: { dba: [omar@shop.example, ines@shop.example], duty: [oncall@shop.example] }
    approvals: { signers: allowed_signers, namespace: shop.example }
    rules:
      - { id: reads, when: { effect: [read, session] }, then: allow }
      - { id: changes, then: require-approval, approval: { from: dba } }
    """
  /// Lines of the allowed signers: principals, options, name of the key.
  var signers: [(principals: String, options: String, key: String)] = [
    ("lin@shop.example", "", "lin"), ("omar@shop.example", "", "omar"), ("omar@shop.example", "", "omar2"),
    ("ines@shop.example", "", "ines"), ("oncall@shop.example", "", "oncall"),
  ]
  /// Names of keys that are revoked.
  var revoked: [String] = []
  var request = ApprovalRequest(
    title: "Risk scores", requestedBy: "lin@shop.example",
    place: .init(target: "prod", protocolName: "postgres", database: "shop", user: "migrator"),
    useBy: Timestamp(utc: "2026-11-20T12:00:00Z") ?? .epoch,
    changes: [
      ApprovalChange(kind: "sql", text: ApprovalBench.alter),
      ApprovalChange(kind: "sql", text: ApprovalBench.update, parameters: ["50", "7"]),
    ])
  var signatures = [Signature(key: "omar")]
  /// What becomes of the file after it was signed.
  var edit: (String) -> String = { $0 }
  /// What becomes of the signatures' file.
  var editSignatures: (String) -> String = { $0 }
  var asOf = Timestamp(utc: "2026-11-20T09:50:00Z")
  var session = Session(
    id: "s", protocolName: "postgres", client: "10.0.9.41:4711", server: "10.0.0.5:5432", user: "migrator",
    target: "shop", startedAt: ApprovalBench.start, endedAt: ApprovalBench.start)
  var facts: [String: String] = ["standard_conforming_strings": "on"]
  var prompt: PromptFacts?
  var actions = [
    ApprovalBench.action(ApprovalBench.alter, "ALTER TABLE", .schema),
    ApprovalBench.action(ApprovalBench.update, "UPDATE", .write, parameters: #"["50","7"]"#),
  ]

  static func action(
    _ text: String, _ verb: String, _ effect: Effect, parameters: String? = nil, kind: String = "sql",
    resources: [Resource] = []
  ) -> Action {
    var action = Action(
      id: "", sessionID: "s", sequence: 0, startedAt: start, kind: kind, verb: verb, text: text,
      parameters: parameters, resources: resources, effect: effect, status: .ok, rowCount: 1,
      transaction: .committed)
    action.identity = Identity(user: "migrator", target: "shop")
    return action
  }

  /// Keys whose signatures a gateway saw, what they said, and when; nil for what no gateway recorded.
  var seen: [(key: String, stance: Approval.Stance, at: String)]?
  /// Of the request that the gateway saw signed; nil for the one that is there.
  var seenRequest: String?

  /// What a gateway's recording that verifies says of an action.
  private func release(_ action: Action) throws -> GatewayRelease? {
    guard let seen else { return nil }
    var release = GatewayRelease(at: action.startedAt)
    for one in seen {
      let witness = GatewayRelease.Witness(
        requestSHA256: seenRequest ?? SHA256.digest(of: edit(request.text)).hex,
        key: try BenchKeys.key(one.key).publicKey.plain.fingerprint, stance: one.stance)
      release.seen[witness] = Timestamp(utc: one.at)
    }
    return release
  }

  /// What is said of everything.
  func verdict() throws -> (verdict: Verdict, problems: [String]) {
    let document = try PolicyDocument.parse(yaml: policy, name: "policy.yaml")
    let trust = ApprovalTrust(
      signers: try AllowedSigners(Array(try signerLines().utf8)), revoked: try revokedKeys(), authorities: nil,
      settings: document.approvals, asOf: asOf)
    var shelf = ApprovalShelf(trust: trust)
    let message = Array(request.text.utf8)
    let armours = try signatures.map { signature in
      let namespace = signature.namespace ?? signature.stance.namespace(of: Self.domain)
      return try BenchKeys.key(signature.key).sign(message, namespace: namespace).armored
    }
    shelf.add(
      Array(edit(request.text).utf8), file: "0042.approval",
      signatures: [
        .init(name: "0042.approval.sig", bytes: Array(editSignatures(armours.joined()).utf8), timeStamp: nil)
      ])
    let reading = MemoryCase("bench")
    reading.storedFacts["s"] = facts
    var evaluation = PolicyEvaluation(
      policy: document, approvals: ApprovalBook(policy: document, shelf: shelf, trust: trust, reading: reading))
    for (index, action) in actions.enumerated() {
      var action = action
      action.id = "s.\(index + 1)"
      action.startedAt = action.startedAt.adding(seconds: Int64(index))
      reading.storedReleases[action.id] = try release(action)
      try evaluation.add(action, in: session, prompt: prompt)
    }
    return (evaluation.verdict(sources: [], incompleteness: []), shelf.problems)
  }

  private func signerLines() throws -> String {
    try signers.map { line in
      "\(line.principals) \(line.options.isEmpty ? "" : line.options + " ")\(try BenchKeys.key(line.key).publicKey)\n"
    }.joined()
  }

  private func revokedKeys() throws -> RevokedKeys {
    guard !revoked.isEmpty else { return .none }
    return try RevokedKeys(Array(try revoked.map { "\(try BenchKeys.key($0).publicKey)\n" }.joined().utf8))
  }
}

/// Keys that ssh-keygen makes once for all tests.
enum BenchKeys {
  static let isPossible = FileManager.default.isExecutableFile(atPath: "/usr/bin/ssh-keygen")

  private static let keys: Result<[String: SSHPrivateKey], any Error> = Result {
    try TemporaryFolder.with { folder in
      var keys: [String: SSHPrivateKey] = [:]
      for name in ApprovalBench.people {
        let path = folder.appending(path: name)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/ssh-keygen")
        process.arguments = ["-q", "-t", "ed25519", "-N", "", "-f", path.path]
        try process.run()
        process.waitUntilExit()
        keys[name] = try SSHPrivateKey(file: Array(try Data(contentsOf: path)))
      }
      return keys
    }
  }

  static func key(_ name: String) throws -> SSHPrivateKey {
    guard let key = try keys.get()[name] else { throw CocoaError(.fileNoSuchFile) }
    return key
  }
}
