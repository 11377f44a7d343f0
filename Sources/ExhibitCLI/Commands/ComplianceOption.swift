import ArgumentParser
import Reports

/// `--framework` and `--nonce`: for whose controls a report is, and what the auditor chose.
struct ComplianceOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Whose controls --compliance and --oscal tell of: \(Framework.all.map(\.id).joined(separator: ", ")). OSCAL "
        + "has all of them without it.",
      valueName: "framework"),
    completion: .list(Framework.all.map(\.id)))
  var framework: String?
  @Option(
    help: ArgumentHelp(
      "What the auditor chose, so that nobody else can steer the sample of --compliance.", valueName: "text"))
  var nonce: String = ""

  func validate() throws {
    guard let framework, chosen == nil else { return }
    throw ValidationError(
      "--framework: there is no \(framework); choose one of \(Framework.all.map(\.id).joined(separator: ", "))")
  }

  private var chosen: Framework? { framework.flatMap(Framework.named) }

  var page: ComplianceReport { ComplianceReport(framework: chosen ?? .soc2, nonce: nonce) }
  var oscal: OSCALReport { chosen.map { OSCALReport(frameworks: [$0]) } ?? OSCALReport() }
}
