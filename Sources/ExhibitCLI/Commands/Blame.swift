import ArgumentParser
import Catalogs
import Foundation
import Model
import Policy
import Store

/// `exhibit blame`
struct Blame: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Tell who made each column, index, constraint and grant of a table, because of which prompt, and who approved it.",
    discussion: """
      What was renamed or moved keeps its history. With --against, a database's catalog (read in one read-only transaction) \
      or the file that pg_dump --schema-only wrote is held against it: what the captures explain, and what they do not.

        exhibit blame customers --case incident.exhibit
        exhibit blame public.customers.card_pan --history --case incident.exhibit
        exhibit blame orders --against "service=shop" --case incident.exhibit
        exhibit blame --against schema.sql --strict --case incident.exhibit
      """)

  @Argument(
    help: "TABLE, TABLE.COLUMN, an index, a view …, with or without its schema; SCHEMA.*; everything without it.")
  var name: String?
  @OptionGroup var file: CaseOption
  @Flag(help: "List every change, in order of time; also what was dropped or rolled back.")
  var history = false
  @Option(
    help: ArgumentHelp(
      "Compare with a live database (as psql takes it: a connection string, a URI) or a file of pg_dump --schema-only.",
      valueName: "database|file"), completion: .file())
  var against: String?
  @Option(help: ArgumentHelp("The database, where the case has several: NAME or SERVER:PORT/NAME.", valueName: "name"))
  var database: String?
  @Flag(help: "With --against: exit code 1 where the captures do not account for something.")
  var strict = false
  @OptionGroup var list: FormatOption

  func validate() throws {
    if history, against != nil { throw ValidationError("--history and --against answer different questions: give one") }
    if strict, against == nil { throw ValidationError("--strict needs --against") }
  }

  func run() throws {
    let reading = try file.open()
    let catalog = try against.map { try BlameCatalog($0) }
    var histories = try Self.histories(of: reading, known: catalog?.objects ?? [])
    if let database { histories = histories.filter { $0.database.isNamed(database) } }
    if let name = catalog?.database, database == nil, histories.contains(where: { $0.database.name == name }) {
      histories = histories.filter { $0.database.name == name }
    }
    if catalog != nil, histories.count > 1 {
      let names = histories.map { "\($0.database.server)/\($0.database.name)" }.joined(separator: ", ")
      throw InputProblem("the case has several databases: name one with --database: \(names)")
    }
    if let database, histories.isEmpty { throw InputProblem("no captured action changed a database named \(database)") }
    let page = try BlamePage(reading, asked: SchemaName(name), list.format)
    if let catalog {
      let comparison = SchemaComparison(catalog: catalog.objects, history: histories.first?.history ?? SchemaHistory())
      let isOpen = try page.print(comparison, of: histories.first, catalog: catalog, asked: name)
      if strict, isOpen { throw ExitCode(1) }
    } else if history {
      try page.printHistory(histories, asked: name)
    } else {
      try page.print(histories, asked: name)
    }
  }

  /// Reads the actions that matter: all of the sessions in which something was changed.
  private static func histories(
    of reading: CaseFile, known: [SchemaObject]
  ) throws -> [(database: SchemaHistories.Database, history: SchemaHistory)] {
    var changing: Set<String> = []
    var filter = ActionFilter()
    filter.kinds = ["sql"]
    filter.effects = SchemaHistory.effects.filter { $0 != .session }
    try reading.forEachAction(filter) { changing.insert($0.sessionID) }
    filter.effects = SchemaHistory.effects
    var histories = SchemaHistories(sessions: try reading.sessions(), known: known) {
      try reading.facts(ofSession: $0)
    }
    try reading.forEachAction(filter) { if changing.contains($0.sessionID) { try histories.receive($0) } }
    return histories.finish()
  }
}
