import ArgumentParser
import Model
import Policy
import Reports
import Store

/// `exhibit report`
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write reports: for people, for CI, for auditors, for programs.",
    discussion: """
        exhibit report --case incident.exhibit --html report.html
        exhibit report --case incident.exhibit --html report.html --junit junit.xml --json report.json \
      --policy production.yaml
        exhibit report --case incident.exhibit --sarif results.sarif --markdown summary.md --csv changes.csv
        exhibit report --case incident.exhibit --compliance soc2.html --framework soc2 --nonce 2026-Q4-7f3a \
      --oscal results.json --policy production.yaml --approvals approvals/
        exhibit report --case incident.exhibit --otlp spans.jsonl --prov provenance.json --ocsf events.jsonl
      """)

  @OptionGroup var file: CaseOption
  @OptionGroup var policy: PolicyOption
  @OptionGroup(title: "Reports") var reports: ReportOptions
  @OptionGroup var dialect: JUnitDialectOption
  @OptionGroup var compliance: ComplianceOption

  func validate() throws {
    if reports.isEmpty { throw ValidationError("give at least one of \(ReportOptions.names)") }
    if compliance.framework != nil, reports.compliance == nil, reports.oscal == nil {
      throw ValidationError("--framework belongs to --compliance and --oscal")
    }
    if !compliance.nonce.isEmpty, reports.compliance == nil { throw ValidationError("--nonce belongs to --compliance") }
  }

  func run() throws {
    // What is missing is said before the work.
    let printer = try reports.pdf.map { _ in try PaperPrinter() }
    let reading = try file.open()
    let verdict = try policy.verdict(on: reading)
    for (format, path) in reports.files(dialect, compliance) {
      try ReportFile.write(format, reading, verdict, to: path)
    }
    if let printer, let pdf = reports.pdf {
      try printer.print(to: pdf) { page in try ReportFile.write(HTMLReport(), reading, verdict, to: page) }
    }
  }
}
