import ArgumentParser
import Model
import Policy
import Reports
import Store

/// `exhibit report`
struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write reports: HTML for people, JUnit for CI, JSON for programs.",
    discussion: """
        exhibit report --case incident.exhibit --html report.html
        exhibit report --case incident.exhibit --html report.html --junit junit.xml --json report.json \
      --policy production.yaml
      """)

  @OptionGroup var file: CaseOption
  @OptionGroup var policy: PolicyOption
  @Option(help: ArgumentHelp("Write an HTML report.", valueName: "file"), completion: .file())
  var html: String?
  @Option(help: ArgumentHelp("Write JUnit XML.", valueName: "file"), completion: .file())
  var junit: String?
  @Option(help: ArgumentHelp("Write JSON.", valueName: "file"), completion: .file())
  var json: String?

  func validate() throws {
    if html == nil, junit == nil, json == nil { throw ValidationError("give at least one of --html, --junit, --json") }
  }

  func run() throws {
    let reading = try file.open()
    let verdict = try policy.verdict(on: reading)
    for (id, path) in [("html", html), ("junit", junit), ("json", json)] {
      guard let path else { continue }
      try ReportFile.write(id, reading, verdict, to: path)
    }
  }
}
