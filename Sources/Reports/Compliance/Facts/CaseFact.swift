/// What a case may be evidence of.
enum CaseFact: String, Sendable, CaseIterable {
  /// Changes were allowed or approved before they ran.
  case changeApproval = "change-approval"
  /// Nobody approved what he asked for or did.
  case separation
  /// What was done in an emergency was reviewed by somebody else.
  case emergency
  /// Every action is some user's.
  case identity
  /// Attempts to log in are recorded with their outcome.
  case authentication
  /// Uses of powers over schema, privileges and programs were accepted.
  case privilegedUse = "privileged-use"
  /// Uses of such powers are recorded, whatever a policy says of them.
  case privilegedRecords = "privileged-records"
  /// Grants and revocations are recorded.
  case privilegeChanges = "privilege-changes"
  /// Objects made, altered and dropped are recorded.
  case objectChanges = "object-changes"
  /// Reads of data are recorded.
  case dataAccess = "data-access"
  /// The policy accepts the reads of data.
  case dataPermission = "data-permission"
  /// Each record says who, what, where, when, and how it ended.
  case logging
  /// Records bear times in UTC that can be followed to packets.
  case timestamps
  /// Clocks agree.
  case clocks
  /// Sources are signed and verify.
  case integrity
  /// Sources are identified by digest.
  case custody
  /// Nothing of what should be there is missing.
  case completeness
  /// Every action was judged; what was found is told.
  case monitoring
  /// Nothing was found that somebody must follow up.
  case followUp = "follow-up"
  /// Changes of agents go back to prompts.
  case traceability
  /// What captures cannot show: how long records are kept, what people did about findings, how systems are built.
  case outside

  var title: String {
    switch self {
    case .changeApproval: "Changes authorised"
    case .separation: "Requester and approver separate"
    case .emergency: "Emergency changes reviewed"
    case .identity: "Actions of known users"
    case .authentication: "Logins recorded"
    case .privilegedUse: "Privileged use accepted"
    case .privilegedRecords: "Privileged use recorded"
    case .privilegeChanges: "Grants and revocations recorded"
    case .objectChanges: "Objects created, altered, dropped"
    case .dataAccess: "Data access recorded"
    case .dataPermission: "Data access accepted"
    case .logging: "Records say who, what, where, outcome"
    case .timestamps: "Records have times in UTC"
    case .clocks: "Clocks compared"
    case .integrity: "Evidence signed and intact"
    case .custody: "Evidence identified by digest"
    case .completeness: "Evidence complete"
    case .monitoring: "Actions judged by policy"
    case .followUp: "Nothing left to follow up"
    case .traceability: "Changes go back to prompts"
    case .outside: "Outside of what captures show"
    }
  }

  /// Whether it says something of all that was done, so that it cannot hold while something was not seen.
  var needsAll: Bool {
    switch self {
    case .timestamps, .clocks, .integrity, .custody: false
    default: true
    }
  }
}
