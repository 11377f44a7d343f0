import Bytes
import Model

/// What observations point to: sources, files of approvals and the policy, each with its digest.
struct OSCALBackMatter {
  /// A file that was signed.
  struct ApprovalFile: Hashable {
    let name: String
    let sha256: String
  }

  let sources: [Source]
  let approvals: [ApprovalFile]
  /// The resource that stands for the assessment plan.
  let plan: String
  private let names: ReportUUID
  private let verdict: Verdict

  init(_ facts: CaseFacts, names: ReportUUID, name: String) {
    self.names = names
    verdict = facts.verdict
    // The same file twice is one resource.
    var seen = Set<String>()
    sources = facts.sources.filter { seen.insert($0.id).inserted }
    approvals = Set(
      facts.verdict.approvals.filter { !$0.fileSHA256.isEmpty }
        .map { ApprovalFile(name: $0.file, sha256: $0.fileSHA256) }
    ).sorted { ($0.name, $0.sha256) < ($1.name, $1.sha256) }
    plan = names.of("plan", facts.verdict.policySHA256, name)
  }

  func uuid(of source: Source) -> String { names.of("source", source.id) }
  func uuid(of file: ApprovalFile) -> String { names.of("approval", file.name, file.sha256) }

  func writePlan(to json: inout JSONWriter) {
    json.object { json in
      json.member("uuid", plan)
      json.member("title", OSCALText.markup("Policy \(verdict.policyName)", limit: 300))
      json.member("description", "The policy that the case was judged by.")
      json.key("rlinks")
      json.array { json in link(OSCALBackMatter.reference(verdict.policyName), verdict.policySHA256, &json) }
    }
  }

  func write(_ source: Source, to json: inout JSONWriter) {
    json.object { json in
      json.member("uuid", uuid(of: source))
      json.member("title", OSCALText.markup(source.path, limit: 300))
      json.member(
        "description",
        OSCALText.markup(
          "A source of kind \(source.kind) of \(Figures.count(source.byteCount, "byte")) with "
            + "\(Figures.count(source.packetCount, "packet")), \(Wording.integrity(source.integrity))"
            + (source.isComplete ? "." : "; its end is cut or damaged.")))
      json.key("props")
      json.array { json in
        OSCALReport.property("source-id", source.id, &json)
        if let first = source.firstAt { OSCALReport.property("first-time", first.description, &json) }
        if let last = source.lastAt { OSCALReport.property("last-time", last.description, &json) }
      }
      json.key("rlinks")
      json.array { json in link(SourceReference.of(source), source.sha256, &json) }
    }
  }

  func write(_ file: ApprovalFile, to json: inout JSONWriter) {
    json.object { json in
      json.member("uuid", uuid(of: file))
      json.member("title", OSCALText.markup("Approval \(file.name)", limit: 300))
      json.key("rlinks")
      json.array { json in link(OSCALBackMatter.reference(file.name), file.sha256, &json) }
    }
  }

  private func link(_ reference: String, _ sha256: String, _ json: inout JSONWriter) {
    json.object { json in
      json.member("href", reference)
      // A digest that is none would make the document invalid.
      guard sha256.utf8.count == 64, sha256.utf8.allSatisfy(Self.isHexadecimal) else { return }
      json.key("hashes")
      json.array { json in
        json.object { json in
          json.member("algorithm", "SHA-256")
          json.member("value", sha256)
        }
      }
    }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }

  private static func reference(_ path: String) -> String { SourceReference.of(path: path.isEmpty ? "unknown" : path) }
}
