import Model

/// What a client said in its StartupMessage.
struct ClientStartup {
  let parameters: [(name: String, value: String)]
  let user: String
  let database: String
  let application: String?
  /// `true`, `database`, …; nil for an ordinary session.
  let replication: String?

  init(_ parameters: [(name: String, value: String)]) {
    self.parameters = parameters
    func value(_ name: String) -> String? { parameters.last { $0.name == name }?.value }
    user = value("user") ?? ""
    // "The database to connect to. Defaults to the user name."
    database = value("database") ?? user
    application = value("application_name")
    let wanted = value("replication")
    // "Boolean values true, on, yes, 1, and database": false is the default.
    replication = wanted.flatMap { ["false", "off", "no", "0"].contains($0) ? nil : $0 }
  }

  /// As the parser tells them of a capture.
  var facts: SessionFacts {
    var facts = SessionFacts()
    (facts.user, facts.target, facts.application) = (user, database, application)
    facts.replication = replication
    for (name, value) in parameters { facts.parameters[name] = value }
    return facts
  }

  /// What the target is told: all that the client says, but who it is.
  func forwarded(as user: String) -> [(name: String, value: String)] {
    var forwarded = [(name: "user", value: user), (name: "database", value: database)]
    forwarded += parameters.filter { $0.name != "user" && $0.name != "database" }
    return forwarded
  }
}
