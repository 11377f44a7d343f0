import Bytes
public import Model

/// OSCAL assessment results (1.1.3): what the evidence says of controls, with the evidence itself by digest.
///
/// A result for each framework: observations are facts of the case, findings are controls. It says which evidence there
/// is for a control and never that anything complies.
public struct OSCALReport: ReportFormat {
  public static let id = "oscal"
  public static let fileExtension = "json"
  static let version = "1.1.3"
  /// Names of properties that are ours.
  static let namespace = "urn:exhibit:oscal"

  private let frameworks: [Framework]

  /// - Parameter frameworks: all that there are, if not told otherwise.
  public init(frameworks: [Framework] = Framework.all) { self.frameworks = frameworks }

  public func write(_ reading: any CaseReading, verdict: Verdict, to sink: inout some ReportSink) throws {
    let facts = try CaseFacts(reading, verdict: verdict)
    let root = CaseRoot(facts.sources)
    let names = ReportUUID(root: root)
    let back = OSCALBackMatter(facts, names: names, name: reading.name)
    var json = JSONWriter()
    json.beginObject()
    json.key("assessment-results")
    json.beginObject()
    let scope = frameworks.map(\.id).joined(separator: " ")
    json.member("uuid", names.of("assessment-results", reading.name, verdict.policySHA256, scope))
    writeMetadata(reading.name, facts, root, &json)
    json.key("import-ap")
    json.object { json in
      json.member("href", "#\(back.plan)")
      json.member("remarks", "There is no assessment plan: the resource says which policy the case was judged by.")
    }
    json.key("results")
    json.beginArray()
    for framework in frameworks {
      let assessment = FrameworkAssessment(framework, facts)
      OSCALResult(assessment, facts: facts, names: names, back: back, caseName: reading.name).write(to: &json)
      try sink.append(json.take())
    }
    json.endArray()
    json.key("back-matter")
    json.beginObject()
    json.key("resources")
    json.beginArray()
    back.writePlan(to: &json)
    for source in back.sources {
      back.write(source, to: &json)
      if json.bytes.count > 1 << 16 { try sink.append(json.take()) }
    }
    for file in back.approvals { back.write(file, to: &json) }
    json.endArray()
    json.endObject()
    json.endObject()
    json.endObject()
    json.newline()
    try sink.append(json.take())
  }

  private func writeMetadata(_ name: String, _ facts: CaseFacts, _ root: CaseRoot, _ json: inout JSONWriter) {
    json.key("metadata")
    json.object { json in
      json.member("title", OSCALText.markup("What captures show: case \(name)", limit: 300))
      // Not when it was written, which would be different each time, but what it speaks of.
      json.member("last-modified", OSCALText.time(facts.last ?? .epoch))
      json.member("version", root.digest)
      json.member("oscal-version", Self.version)
      json.key("props")
      json.array { json in
        OSCALReport.property("case-digest", root.digest, &json)
        OSCALReport.property("tool-version", "\(Product.name) \(Product.version)", &json)
        OSCALReport.property("policy-sha256", facts.verdict.policySHA256, &json)
        OSCALReport.property("verdict", facts.verdict.overall.rawValue, &json)
      }
      json.member(
        "remarks",
        """
        Evidence for controls, made from captures and nothing else. It does not say that any system or process \
        complies with a standard. The time of last modification is that of the latest evidence, so that the same \
        evidence gives the same file.
        """)
    }
  }

  static func property(_ name: String, _ value: String, _ json: inout JSONWriter) {
    json.object { json in
      json.member("name", name)
      json.member("ns", namespace)
      json.member("value", OSCALText.line(value))
    }
  }
}
