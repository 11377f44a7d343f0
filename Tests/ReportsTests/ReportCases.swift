import Foundation
import Model
import Reports
import TestKit

/// Cases that every format is tried on.
enum ReportCases {
  struct Made {
    let name: String
    let reading: any CaseReading
    let verdict: Verdict
  }

  static var all: [Made] {
    let demo = DemoCase()
    let hostile = HostileCase(HostileCase.hostile)
    let (http, ssh) = (HTTPStory(), SSHStory())
    return [
      Made(name: "demo", reading: demo.reading, verdict: approved(demo.verdict)),
      Made(name: "hostile", reading: hostile.reading, verdict: approved(hostile.verdict, text: HostileCase.hostile)),
      Made(name: "http", reading: http.story, verdict: http.verdict),
      Made(name: "ssh", reading: ssh.story, verdict: ssh.verdict), Made(name: "empty", reading: empty, verdict: clean),
    ]
  }

  static var empty: MemoryCase { MemoryCase("empty") }

  static var clean: Verdict {
    Verdict(
      overall: .clean, policyName: "built-in", policySHA256: String(repeating: "0", count: 64), decisions: [:],
      findings: [], incompleteness: [])
  }

  /// The same with a signature on each approved change, one that came late, and one that nothing used.
  static func approved(_ verdict: Verdict, text: String = "") -> Verdict {
    var verdict = verdict
    func approval(_ action: String?, _ state: Approval.State) -> Approval {
      Approval(
        id: "apr-\(action ?? "none")-\(state.rawValue)", actionID: action,
        subjectSHA256: String(repeating: "5", count: 64),
        approver: "omar@shop.example\(text)", key: "SHA256:2m1oTn\(text)", stance: .approve, reason: "because\(text)",
        decidedAt: DemoCase.at(-3600), expiresAt: DemoCase.at(3600), state: state, file: "0042.approval\(text)",
        fileSHA256: text.isEmpty ? String(repeating: "a", count: 64) : text)
    }
    for (id, decision) in verdict.decisions.sorted(by: { $0.key < $1.key }) {
      if decision.outcome == .approved { verdict.approvals.append(approval(id, .valid)) }
      if decision.outcome == .unapproved { verdict.approvals.append(approval(id, .late)) }
    }
    verdict.approvals.append(approval(nil, .unused))
    verdict.approvalProblems = ["0043.approval\(text): its signature cannot be read"]
    return verdict
  }

  /// A case in which everything is as it should be: signed sources, known users, signed approvals.
  static var exemplary: Made {
    let reading = MemoryCase("exemplary")
    let source = reading.addSource("db.pcapng", packets: 10, from: DemoCase.at(0), until: DemoCase.at(9))
    reading.storedSources[0].integrity = "intact"
    reading.add(
      Session(
        id: "ses-1", protocolName: "postgres", client: "10.0.0.7:4711", server: "10.0.0.5:5432", user: "lin",
        target: "shop", startedAt: DemoCase.at(0), endedAt: DemoCase.at(9), sourceID: source))
    for (index, (verb, effect)) in [("CREATE TABLE", Effect.schema), ("GRANT", .privilege), ("SELECT", .read)]
      .enumerated()
    {
      reading.add(
        Action(
          id: "ses-1.\(index + 1)", sessionID: "ses-1", sequence: index + 1, startedAt: DemoCase.at(Double(index)),
          endedAt: DemoCase.at(Double(index) + 0.1), kind: "sql", verb: verb, text: "\(verb) x", effect: effect,
          status: .ok, sourceID: source, packet: UInt64(index) + 1))
    }
    let verdict = approved(ReportsTests.verdict(reading) { _ in .approved })
    return Made(name: "exemplary", reading: reading, verdict: verdict)
  }

  static func write(_ format: some ReportFormat, _ made: Made) throws -> [UInt8] {
    var buffer = ReportBuffer()
    try format.write(made.reading, verdict: made.verdict, to: &buffer)
    return buffer.bytes
  }

  static func object(_ bytes: [UInt8]) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
  }
}
