import Bytes
public import Model

/// SARIF 2.1.0 for code scanning: a result for each finding and for each change that the policy does not accept.
public struct SARIFReport: ReportFormat {
  public static let id = "sarif"
  public static let fileExtension = "sarif"
  /// GitHub takes 25,000 results of a run and keeps 5,000 of them.
  static let resultLimit = 5000

  private let limit: Int

  /// - Parameter limit: results at most, the note on those left out among them.
  public init(limit: Int = 5000) { self.limit = max(2, min(limit, Self.resultLimit)) }

  public func write(_ reading: any CaseReading, verdict: Verdict, to sink: inout some ReportSink) throws {
    let all = IssueList(verdict, limit: limit)
    let issues = all.leftCount > 0 ? IssueList(verdict, limit: limit - 1) : all
    let sources = try reading.sources()
    let rules = SARIFRules(issues, verdict: verdict)
    var results = SARIFResults(
      issues: issues, rules: rules, sources: sources, sessions: try reading.sessions(), verdict: verdict)
    var json = JSONWriter()
    begin(reading.name, verdict, sources, rules, &json)
    try sink.append(json.take())
    json.key("results")
    json.beginArray()
    results.writeLoose(to: &json)
    var failure: (any Error)?
    try reading.forEachAction(session: nil) { action in
      results.write(action, to: &json)
      if json.bytes.count > 1 << 16 { do { try sink.append(json.take()) } catch { failure = failure ?? error } }
    }
    if let failure { throw failure }
    results.writeRest(to: &json)
    json.endArray()
    json.endObject()
    json.endArray()
    json.member("version", "2.1.0")
    json.endObject()
    json.newline()
    try sink.append(json.take())
  }

  /// Everything of the run but its results.
  private func begin(
    _ name: String, _ verdict: Verdict, _ sources: [Source], _ rules: SARIFRules, _ json: inout JSONWriter
  ) {
    let root = CaseRoot(sources)
    json.beginObject()
    json.member("$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    json.key("runs")
    json.beginArray()
    json.beginObject()
    json.key("tool")
    json.object { json in
      json.key("driver")
      json.object { json in
        json.member("name", Product.name)
        json.member("semanticVersion", Product.version)
        json.key("rules")
        rules.write(to: &json)
      }
    }
    json.key("automationDetails")
    json.object { json in
      // What stands before the last slash is the same for each run over the same case (§3.17.3).
      json.member("id", "exhibit/\(SARIFText.line(name))/\(root.digest.prefix(16))")
      json.member("guid", ReportUUID(root: root).of("sarif", verdict.policySHA256))
    }
    json.member("columnKind", "unicodeCodePoints")
    writeInvocation(verdict, &json)
    json.key("artifacts")
    json.array { json in for source in sources { write(source, &json) } }
    json.key("properties")
    json.object { json in
      json.member("caseDigest", root.digest)
      json.member("changes", verdict.decisions.count)
      json.member("policy", SARIFText.line(verdict.policyName))
      json.member("policySHA256", SARIFText.line(verdict.policySHA256))
      json.member("verdict", verdict.overall.rawValue)
    }
  }

  private func writeInvocation(_ verdict: Verdict, _ json: inout JSONWriter) {
    json.key("invocations")
    json.array { json in
      json.object { json in
        json.member("executionSuccessful", true)
        json.member("exitCode", Int(verdict.exitCode))
        json.key("toolExecutionNotifications")
        json.array { json in
          if verdict.overall == .evidenceBroken { notify("error", "The evidence does not verify.", &json) }
          for sentence in (verdict.incompleteness + verdict.approvalProblems).prefix(200) {
            notify("warning", sentence, &json)
          }
        }
      }
    }
  }

  private func notify(_ level: String, _ text: String, _ json: inout JSONWriter) {
    json.object { json in
      json.member("level", level)
      json.key("message")
      json.object { $0.member("text", SARIFText.message(text)) }
    }
  }

  private func write(_ source: Source, _ json: inout JSONWriter) {
    json.object { json in
      json.key("location")
      json.object { $0.member("uri", SourceReference.of(source)) }
      json.key("hashes")
      json.object { $0.member("sha-256", SARIFText.line(source.sha256)) }
      json.member("length", Int64(clamping: source.byteCount))
      json.key("properties")
      json.object { json in
        json.member("complete", source.isComplete)
        json.member("integrity", SARIFText.line(source.integrity))
        json.member("kind", SARIFText.line(source.kind))
        json.member("packets", Int64(clamping: source.packetCount))
        json.member("source", source.id)
      }
    }
  }
}
