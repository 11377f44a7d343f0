import ArgumentParser
import Reports

/// One option for each format of report.
struct ReportOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Write an HTML report.", valueName: "file"), completion: .file())
  var html: String?
  @Option(
    help: ArgumentHelp("Print the HTML report as PDF, by Chromium where it is installed.", valueName: "file"),
    completion: .file())
  var pdf: String?
  @Option(
    help: ArgumentHelp("Write a summary in Markdown, for the page of a job.", valueName: "file"), completion: .file())
  var markdown: String?
  @Option(help: ArgumentHelp("Write JUnit XML.", valueName: "file"), completion: .file())
  var junit: String?
  @Option(help: ArgumentHelp("Write SARIF 2.1.0, for code scanning.", valueName: "file"), completion: .file())
  var sarif: String?
  @Option(
    help: ArgumentHelp("Write evidence for controls as a page for auditors; see --framework.", valueName: "file"),
    completion: .file())
  var compliance: String?
  @Option(help: ArgumentHelp("Write OSCAL assessment results.", valueName: "file"), completion: .file())
  var oscal: String?
  @Option(help: ArgumentHelp("Write a row for each change, for spreadsheets.", valueName: "file"), completion: .file())
  var csv: String?
  @Option(help: ArgumentHelp("Write JSON.", valueName: "file"), completion: .file())
  var json: String?
  @Option(help: ArgumentHelp("Write OCSF events, one a line.", valueName: "file"), completion: .file())
  var ocsf: String?
  @Option(
    help: ArgumentHelp("Write OpenTelemetry spans: OTLP/JSON, one TracesData a line.", valueName: "file"),
    completion: .file())
  var otlp: String?
  @Option(help: ArgumentHelp("Write W3C provenance: PROV-JSON.", valueName: "file"), completion: .file())
  var prov: String?

  static let names =
    "--html, --pdf, --markdown, --junit, --sarif, --compliance, --oscal, --csv, --json, --ocsf, --otlp, --prov"

  /// What is to be written, where; the PDF, which is made of another, is not among it.
  func files(_ dialect: JUnitDialectOption, _ options: ComplianceOption) -> [(any ReportFormat, String)] {
    let all: [(any ReportFormat, String?)] = [
      (HTMLReport(), html), (MarkdownReport(), markdown), (dialect.format, junit), (SARIFReport(), sarif),
      (options.page, compliance), (options.oscal, oscal), (CSVReport(), csv), (JSONReport(), json),
      (OCSFReport(), ocsf), (OTLPReport(), otlp), (ProvenanceReport(), prov),
    ]
    return all.compactMap { format, path in path.map { (format, $0) } }
  }

  var isEmpty: Bool {
    [html, pdf, markdown, junit, sarif, compliance, oscal, csv, json, ocsf, otlp, prov].allSatisfy { $0 == nil }
  }
}
