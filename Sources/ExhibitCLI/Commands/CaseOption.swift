import ArgumentParser
import Store

/// `--case FILE`, which every command has.
struct CaseOption: ParsableArguments {
  @Option(name: .customLong("case"), help: ArgumentHelp("The case file.", valueName: "file"), completion: .file())
  var path: String

  func open() throws -> CaseFile { try CaseFile(path, .read) }
}

/// `--format`, which every list has.
struct FormatOption: ParsableArguments {
  @Option(help: "How to write the list: table, json (one object a line) or csv.")
  var format: ListFormat = .table
}
