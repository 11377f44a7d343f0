public import Model

/// A page for auditors: the evidence in a case for the controls of one framework, and how to check it.
///
/// It needs no script and nothing but itself. It says which evidence there is and never that anything complies.
public struct ComplianceReport: ReportFormat {
  public static let id = "compliance"
  public static let fileExtension = "html"

  private let framework: Framework
  private let nonce: String

  /// - Parameters:
  ///   - framework: whose controls.
  ///   - nonce: what the auditor chose, so that nobody else can steer the sample.
  public init(framework: Framework = .soc2, nonce: String = "") {
    self.framework = framework
    self.nonce = nonce
  }

  public func write(_ reading: any CaseReading, verdict: Verdict, to sink: inout some ReportSink) throws {
    var html = HTMLWriter(sink)
    defer { sink = html.sink }
    let facts = try CaseFacts(reading, verdict: verdict)
    let page = CompliancePage(
      assessment: FrameworkAssessment(framework, facts), facts: facts,
      survey: try CaseSurvey(reading, verdict: verdict),
      sample: try ChangeSample(reading, verdict: verdict, nonce: nonce))
    try page.write(to: &html)
    try html.finish()
  }
}
