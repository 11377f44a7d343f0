import ArgumentParser
import Model
import Policy
import Reports
import Store

/// `exhibit report`
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write reports: HTML for people, JUnit for CI, JSON, OpenTelemetry and PROV for programs.",
    discussion: """
        exhibit report --case incident.exhibit --html report.html
        exhibit report --case incident.exhibit --html report.html --junit junit.xml --json report.json \
      --policy production.yaml
        exhibit report --case incident.exhibit --otlp spans.jsonl --prov provenance.json
      """)

  @OptionGroup var file: CaseOption
  @OptionGroup var policy: PolicyOption
  @Option(help: ArgumentHelp("Write an HTML report.", valueName: "file"), completion: .file())
  var html: String?
  @Option(help: ArgumentHelp("Write JUnit XML.", valueName: "file"), completion: .file())
  var junit: String?
  @Option(help: ArgumentHelp("Write JSON.", valueName: "file"), completion: .file())
  var json: String?
  @Option(
    help: ArgumentHelp("Write OpenTelemetry spans: OTLP/JSON, one TracesData a line.", valueName: "file"),
    completion: .file())
  var otlp: String?
  @Option(help: ArgumentHelp("Write W3C provenance: PROV-JSON.", valueName: "file"), completion: .file())
  var prov: String?

  private var files: [(id: String, path: String)] {
    [("html", html), ("junit", junit), ("json", json), ("otlp", otlp), ("prov", prov)].compactMap { id, path in
      path.map { (id, $0) }
    }
  }

  func validate() throws {
    if files.isEmpty { throw ValidationError("give at least one of --html, --junit, --json, --otlp, --prov") }
  }

  func run() throws {
    let reading = try file.open()
    let verdict = try policy.verdict(on: reading)
    for (id, path) in files { try ReportFile.write(id, reading, verdict, to: path) }
  }
}
