public import ArgumentParser
public import Reports

/// `--junit-dialect`, which every command that writes JUnit XML has.
struct JUnitDialectOption: ParsableArguments {
  @Option(
    name: .customLong("junit-dialect"),
    help: ArgumentHelp(
      "For whom the JUnit XML is: default (GitLab, Jenkins and others), strict "
        + "(valid by the schemas of Jenkins and Ant), surefire.",
      valueName: "dialect"))
  var name: JUnitReport.Dialect = .standard

  var format: JUnitReport { JUnitReport(dialect: name) }
}

extension JUnitReport.Dialect: ExpressibleByArgument {}
