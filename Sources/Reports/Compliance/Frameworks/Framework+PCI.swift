extension Framework {
  static let pci = Framework(
    id: "pci", name: "PCI DSS", edition: "4.0.1",
    note: """
      Whether a table holds account data is for the assessed entity to say; the section on data tells which tables \
      were read and by whom.
      """, prefix: "pci-",
    controls: [
      Control(
        "6.5.1", "Changes have reason, impact, approval, test and a way back",
        "Each change with its request, approval and result.", [.changeApproval, .outside]),
      Control(
        "6.5.4", "Roles are separated so that only approved changes go live",
        "That nobody approved his own change, and none ran without approval.", [.separation, .changeApproval]),
      Control(
        "7.2.5", "Accounts of applications have least privilege", "What such accounts did with powers.",
        [.privilegedUse, .identity, .outside]),
      Control(
        "7.2.6", "Queries of account data are restricted", "Who queried which tables.", [.dataPermission, .identity]),
      Control("8.2.1", "Users have ids of their own", "That every action is some user's.", [.identity]),
      Control(
        "8.6.1", "Interactive use of service accounts is justified",
        "Which service accounts did what, and on whose prompt.", [.identity, .traceability]),
      Control(
        "10.2.1.1", "Access of users to account data is logged", "Reads, with user, time and table.",
        [.dataAccess, .logging]),
      Control(
        "10.2.1.2", "All actions of administrators are logged, interactive ones too",
        "Uses of powers over schema, privileges and programs.", [.privilegedRecords, .logging]),
      Control(
        "10.2.1.3", "Access to audit logs is logged", "Reads of logs on systems that were captured.", [.outside]),
      Control("10.2.1.4", "Failed logins are logged", "Logins with their outcome.", [.authentication]),
      Control(
        "10.2.1.5", "Changes of accounts and credentials are logged", "Grants, revocations and changes of roles.",
        [.privilegeChanges]),
      Control(
        "10.2.1.6", "Starting, stopping and pausing of logs is logged",
        "Where the recording begins, ends and has gaps.",
        [.completeness]),
      Control(
        "10.2.1.7", "Making and deleting of system objects is logged", "Objects created, altered and dropped.",
        [.objectChanges]),
      Control(
        "10.2.2", "Records say who, what, when, outcome, origin and object", "That each record has these parts.",
        [.logging, .timestamps]),
      Control("10.3.1", "Logs are read by those who need to", "Who may read the recording.", [.outside]),
      Control("10.3.2", "Logs cannot be modified", "Whether records are signed and verify.", [.integrity]),
      Control("10.3.3", "Logs are soon copied elsewhere", "Where the recording is kept.", [.outside]),
      Control(
        "10.3.4", "Changes of logs are detected", "Whether records verify, and what they are identified by.",
        [.integrity, .custody]),
      Control(
        "10.4.1", "Logs are reviewed at least daily", "That actions were judged, and what was found.",
        [.monitoring, .outside]),
      Control(
        "10.4.1.1", "Reviews are automated", "That a policy judged every action.", [.monitoring]),
      Control("10.4.3", "Exceptions are followed up", "What was done about findings.", [.followUp, .outside]),
      Control(
        "10.5.1", "Logs are kept for twelve months, three of them at hand", "The span of the evidence.", [.outside]),
      Control("10.6.1", "Clocks are synchronised", "How far clocks were apart.", [.clocks]),
      Control("10.6.2", "Time comes from known sources", "Which clock gave the times.", [.timestamps, .outside]),
      Control("10.6.3", "Settings of time are protected", "Who changed them.", [.outside]),
      Control(
        "10.7.2", "Failures of controls are detected and dealt with", "Gaps of the recording.", [.completeness]),
      Control("10.7.3", "Failures of controls are responded to", "What was done about them.", [.outside]),
    ])
}
