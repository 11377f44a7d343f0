import Model

/// A class of events, and what an action is in it.
enum OCSFClass: Int {
  case complianceFinding = 2003
  case networkActivity = 4001
  case httpActivity = 4002
  case sshActivity = 4007
  case datastoreActivity = 6005

  /// The thousands of the class.
  var category: Int { rawValue / 1000 }

  /// What an action is, by the protocol that it was seen in.
  init(of action: Action, in session: Session) {
    switch session.protocolName {
    case "postgres": self = .datastoreActivity
    case "http": self = .httpActivity
    case "ssh": self = .sshActivity
    default: self = action.kind == "sql" ? .datastoreActivity : .networkActivity
    }
  }

  func activity(of action: Action) -> Int {
    switch self {
    case .complianceFinding: 1
    case .datastoreActivity: Self.datastore(action)
    case .httpActivity: Self.method(action.verb)
    case .sshActivity, .networkActivity:
      // Open, fail, traffic.
      action.kind == "login" ? (action.status == .ok ? 1 : 4) : 6
    }
  }

  private static func datastore(_ action: Action) -> Int {
    if action.kind == "login" { return 3 }
    let words = action.verb.split(separator: " ").map { $0.uppercased() }
    switch words.first {
    case "SELECT", "SHOW", "EXPLAIN", "VALUES", "TABLE", "WITH", "FETCH": return action.effect == .read ? 4 : 5
    case "INSERT", "MERGE": return 5
    case "UPDATE": return 2
    case "DELETE", "TRUNCATE", "DROP": return 7
    case "CREATE": return 6
    case "ALTER", "GRANT", "REVOKE", "COMMENT": return 2
    case "COPY": return action.effect == .read ? 1 : 5
    default: break
    }
    switch action.effect {
    case .read: return 1
    case .write: return 5
    case .schema, .privilege: return 2
    default: return 99
    }
  }

  private static func method(_ verb: String) -> Int {
    switch verb.uppercased() {
    case "CONNECT": 1
    case "DELETE": 2
    case "GET": 3
    case "HEAD": 4
    case "OPTIONS": 5
    case "POST": 6
    case "PUT": 7
    case "TRACE": 8
    case "PATCH": 9
    default: 99
    }
  }

  /// The caption of an activity.
  func name(ofActivity id: Int) -> String {
    let names: [Int: String] =
      switch self {
      case .complianceFinding: [1: "Create"]
      case .datastoreActivity:
        [1: "Read", 2: "Update", 3: "Connect", 4: "Query", 5: "Write", 6: "Create", 7: "Delete", 8: "List"]
      case .httpActivity:
        [
          1: "Connect", 2: "Delete", 3: "Get", 4: "Head", 5: "Options", 6: "Post", 7: "Put", 8: "Trace", 9: "Patch",
        ]
      case .sshActivity, .networkActivity: [1: "Open", 4: "Fail", 6: "Traffic"]
      }
    return names[id] ?? "Other"
  }
}
