extension Framework {
  static let nist = Framework(
    id: "nist", name: "NIST SP 800-53", edition: "revision 5", note: nil, prefix: "",
    controls: [
      Control("AC-5", "Duties are separated", "That requester, approver and executor differ.", [.separation]),
      Control("AC-6", "Least privilege", "Uses of powers, and which were not accepted.", [.privilegedUse, .outside]),
      Control(
        "AC-6(9)", "Use of privileged functions is logged", "Each use with user, time and outcome.",
        [.privilegedRecords, .logging]),
      Control(
        "AC-6(10)", "Other users cannot run privileged functions", "Attempts that were refused or not accepted.",
        [.privilegedUse, .identity, .outside]),
      Control("AU-2", "Events to log are chosen", "Which kinds of event the evidence holds.", [.logging, .outside]),
      Control("AU-3", "Content of records", "That records say what, when, where, who and outcome.", [.logging]),
      Control(
        "AU-3(1)", "Further content", "Statements, parameters, resources and rows besides.", [.logging, .dataAccess]),
      Control("AU-4", "Room for logs", "How large the recording is.", [.outside]),
      Control(
        "AU-5", "Failures of logging are reacted to", "Gaps, and whether the recorder fails closed.",
        [.completeness, .outside]),
      Control("AU-6", "Records are reviewed and reported", "What a policy says of all actions.", [.monitoring]),
      Control(
        "AU-6(3)", "Records of several sources are correlated", "Actions with the prompts that caused them.",
        [.traceability, .monitoring]),
      Control(
        "AU-7", "Records are reduced without altering the original",
        "Digests of the originals beside what was made of them.",
        [.custody]),
      Control("AU-8", "Time stamps", "Times in UTC with their resolution.", [.timestamps]),
      Control("AU-9", "Audit information is protected", "Whether records verify.", [.integrity]),
      Control("AU-9(2)", "It is kept on another system", "Where the recording is kept.", [.outside]),
      Control("AU-9(3)", "It is protected by cryptography", "Signatures and digests.", [.integrity, .custody]),
      Control("AU-9(4)", "Few may manage it", "Who may.", [.outside]),
      Control(
        "AU-10", "Nobody can deny what he did", "Signed approvals and authenticated users.",
        [.identity, .separation, .integrity]),
      Control("AU-11", "Records are kept", "The span of the evidence.", [.outside]),
      Control("AU-12", "Records are made", "That all sessions have records.", [.logging, .completeness]),
      Control(
        "AU-12(1)", "One trail for the whole system, in order of time", "All sessions in one order of time.",
        [.timestamps, .clocks, .completeness]),
      Control("CM-3", "Changes are controlled", "Each change with its approval and result.", [.changeApproval]),
      Control(
        "CM-3(1)", "Changes are prohibited until approved", "Changes that ran without approval.",
        [.changeApproval, .separation]),
      Control("CM-3(2)", "Changes are tested before", "Rehearsals of changes.", [.outside]),
      Control(
        "CM-5", "Who may change is restricted", "Who changed what.", [.privilegedUse, .changeApproval]),
      Control(
        "CM-5(1)", "Access for change is enforced and recorded", "Each change with user, time and decision.",
        [.changeApproval, .logging]),
      Control("IR-4", "Incidents are handled", "What was done about findings.", [.followUp, .outside]),
      Control("SI-4", "Systems are monitored", "What was found.", [.monitoring]),
      Control(
        "SI-4(4)", "Traffic in and out is monitored", "Sessions that were looked into, and those that could not be.",
        [.monitoring, .completeness]),
      Control(
        "SI-4(20)", "Privileged users are monitored", "Uses of powers, and what was found.",
        [.privilegedRecords, .monitoring]),
      Control("SI-7(1)", "Integrity is checked", "Whether records verify.", [.integrity, .custody]),
    ])
}
