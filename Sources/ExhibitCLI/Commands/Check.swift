import ArgumentParser
import Model
import Policy
import Replay
import Reports
import Store

/// `exhibit check`
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge the case by a policy: the exit code is the verdict.",
    discussion: """
      Exit code 0: every change is allowed. 1: unapproved changes. 2: evidence does not verify. 4: cannot judge.

        exhibit check --case incident.exhibit
        exhibit check --case incident.exhibit --policy production.yaml --junit junit.xml --markdown summary.md
        exhibit check --case run.exhibit --policy policy.yaml --approvals approvals/
      """)

  @OptionGroup var file: CaseOption
  @OptionGroup var policy: PolicyOption
  @Option(help: ArgumentHelp("Also write JUnit XML.", valueName: "file"), completion: .file())
  var junit: String?
  @OptionGroup var dialect: JUnitDialectOption
  @Option(help: ArgumentHelp("Also write SARIF.", valueName: "file"), completion: .file())
  var sarif: String?
  @Option(
    help: ArgumentHelp("Also write a summary in Markdown, for the page of a job.", valueName: "file"),
    completion: .file())
  var markdown: String?
  @Flag(name: .shortAndLong, help: "Print the verdict only.")
  var quiet = false

  func run() throws {
    let reading = try file.open()
    let verdict = try policy.verdict(on: reading)
    if let junit { try ReportFile.write(dialect.format, reading, verdict, to: junit) }
    if let sarif { try ReportFile.write(SARIFReport(), reading, verdict, to: sarif) }
    if let markdown { try ReportFile.write(MarkdownReport(), reading, verdict, to: markdown) }
    try CaseFile(file.path, .write).replaceVerdict(verdict)
    try VerdictText(verdict: verdict, reading: reading).print(quiet: quiet)
    throw ExitCode(verdict.exitCode)
  }
}
