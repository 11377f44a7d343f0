import Model

/// Follows of whose prompt the requests of a session come, by what the client says at its start, by the application's name and
/// by comments of statements.
struct PromptTrail {
  /// Start-up parameters that carry ids, the application's name left out.
  private let carriers: [String]
  private var application: String?
  private var ofConnection: PromptContext
  private var last: PromptContext

  init(_ startup: ClientStartup) {
    let named = ["user", "database", "application_name"]
    carriers = startup.parameters.filter { !named.contains($0.name) }.map(\.value)
    application = startup.application
    ofConnection = PromptContext(in: [startup.application ?? ""] + carriers)
    last = ofConnection
  }

  /// What the connection begins with.
  var opening: PromptContext { ofConnection }

  /// The context of a request, when it is another than that of the one before. What a comment says counts for its request
  /// alone.
  mutating func next(_ statement: String, application name: String?) -> PromptContext? {
    if name != application {
      application = name
      ofConnection = PromptContext(in: [name ?? ""] + carriers)
    }
    let comments = PromptContext.comments(in: statement)
    let own = comments.isEmpty ? ofConnection : PromptContext(in: comments)
    let context = own.isEmpty ? ofConnection : own
    guard context != last else { return nil }
    last = context
    return context
  }
}
