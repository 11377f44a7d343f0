import ArgumentParser
import Model
import Store

/// `exhibit actions`
struct Actions: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List actions: statements and logins, with what they did.",
    discussion: """
        exhibit actions --changes --case incident.exhibit
        exhibit actions --session ses-1f0c2a9b7d31 --case incident.exhibit
        exhibit actions --resource customers --effect schema --effect write --case incident.exhibit --format json
      """)

  @OptionGroup var file: CaseOption
  @OptionGroup var list: FormatOption
  @OptionGroup var selection: ActionSelection

  func run() throws {
    var writer = ListWriter(ActionRow.columns, list.format)
    try file.open().forEachAction(selection.filter) { writer.write(ActionRow.cells($0), shown: ActionRow.shown($0)) }
    writer.finish(empty: "no action matches")
  }
}

/// The options that choose actions.
struct ActionSelection: ParsableArguments {
  @Option(help: "Only this session's.")
  var session: String?
  @Flag(help: "Only changes: actions whose effect is not read or session.")
  var changes = false
  @Option(help: ArgumentHelp("Only this effect: read, write, schema, privilege, execute, transfer, session, unknown."))
  var effect: [Effect] = []
  @Option(help: "Only this outcome: ok, error, denied, incomplete.")
  var status: [Action.Status] = []
  @Option(help: "Only this kind: sql, copy, login, cancel, ….")
  var kind: [String] = []
  @Option(help: "Only this verb: SELECT, 'ALTER TABLE', ….")
  var verb: String?
  @Option(help: "Only actions on resources whose name holds this.")
  var resource: String?
  @Option(help: "Only actions whose text holds this.")
  var text: String?
  @Option(help: "Only this user's.")
  var user: String?
  @Option(help: "Only from this time on (UTC, 2026-11-20T02:14:03Z).")
  var since: Timestamp?
  @Option(help: "Only before this time (UTC).")
  var until: Timestamp?
  @Option(help: "At most this many.")
  var limit: Int?

  var filter: ActionFilter {
    var filter = ActionFilter(session: session)
    filter.changesOnly = changes
    filter.effects = effect
    filter.statuses = status
    filter.kinds = kind
    filter.verb = verb
    filter.resource = resource
    filter.text = text
    filter.user = user
    filter.since = since
    filter.until = until
    filter.limit = limit
    return filter
  }
}
