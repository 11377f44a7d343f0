extension Framework {
  static let iso27001 = Framework(
    id: "iso27001", name: "ISO/IEC 27001", edition: "2022, Annex A", note: nil, prefix: "iso27001-",
    controls: [
      Control("A.5.3", "Duties are segregated", "That requester, approver and executor differ.", [.separation]),
      Control(
        "A.5.15", "Access follows rules", "Access that was seen, by whom, and what a policy says of it.",
        [.identity, .dataPermission, .privilegedUse]),
      Control(
        "A.5.18", "Access rights are given, reviewed and taken back", "Grants and revocations that were seen.",
        [.privilegeChanges, .changeApproval]),
      Control(
        "A.5.28", "Evidence is identified, collected and preserved",
        "Every source with its digest, size and time, and whether it is whole.", [.custody, .completeness]),
      Control(
        "A.5.33", "Records are protected from loss and forgery", "Whether records are signed and verify.",
        [.integrity, .custody, .outside]),
      Control(
        "A.8.2", "Privileged rights are restricted and managed", "Uses of such rights, and which were not accepted.",
        [.privilegedUse, .privilegeChanges]),
      Control(
        "A.8.15", "Activity is logged", "Records with user, time, event and outcome.", [.logging, .completeness]),
      Control("A.8.16", "Activity is monitored", "That actions were judged, and what was found.", [.monitoring]),
      Control("A.8.17", "Clocks are synchronised", "How far clocks were apart.", [.timestamps, .clocks]),
      Control(
        "A.8.18", "Powerful utilities are restricted",
        "Programs that were run on servers, and which were not accepted.",
        [.privilegedUse]),
      Control(
        "A.8.32", "Changes are managed", "Each change with its approval, and the list of those without.",
        [.changeApproval, .separation]),
      Control(
        "A.8.34", "Audits do not harm systems", "That evidence was captured and not queried.", [.custody, .outside]),
    ])
}
